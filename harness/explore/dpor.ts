import type { Machine, Strategy } from '../machine/machine.ts';
import { BEGIN, mayBlock, objectIdOf, type Step } from '../machine/step.ts';
import type { Thread } from '../machine/thread.ts';
import { couldGoOnBefore, dependent, Effect, effectsBefore, Topology } from './dependence.ts';
import type { EventOrder } from './linear-extensions.ts';

/** Threads are bits of a mask. */
export const DPOR_THREADS_MAX = 30;
const STRIDE = 32;

/**
 * Explores all schedules of one program, up to the order of steps that commute: of all executions that differ only in
 * that, exactly one is run to its end.
 *
 * Source: source-set DPOR with sleep sets: Abdulla, Aronis, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal
 * Dynamic Partial Order Reduction", JACM 64(4), 2017, algorithm 1 (POPL 2014: "Optimal Dynamic Partial Order
 * Reduction"). The idea of adding alternatives where an execution raced is Flanagan, Godefroid, "Dynamic Partial-Order
 * Reduction for Model Checking Software", POPL 2005, and so is what is done about locks here: a wait races with
 * whoever took the lock first, not with the release that ended it. Sleep sets: Godefroid, LNCS 1032, 1996.
 *
 * Use: `while (dpor.next()) { execute(program, dpor, …); dpor.close(); }`. An execution after which `pruned` is set was
 * abandoned half way, since all that could follow is explored elsewhere.
 */
export class Dpor implements Strategy {
  /** Set where the last execution was abandoned half way. */
  pruned = false;
  /** Executions that were abandoned half way. */
  prunedCount = 0;
  /** Times a race could not be turned round as computed, and all enabled threads were added; 0 unless there is a defect. */
  fallbacks = 0;

  #capacity = 256;
  // Of the event at each depth.
  #thread = new Uint8Array(this.#capacity);
  #step = new Int32Array(this.#capacity);
  #effects = new Uint16Array(this.#capacity);
  /** For each event and thread: one more than the depth of the last event of that thread that comes before it or is it. */
  #clock = new Int32Array(this.#capacity * STRIDE);
  // Of the state before it.
  #enabled = new Int32Array(this.#capacity);
  #backtrack = new Int32Array(this.#capacity);
  #sleep = new Int32Array(this.#capacity);
  #threadCount = new Uint8Array(this.#capacity);
  /** Steps and effects of the sleeping threads, as they were when they were taken from here. */
  #sleepStep = new Int32Array(this.#capacity * STRIDE);
  #sleepEffects = new Uint16Array(this.#capacity * STRIDE);

  /** Depths whose thread is decided already. */
  #decided = 0;
  /** Depths from here on have events whose races were not looked at. */
  #fresh = 0;
  #depth = 0;
  #machine: Machine | null = null;
  #topology: Topology | null = null;
  #alive = 0;
  #started = false;
  readonly #race = new Int32Array(STRIDE);
  readonly #order = new Int32Array(STRIDE);
  readonly #first = new Int32Array(STRIDE);

  /** Whether there is an execution left to run. */
  next(): boolean {
    if (!this.#started) {
      this.#started = true;
      return true;
    }
    return this.#branch();
  }

