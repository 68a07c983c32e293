const PROGRESS = 0;
const BEATS = 1;
const SEQUENCE = 2;

/**
 * What a worker says while it is busy, in memory that it shares with whoever waits: a worker that hangs can send no
 * message. Written before each execution, which costs nothing beside one.
 */
export class Pulse {
  /** What the other thread makes its own pulse of. */
  readonly memory: Int32Array<SharedArrayBuffer>;

  constructor(
    memory: Int32Array<SharedArrayBuffer> = new Int32Array(
      new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT),
    ),
  ) {
    this.memory = memory;
  }

  /** The worker has begun: before, it may take its time to start. */
  begin(): void {
    Atomics.store(this.memory, SEQUENCE, -1);
    this.live();
  }

  /** `sequence`: of operations, where the work is made of such. */
  beat(sequence: number): void {
    Atomics.store(this.memory, SEQUENCE, sequence);
    Atomics.add(this.memory, BEATS, 1);
    this.live();
  }

  /** Shows that the work goes on, and no more. */
  live(): void {
    Atomics.add(this.memory, PROGRESS, 1);
  }

  /** Changes as long as the work goes on; 0 before it begins. */
  get progress(): number {
    return Atomics.load(this.memory, PROGRESS);
  }

  get beats(): number {
    return Atomics.load(this.memory, BEATS);
  }

  /** The sequence that was begun last, or -1. */
  get sequence(): number {
    return Atomics.load(this.memory, SEQUENCE);
  }
}
