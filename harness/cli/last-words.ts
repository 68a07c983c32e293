import type { HangPlace } from '../campaign/hang.ts';
import type { TracedPlace } from '../campaign/trace.ts';
import type { Machine } from '../machine/machine.ts';

const TEXT_MAX = 1 << 20;
const HEADER_BYTES = 8;
const LENGTH = 0;
const STEPS = 1;

/** Where a traced execution is, in shared memory, to be read once its worker is dead. */
export class LastWords {
  /** What the other thread makes its own of. */
  readonly memory: SharedArrayBuffer;
  readonly #header: Int32Array;
  readonly #text: Buffer;
  readonly #schedule: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#header = new Int32Array(memory, 0, 2);
    this.#text = Buffer.from(memory, HEADER_BYTES, TEXT_MAX);
    this.#schedule = new Uint8Array(memory, HEADER_BYTES + TEXT_MAX);
  }

  static ofSteps(stepsMax: number): LastWords {
    return new LastWords(new SharedArrayBuffer(HEADER_BYTES + TEXT_MAX + stepsMax));
  }

  write(place: TracedPlace, machine: Machine | null): void {
    const names = machine === null ? [] : machine.threads.map(({ name }) => name);
    const length = this.#text.write(JSON.stringify({ place, names }));
    // The step that is being taken counts. All but the last few are there from the times before.
    const steps = machine === null || place.step === null ? 0 : place.step + 1;
    const known = Math.min(steps, Math.max(0, this.#header[STEPS]! - 1));
    if (machine !== null) this.#schedule.set(machine.schedule.subarray(known, steps), known);
    this.#header[STEPS] = steps;
    Atomics.store(this.#header, LENGTH, length);
  }

  /** Null where nothing was written. */
  read(): HangPlace | null {
    const length = Atomics.load(this.#header, LENGTH);
    if (length === 0) return null;
    const { place, names } = JSON.parse(this.#text.toString('utf8', 0, length)) as {
      place: TracedPlace;
      names: string[];
    };
    const steps = this.#schedule.subarray(0, this.#header[STEPS]);
    return { ...place, schedule: Array.from(steps, (id) => names[id]!) };
  }
}