  begin(_threads: readonly Thread[], machine: Machine): void {
    this.pruned = false;
    if (this.#machine !== machine) this.#topology = new Topology(machine);
    this.#machine = machine;
    this.#depth = 0;
    // The last decision is the one that differs from the execution before.
    this.#fresh = Math.max(0, this.#decided - 1);
  }

  pick(runnable: readonly Thread[], count: number, depth: number): Thread | null {
    const machine = this.#machine!;
    if (depth > this.#fresh) this.#settle(depth - 1);
    if (depth >= this.#decided) {
      if (depth >= this.#capacity) this.#grow();
      if (!this.#decide(runnable, count, depth)) {
        this.pruned = true;
        this.#depth = depth;
        return null;
      }
    }
    const thread = machine.threads[this.#thread[depth]!]!;
    this.#depth = depth + 1;
    if (depth >= this.#fresh) {
      this.#step[depth] = thread.pending;
      this.#effects[depth] = effectsBefore(machine, thread, thread.pending);
      this.#threadCount[depth] = machine.threads.length;
      this.#alive = countAlive(machine.threads);
    }
    return thread;
  }

  /** Notes what the step at a depth turned out to do. */
  #settle(depth: number): void {
    const machine = this.#machine!;
    let effects = this.#effects[depth]!;
    const spawned = machine.threads.length - this.#threadCount[depth]!;
    if (spawned > 0) effects |= Effect.spawned;
    if (countAlive(machine.threads) !== this.#alive + spawned) effects |= Effect.ended;
    this.#effects[depth] = effects;
  }

  /** At a state that is new: who sleeps, and who runs. False if all who could run sleep. */
  #decide(runnable: readonly Thread[], count: number, depth: number): boolean {
    const machine = this.#machine!;
    let enabled = 0;
    for (let i = 0; i < count; i++) enabled |= 1 << runnable[i]!.id;
    let sleep = 0;
    if (depth > 0) {
      if (machine.threads.length > DPOR_THREADS_MAX) {
        throw new Error(
          `more than ${DPOR_THREADS_MAX} threads: their schedules cannot be explored exhaustively`,
        );
      }
      const before = depth - 1;
      const ran = this.#thread[before]!;
      const from = before * STRIDE;
      const to = depth * STRIDE;
      for (let left = this.#sleep[before]! & ~(1 << ran); left !== 0; left &= left - 1) {
        const thread = 31 - Math.clz32(left & -left);
        const step = this.#sleepStep[from + thread]! as Step;
        const effects = this.#sleepEffects[from + thread]!;
        if (
          dependent(
            this.#topology!,
            thread,
            step,
            effects,
            ran,
            this.#step[before]! as Step,
            this.#effects[before]!,
          )
        ) {
          continue;
        }
        sleep |= 1 << thread;
        this.#sleepStep[to + thread] = step;
        this.#sleepEffects[to + thread] = effects;
      }
    }
    this.#enabled[depth] = enabled;
    this.#sleep[depth] = sleep;
    const awake = enabled & ~sleep;
    if (awake === 0) return false;
    const last = depth > 0 ? this.#thread[depth - 1]! : -1;
    // Whoever ran goes on: counterexamples then have few context switches to begin with.
    const chosen = last >= 0 && (awake & (1 << last)) !== 0 ? last : lowest(awake);
    this.#thread[depth] = chosen;
    this.#backtrack[depth] = 1 << chosen;
    this.#decided = depth + 1;
    return true;
  }

  /** After each execution: finds what raced in it. */
  close(): void {
    const depth = this.#depth;
    if (depth > this.#fresh && !this.pruned) this.#settle(depth - 1);
    for (let at = this.#fresh; at < depth; at++) this.#orderNext(at);
    if (this.pruned) this.prunedCount++;
    // Also of one that was abandoned: elsewhere its races may be taken for granted because of this one.
    this.#orderUntaken(depth);
  }

  /** Goes back to the deepest state from which a thread is left to run; false if there is none. */
  #branch(): boolean {
    for (let at = this.#depth - 1; at >= 0; at--) {
      const ran = this.#thread[at]!;
      this.#sleep[at] = this.#sleep[at]! | (1 << ran);
      this.#sleepStep[at * STRIDE + ran] = this.#step[at]!;
      this.#sleepEffects[at * STRIDE + ran] = this.#effects[at]!;
      const left = this.#backtrack[at]! & ~this.#sleep[at]!;
      if (left !== 0) {
        this.#thread[at] = lowest(left);
        this.#decided = at + 1;
        return true;
      }
    }
    return false;
  }

  /** Clock and races of the event at a depth. */
  #orderNext(depth: number): void {
    const thread = this.#thread[depth]!;
    this.#orderEvent(depth, thread, this.#step[depth]! as Step, this.#effects[depth]!, true);
    const at = depth * STRIDE;
    const count = this.#machine!.threads.length;
    // Threads that this execution has not are zero: the next one may have them, and keeps this event.
    for (let i = 0; i < STRIDE; i++) this.#clock[at + i] = i < count ? this.#order[i]! : 0;
    this.#clock[at + thread] = depth + 1;
  }

  /** Races of steps that were never taken: of who waits for ever, and of who was killed before it began. */
  #orderUntaken(depth: number): void {
    const machine = this.#machine!;
    for (const thread of machine.threads) {
      const blocked = thread.alive && !machine.enabled(thread);
      if (!blocked && (thread.alive || thread.begun === thread.work.length)) continue;
      const step = blocked ? thread.pending : BEGIN;
      // What it would do nobody knows: it might depend on all that ended or started anything.
      const effects = effectsBefore(machine, thread, step) | ANY_EFFECT;
      this.#orderEvent(depth, thread.id, step, effects, false);
    }
  }

  /** Leaves in `#order` what comes before an event at `depth`, itself not included. */
  #orderEvent(depth: number, thread: number, step: Step, effects: number, taken: boolean): void {
    const order = this.#order;
    const race = this.#race;
    const lastOwn = this.#startClock(depth, thread);
    for (let at = depth - 1; at >= 0; at--) {
      const other = this.#thread[at]!;
      if (other === thread || race[other]! > at) continue;
      if (
        !dependent(this.#topology!, other, this.#step[at]! as Step, this.#effects[at]!, thread, step, effects)
      ) {
        continue;
      }
      const enabledThen = lastOwn < at ? (this.#enabled[at]! & (1 << thread)) !== 0 : null;
      const covered = order[other]! > at;
      this.#join(order, at);
      if (!this.#isReversible(at, depth, { thread, step, effects, taken }, enabledThen, covered)) continue;
      this.#join(race, at);
      this.#reverse(at, depth, thread);
    }
  }

  /**
   * Whether a step could have come before the one at `at`, which it depends on, and not only after it because that one
   * let it go on. `covered`: something that came between the two had to come between them.
   */
  #isReversible(
    at: number,
    depth: number,
    { thread, step, effects, taken }: LaterStep,
    enabledThen: boolean | null,
    covered: boolean,
  ): boolean {
    const earlier = this.#step[at]! as Step;
    const theirs = this.#effects[at]!;
    const topology = this.#topology!;
    if (objectIdOf(earlier) === objectIdOf(step)) {
      if (!mayBlock(step)) return enabledThen ?? true;
      // What came between may be the release that ended the wait; that does not make the taking before it necessary.
      return (
        couldGoOnBefore(theirs, effects, enabledThen) ||
        ((effects & Effect.killed) !== 0 && this.#killedBeside(at, depth, thread))
      );
    }
    if ((effects & Effect.awaitsEnd) !== 0) {
      // A member had to end first; a thread started in the process makes the wait begin anew, as taking a lock does.
      if (topology.isMember(objectIdOf(step), this.#thread[at]!)) return false;
      if ((theirs & Effect.spawned) !== 0) return true;
    }
    if (taken && covered) return false;
    if (!mayBlock(step)) return enabledThen ?? true;
    if ((effects & Effect.awaitsEnd) !== 0 && topology.isMember(objectIdOf(step), this.#thread[at]!))
      return false;
    const letGo = (theirs & Effect.kills) !== 0 && (effects & Effect.killed) !== 0;
    if (letGo && topology.isMember(objectIdOf(earlier), thread)) {
      // SIGKILL ended the wait, unless that would have ended without it as well.
      return (
        enabledThen === true ||
        (effects & (Effect.open | Effect.queues)) !== 0 ||
        this.#killedBeside(at, depth, thread)
      );
    }
    // They depend on each other for another reason than what the later one waits for.
    return taken;
  }

  /** Whether a thread's process got SIGKILL in an event that does not come after the one at `at`, nor is it. */
  #killedBeside(at: number, depth: number, thread: number): boolean {
    const racer = this.#thread[at]!;
    for (let k = depth - 1; k >= 0; k--) {
      if (k === at || (this.#effects[k]! & Effect.kills) === 0) continue;
      if (!this.#topology!.isMember(objectIdOf(this.#step[k]! as Step), thread)) continue;
      if (k < at || this.#clock[k * STRIDE + racer]! <= at) return true;
    }
    return false;
  }

  /** Sets both clocks to what the thread has seen; returns the depth of its last event, or of the one that started it. */
  #startClock(depth: number, thread: number): number {
    let last = depth - 1;
    while (last >= 0 && this.#thread[last] !== thread) last--;
    if (last < 0) last = this.#startOf(depth, thread);
    const count = this.#machine!.threads.length;
    const at = last * STRIDE;
    for (let i = 0; i < count; i++) {
      const seen = last < 0 ? 0 : this.#clock[at + i]!;
      this.#order[i] = seen;
      this.#race[i] = seen;
    }
    return last;
  }

  /** The event that started a thread, or -1 for an actor of the scenario. */
  #startOf(depth: number, thread: number): number {
    let at = depth - 1;
    while (at >= 0 && this.#threadCount[at]! > thread) at--;
    return at;
  }

  #join(clock: Int32Array, depth: number): void {
    const at = depth * STRIDE;
    const count = this.#machine!.threads.length;
    for (let thread = 0; thread < count; thread++) {
      const seen = this.#clock[at + thread]!;
      if (seen > clock[thread]!) clock[thread] = seen;
    }
  }

  /**
   * Sees to it that the race between the event at `at` and the one of `thread` at `depth` is also run the other way
   * round: what does not come after the first, and then the second, has some threads that can go first; one of those
   * must be explored from the state before the first.
   */
  #reverse(at: number, depth: number, thread: number): void {
    const racer = this.#thread[at]!;
    const first = this.#first;
    const clocks = this.#clock;
    let seen = 0;
    let initials = 0;
    let effects = 0;
    for (let k = at + 1; k < depth; k++) {
      const other = this.#thread[k]!;
      if (other === racer || clocks[k * STRIDE + racer]! > at) continue;
      effects |= this.#effects[k]!;
      if ((seen & (1 << other)) !== 0) continue;
      if (!this.#precededBy(clocks, k * STRIDE, seen)) initials |= 1 << other;
      first[other] = k;
      seen |= 1 << other;
    }
    // Turned round, the second may do something else than it did: end or start a thread. It can go first only if that
    // would make no difference to the rest.
    const isAlone = (seen & (1 << thread)) === 0 && (effects & (ANY_EFFECT | Effect.kills)) === 0;
    if (isAlone && !this.#precededBy(this.#order, 0, seen)) initials |= 1 << thread;

    const backtrack = this.#backtrack[at]!;
    if ((initials & (backtrack | this.#sleep[at]!)) !== 0) return;
    const possible = initials & this.#enabled[at]!;
    if (possible === 0) {
      // A wait for the end of a process whose members were still there: they had to end first after all.
      if ((this.#effects[at]! & Effect.spawned) !== 0) return;
      this.fallbacks++;
      this.#backtrack[at] = backtrack | this.#enabled[at]!;
      return;
    }
    this.#backtrack[at] = backtrack | ((possible & (1 << thread)) !== 0 ? 1 << thread : lowestBit(possible));
  }

  /** Whether an event's clock covers the first event of any of these threads. */
  #precededBy(clock: Int32Array, offset: number, threads: number): boolean {
    for (let left = threads; left !== 0; left &= left - 1) {
      const thread = 31 - Math.clz32(left & -left);
      if (clock[offset + thread]! > this.#first[thread]!) return true;
    }
    return false;
  }

  /** For each event of the last execution, its thread and how many events of each thread come before it. */
  trace(): EventOrder {
    return {
      threads: this.#thread.subarray(0, this.#depth),
      clocks: this.#clock.subarray(0, this.#depth * STRIDE),
      stride: STRIDE,
    };
  }

  #grow(): void {
    this.#capacity *= 2;
    const wider = <T extends Uint8Array | Uint16Array | Int32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    const n = this.#capacity;
    this.#thread = wider(new Uint8Array(n), this.#thread);
    this.#step = wider(new Int32Array(n), this.#step);
    this.#effects = wider(new Uint16Array(n), this.#effects);
    this.#clock = wider(new Int32Array(n * STRIDE), this.#clock);
    this.#enabled = wider(new Int32Array(n), this.#enabled);
    this.#backtrack = wider(new Int32Array(n), this.#backtrack);
    this.#sleep = wider(new Int32Array(n), this.#sleep);
    this.#threadCount = wider(new Uint8Array(n), this.#threadCount);
    this.#sleepStep = wider(new Int32Array(n * STRIDE), this.#sleepStep);
    this.#sleepEffects = wider(new Uint16Array(n * STRIDE), this.#sleepEffects);
  }
}

const ANY_EFFECT = Effect.ended | Effect.spawned;

/** A step whose races are looked for; `taken` if it is an event of the execution. */
interface LaterStep {
  readonly thread: number;
  readonly step: Step;
  readonly effects: number;
  readonly taken: boolean;
}

const lowestBit = (mask: number): number => mask & -mask;
const lowest = (mask: number): number => 31 - Math.clz32(mask & -mask);

function countAlive(threads: readonly Thread[]): number {
  let alive = 0;
  for (let i = 0; i < threads.length; i++) if (threads[i]!.alive) alive++;
  return alive;
}
