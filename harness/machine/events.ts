import { type ObjectTable, SharedObject } from './shared.ts';
import { Access, type Step, stepOf } from './step.ts';
import type { Thread } from './thread.ts';

/** Why a wait can end: which threads could still make it so, and whether waiting for ever is by design. */
export interface WaitCause {
  /** The event as a person would name it: "last reference to the vfio device dropped". */
  readonly event: string;
  /** Threads that could still cause the event. Called only when a thread waits. */
  wakers(): readonly Thread[];
  /** Set where an endless wait is what the kernel promises (a guest that never answers an unplug request). */
  unboundedByDesign?(): boolean;
}

/** Something a thread can wait for that is not a lock. */
export abstract class Waitable extends SharedObject {
  get wait(): Step {
    return stepOf(this.id, Access.wait);
  }
  /** Resumes with -EINTR if the waiter's process got SIGKILL. */
  get waitKillable(): Step {
    return stepOf(this.id, Access.waitKillable);
  }
  readonly cause: WaitCause;

  constructor(table: ObjectTable, name: string, cause: WaitCause) {
    super(table, name);
    this.cause = cause;
  }

  abstract ready(): boolean;
  /** Called when a waiter goes on. */
  consume(): void {}
}

/** `eventfd`: signalled any number of times, read back to zero by the thread that waited. */
export class EventFd extends Waitable {
  count = 0;
  get signal(): Step {
    return stepOf(this.id, Access.signal);
  }

  constructor(table: ObjectTable, name: string, cause: WaitCause) {
    super(table, name, cause);
  }

  ready(): boolean {
    return this.count > 0;
  }

  override consume(): void {
    this.count = 0;
  }

  reset(): void {
    this.count = 0;
  }

  show(): string {
    return `count ${this.count}`;
  }
}

/** `kref`/`refcount_t` whose fall to zero a thread can wait for. */
export class RefCount extends Waitable {
  count: number;
  readonly #initial: number;
  /** One atomic inc or dec; the code path then changes `count`. */
  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  constructor(table: ObjectTable, name: string, count: number, cause: WaitCause) {
    super(table, name, cause);
    this.count = count;
    this.#initial = count;
  }

  ready(): boolean {
    return this.count === 0;
  }

  reset(): void {
    this.count = this.#initial;
  }

  show(): string {
    return `${this.count} reference${this.count === 1 ? '' : 's'}`;
  }
}

/**
 * A reference count whose initial reference keeps it above zero until that is dropped for good, as a descriptor
 * table's does for a file, or as `percpu_ref` has it. Until then gets and puts cannot see each other.
 */
export class InitialRefCount extends RefCount {
  /** Whether the initial reference has not been dropped yet. Dropping it is an `update`. */
  held = true;
  /** A get (which fails once the initial reference is gone) or a put. */
  get adjust(): Step {
    return stepOf(this.id, Access.adjust);
  }

  override reset(): void {
    super.reset();
    this.held = true;
  }
}
