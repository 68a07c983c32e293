import type { LockOrder } from './lock-order.ts';
import type { Process } from './process.ts';
import { BEGIN, type CodePath, type Step } from './step.ts';

/** An operation ready to run: `operation` is its place in the scenario, -1 for what an actor started by itself. */
export interface Work {
  readonly operation: number;
  readonly name: string;
  /** The operation as the series compiled it. */
  readonly argument: unknown;
}

/** What a thread can get in the place of a return value: it has a handler, and goes on with its next operation. */
export type Signal = 'SIGBUS' | 'SIGSEGV' | 'SIGILL';

/** One operation under way. `ret` stays null while it has not returned, or if its thread was killed first. */
export interface Call {
  readonly work: Work;
  readonly thread: Thread;
  /** Index of the step at which it began. */
  readonly begun: number;
  /** Index of the step at which it returned, or -1. */
  returned: number;
  ret: number | null;
  /** Set by a code path that ends with a signal, and then returns null. */
  signal: Signal | null;
}

/** Whether it came back to user space, with a value or with a signal. */
export const hasReturned = (call: Call): boolean => call.ret !== null || call.signal !== null;

/** A running actor. */
export class Thread {
  readonly id: number;
  readonly name: string;
  readonly process: Process | null;
  readonly work: readonly Work[];
  /** How many of `work` have begun. */
  begun = 0;
  alive = true;
  pending: Step = BEGIN;
  path: CodePath<number | null> | null = null;
  call: Call | null = null;
  /** Locks of any kind it holds. */
  locksHeld = 0;
  spinLocksHeld = 0;
  /** The same locks as bits, for the order of locks. */
  held = 0;
  /** What it held at its requests so far, in this execution and others; null until it is looked up. */
  seen: ReturnType<LockOrder['seenWith']> | null = null;
  /** The process whose end it waited for. */
  joined: string | null = null;
  /** Set while it stands in a semaphore's queue. */
  queued = false;

  constructor(id: number, name: string, process: Process | null, work: readonly Work[]) {
    this.id = id;
    this.name = name;
    this.process = process;
    this.work = work;
  }

  /** Back to before its first operation. */
  reset(): void {
    this.begun = 0;
    this.alive = true;
    this.pending = BEGIN;
    this.path = null;
    this.call = null;
    this.locksHeld = 0;
    this.spinLocksHeld = 0;
    this.held = 0;
    if (this.joined !== null) {
      this.joined = null;
      this.seen = null;
    }
    this.queued = false;
  }

  get killed(): boolean {
    return this.process?.killed === true;
  }
}
