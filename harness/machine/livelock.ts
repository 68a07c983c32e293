import { describeStuck, type StuckThread } from './deadlock.ts';
import type { Machine } from './machine.ts';
import type { Thread } from './thread.ts';

/** What of an execution's present can be compared with another moment: where threads are, what objects show. */
export interface WorldState {
  readonly threads: readonly number[];
  readonly objects: readonly string[];
}

/** An execution that goes round for ever. */
export interface Livelock {
  /** A step before which the world is in a state that keeps coming back. */
  readonly step: number;
  /** Steps until it came back, everybody who could run having run. */
  readonly period: number;
  readonly state: WorldState;
  /** Threads that go round. */
  readonly spinning: readonly Thread[];
  /** Threads that are not at their end and could not run in all that time. */
  readonly waiting: readonly StuckThread[];
}

/** Fair rounds after which one more would say nothing new. */
const ROUNDS = 64;
/** Returns to the state in a row that leave somebody out, after which the schedule is taken to be unfair. */
const UNFAIR_RETURNS_MAX = 256;

/**
 * Tells an execution that repeats itself from one that is only long. It is asked before each step, from a number of
 * steps on that no usual execution reaches ({@link WATCHED_FROM}).
 *
 * A livelock is a state that comes back again and again although in each round every thread that could run in it did
 * run: an infinite fair execution without progress (Musuvathi, Qadeer, "Fair Stateless Model Checking", PLDI 2008).
 * A round in which somebody could run and never did is the scheduler's doing and proves nothing.
 *
 * What code paths keep in variables of their own cannot be seen: a loop that counts its tries looks the same in each
 * round. Hence the many steps before and the many rounds; a loop that gives up after thousands of tries is still
 * taken for one that never does.
 *
 * One state is looked for, and another one at twice the steps, so that it is no matter when the going round begins
 * (Brent, "An Improved Monte Carlo Factorization Algorithm", BIT 20, 1980). Hashing every state instead costs some
 * fifty times the execution; this one gives up on most steps at the first thread.
 */
export class LivelockWatch {
  readonly #machine: Machine;
  #state: WorldState = { threads: [], objects: [] };
  #step = 0;
  #rounds = 0;
  #roundBegan = 0;
  #period = 0;
  #unfairReturns = 0;
  /** By thread id: could run in this round, ran in it, ran in any. */
  #couldRun: boolean[] = [];
  #ran: boolean[] = [];
  #spins: boolean[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Looks at the world before a step. Returns the step before which to look again. */
  look(runnable: readonly Thread[], count: number): number {
    const { steps, schedule } = this.#machine;
    if (steps >= 2 * this.#step) {
      this.#begin();
    } else {
      this.#ran[schedule[steps - 1]!] = true;
      if (isIn(this.#machine, this.#state)) this.#returned();
    }
    for (let i = 0; i < count; i++) this.#couldRun[runnable[i]!.id] = true;
    return this.#unfairReturns < UNFAIR_RETURNS_MAX ? steps + 1 : 2 * this.#step;
  }

  /** The livelock, once it went round often enough. */
  found(): Livelock | null {
    if (this.#rounds < ROUNDS) return null;
    const { threads } = this.#machine;
    return {
      step: this.#step,
      period: this.#period,
      state: this.#state,
      spinning: threads.filter(({ id }) => this.#spins[id] === true),
      waiting: describeStuck(
        this.#machine,
        threads.filter(({ id, alive }) => alive && this.#spins[id] !== true),
      ).stuck,
    };
  }

  #begin(): void {
    this.#step = this.#machine.steps;
    this.#state = stateOf(this.#machine);
    this.#rounds = 0;
    this.#spins = [];
    this.#beginRound();
  }

  #beginRound(): void {
    this.#roundBegan = this.#machine.steps;
    this.#unfairReturns = 0;
    this.#couldRun = [];
    this.#ran = [];
  }

  /** A round that left somebody out goes on: together with the next one it may be fair. */
  #returned(): void {
    if (this.#couldRun.some((could, id) => could && this.#ran[id] !== true)) {
      this.#unfairReturns++;
      return;
    }
    this.#ran.forEach((_, id) => {
      this.#spins[id] = true;
    });
    if (this.#rounds === 0) this.#period = this.#machine.steps - this.#roundBegan;
    this.#rounds++;
    this.#beginRound();
  }
}

function stateOf({ threads, objects }: Machine): WorldState {
  return { threads: threads.map(placeOf), objects: objects.map((object) => object.show()) };
}

/** Whether this is how the world is now. */
export function isIn({ threads, objects }: Machine, state: WorldState): boolean {
  if (threads.length !== state.threads.length || objects.length !== state.objects.length) return false;
  for (let i = 0; i < threads.length; i++) if (placeOf(threads[i]!) !== state.threads[i]) return false;
  for (let i = 0; i < objects.length; i++) if (objects[i]!.show() !== state.objects[i]) return false;
  return true;
}

/** Where a thread is, as one number: operations begun, next step, and whether it stands in a queue for it. */
function placeOf({ alive, begun, pending, queued }: Thread): number {
  return alive ? (begun * PLACES + pending) * 2 + (queued ? 1 : 0) : -1;
}

/** More than there are steps that a thread can be about to take. */
const PLACES = 2 ** 32;
