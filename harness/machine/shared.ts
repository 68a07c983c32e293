import { Access, type Step, stepOf } from './step.ts';

/** Gives out object ids in the order of creation, so that the same world always numbers its objects alike. */
export interface ObjectTable {
  register(object: SharedObject): number;
  /** Where the order of locks keeps a lock that was just registered, as it is taken. */
  lockPlace(lock: SharedObject, shared: boolean): number;
  /** Set in audit mode: shared data then reports each access made to it. */
  readonly audit: AccessLog | null;
}

/** Hears of each real access to shared data; see audit.ts. */
export interface AccessLog {
  accessed(object: SharedObject, kind: 'read' | 'write'): void;
}

/** Empties a list. Setting the length of an empty one is not free, and resetting does it for many. */
export function clear(list: unknown[]): void {
  if (list.length > 0) list.length = 0;
}

const NONE: readonly SharedObject[] = [];

/** Anything that two threads can both touch. */
export abstract class SharedObject {
  readonly id: number;
  readonly name: string;
  /**
   * Objects whose value a step on this one looks at besides: an instruction at a device sees the device's command
   * register. Set once, when the world is made; partial-order reduction goes by it.
   */
  observes: readonly SharedObject[] = NONE;

  constructor(table: ObjectTable, name: string) {
    this.name = name;
    this.id = table.register(this);
  }

  /** The present value in words, for recorded executions only. */
  abstract show(): string;

  /** Back to how the constructor left it. */
  abstract reset(): void;
}

/** A place in memory that is read and written without a lock of its own. */
export class Cell<T> extends SharedObject {
  value: T;
  readonly #initial: T;
  get read(): Step {
    return stepOf(this.id, Access.read);
  }
  get write(): Step {
    return stepOf(this.id, Access.write);
  }
  /** One atomic read-modify-write, where the kernel has one (cmpxchg, test_and_set_bit, atomic_inc). */
  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  constructor(table: ObjectTable, name: string, value: T) {
    super(table, name);
    this.value = value;
    this.#initial = value;
    if (table.audit !== null) auditProperty(this, 'value', table.audit);
  }

  reset(): void {
    this.value = this.#initial;
  }

  show(): string {
    return typeof this.value === 'number' ? `0x${this.value.toString(16)}` : String(this.value);
  }
}

/** A place that threads touch and whose contents are not modelled: page tables, user memory. */
export class Place extends SharedObject {
  get read(): Step {
    return stepOf(this.id, Access.read);
  }

  get write(): Step {
    return stepOf(this.id, Access.write);
  }

  reset(): void {}

  show(): string {
    return '';
  }
}

/** One 8-byte word of shared memory, byte addressable, big endian as on s390. */
export class Word extends SharedObject {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #audit: AccessLog | null;
  get read(): Step {
    return stepOf(this.id, Access.read);
  }
  get write(): Step {
    return stepOf(this.id, Access.write);
  }

  constructor(table: ObjectTable, name: string, bytes: Uint8Array, start: number) {
    super(table, name);
    this.#bytes = bytes;
    this.#start = start;
    this.#audit = table.audit;
  }

  /** Big-endian unsigned value of `length` bytes at `offset` within the word. Up to four bytes. */
  load(offset: number, length: number): number {
    if (this.#audit !== null) this.#audit.accessed(this, 'read');
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + this.#bytes[this.#start + offset + i]!;
    return value;
  }

  /** Stores `source[from]` to `source[to - 1]` from `offset` on; those from `good` on are stored as zero. */
  store(offset: number, source: Uint8Array, from: number, to: number, good: number): void {
    if (this.#audit !== null) this.#audit.accessed(this, 'write');
    const at = this.#start + offset - from;
    for (let i = from; i < to; i++) this.#bytes[at + i] = i < good ? source[i]! : 0;
  }

  /** Nothing: the bytes belong to whoever made the words, and are reset there. */
  reset(): void {}

  show(): string {
    const bytes = this.#bytes.subarray(this.#start, this.#start + 8);
    return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }
}

function auditProperty<T extends SharedObject, K extends keyof T>(object: T, key: K, log: AccessLog): void {
  let value = object[key];
  Object.defineProperty(object, key, {
    get: () => {
      log.accessed(object, 'read');
      return value;
    },
    set: (next: T[K]) => {
      log.accessed(object, 'write');
      value = next;
    },
  });
}
