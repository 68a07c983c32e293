import { type Deadlock, describeStuck, stuckThreads } from './deadlock.ts';
import { EINTR } from './errno.ts';
import { EventFd, Waitable } from './events.ts';
import { type Livelock, LivelockWatch } from './livelock.ts';
import { heldBit, LockOrder, type LockUse, otherBits } from './lock-order.ts';
import { ExclusiveLock, isHeldBy, RwSemaphore, SpinLock } from './locks.ts';
import { Process } from './process.ts';
import { type AccessLog, clear, type ObjectTable, SharedObject } from './shared.ts';
import { Access, accessOf, BEGIN, type CodePath, isPlain, mayBlock, objectIdOf, type Step } from './step.ts';
import { type Call, hasReturned, Thread, type Work } from './thread.ts';

/** Decides who runs next: the one seam between the machine and every way of exploring schedules. */
export interface Strategy {
  /** Called before the first step of each execution. `threads`, the machine's, grows while actors start others. */
  begin(threads: readonly Thread[], machine: Machine): void;
  /**
   * One of the first `count` entries of `runnable` (at least one, in order of creation), or null to stop the
   * execution because the schedule asks for a thread that cannot run. Must depend on nothing but what it is given
   * and on its own seed.
   */
  pick(runnable: readonly Thread[], count: number, step: number): Thread | null;
}

/** Hears of every step while an execution is recorded; search runs without one. */
export interface Observer {
  before(thread: Thread, step: Step): void;
  after(thread: Thread, step: Step, result: StepResult): void;
}

export type StepResult = 'done' | 'queued' | 'failed' | 'interrupted';

/** A way a model broke the rules of locking, as opposed to what the patch does: reported by lock-discipline. */
export interface Misuse {
  readonly kind:
    | 'release-by-non-owner'
    | 'recursive-acquire'
    | 'sleep-under-spinlock'
    | 'return-with-lock-held'
    | 'lock-not-held';
  readonly step: number;
  readonly thread: Thread;
  readonly object: string;
}

export type Outcome = 'finished' | 'deadlock' | 'livelock' | 'step-limit' | 'stale';

/** What a world tells the machine: how an operation of the series starts. */
export type StartOperation = (thread: Thread, call: Call) => CodePath<number | null>;

/**
 * Steps after which an execution is watched for repeating itself. Those that end have 50, and 500 if they are long;
 * a retry loop may go round for a while before that.
 */
export const WATCHED_FROM = 2_000;

/** Schedules longer than this are cut off with outcome `step-limit`. */
export const STEPS_MAX = 1 << 20;

/**
 * Executes one scenario: threads as generators, one step at a time in the order that the strategy picks.
 *
 * One machine is one execution at a time. Nothing here knows a series.
 */
export class Machine implements ObjectTable {
  readonly objects: SharedObject[] = [];
  readonly threads: Thread[] = [];
  /** Calls in the order in which they began. */
  readonly calls: Call[] = [];
  /** Calls in the order in which they returned. */
  readonly returned: Call[] = [];
  readonly misuses: Misuse[] = [];
  readonly audit: AccessLog | null;
  /** Thread ids by step, in the caller's buffer so that search allocates none. */
  readonly schedule: Uint8Array;
  steps = 0;
  /** Steps at which more than one thread could run. */
  choices = 0;
  deadlock: Deadlock | null = null;
  livelock: Livelock | null = null;
  /** What threads hold while they ask for locks: of all executions, not reset. */
  readonly lockOrder: LockOrder;
  observer: Observer | null = null;
  /** The thread that takes the present step, or took the last one; null before the first. */
  running: Thread | null = null;
  #start: StartOperation | null = null;
  #dormant: readonly { readonly name: string; readonly work: readonly Work[] }[] = [];
  readonly #runnable: Thread[] = [];
  /** Set where a thread ended in the present step. */
  #ended = false;

  constructor(schedule: Uint8Array, audit: AccessLog | null = null, lockOrder = new LockOrder()) {
    this.schedule = schedule;
    this.audit = audit;
    this.lockOrder = lockOrder;
    new Nothing(this);
  }

  register(object: SharedObject): number {
    return this.objects.push(object) - 1;
  }

  lockPlace(lock: SharedObject, shared: boolean): number {
    // Of two with one name, what a thread holds could not say which.
    const others = this.objects.some((object) => object !== lock && object.name === lock.name);
    return others ? Number.POSITIVE_INFINITY : this.lockOrder.placeOf(lock.name, shared);
  }

  /** An actor of the scenario, with its operations in order. */
  addActor(name: string, process: Process | null, work: readonly Work[]): Thread {
    const thread = new Thread(this.threads.length, name, process, work);
    this.threads.push(thread);
    if (process !== null) {
      process.threads.push(thread);
      if (process.killed) thread.alive = false;
    }
    return thread;
  }

  /** Actors of the scenario that do not exist before somebody starts them, with their operations. */
  setDormant(actors: readonly { readonly name: string; readonly work: readonly Work[] }[]): void {
    this.#dormant = actors;
  }

  /** Starts such an actor. Null if the scenario has nothing for it to do, or it was started before. */
  startActor(name: string, process: Process | null): Thread | null {
    const actor = this.#dormant.find((one) => one.name === name);
    if (actor === undefined || this.threads.some((thread) => thread.name === name)) return null;
    return this.addActor(name, process, actor.work);
  }

  /** Starts an actor that no scenario names: a main loop's handler, a guest's teardown, an exit path. */
  spawn(name: string, process: Process | null, path: (thread: Thread) => CodePath<number | null>): Thread {
    const work: Work = { operation: -1, name, argument: path };
    return this.addActor(this.#freeName(name), process, [work]);
  }

  #freeName(name: string): string {
    let free = name;
    for (let n = 2; this.threads.some((thread) => thread.name === free); n++) free = `${name}#${n}`;
    return free;
  }

  /**
   * Back to before the first step, keeping only the first `objects` and `threads`, those that there were then:
   * search runs the same operations many times, and making a world anew costs as much as running it.
   */
  reset(objects: number, threads: number): void {
    if (this.objects.length > objects) this.objects.length = objects;
    for (let i = 0; i < objects; i++) this.objects[i]!.reset();
    if (this.threads.length > threads) this.threads.length = threads;
    for (let i = 0; i < threads; i++) {
      const thread = this.threads[i]!;
      thread.reset();
      thread.process?.threads.push(thread);
    }
    clear(this.calls);
    clear(this.returned);
    clear(this.misuses);
    this.steps = 0;
    this.choices = 0;
    this.deadlock = null;
    this.livelock = null;
    this.running = null;
  }

  /** Whether somebody waits for ever for what the kernel promises no end of. */
  get waitsByDesign(): boolean {
    return this.deadlock?.stuck.some(({ byDesign }) => byDesign) === true;
  }

  /** Who took each step so far, as a scenario's schedule has it. */
  takers(): string[] {
    return Array.from(this.schedule.subarray(0, this.steps), (id) => this.threads[id]!.name);
  }

  /** Runs until nobody can, or until `limit` steps. */
  run(strategy: Strategy, start: StartOperation, limit: number): Outcome {
    this.#start = start;
    strategy.begin(this.threads, this);
    const { threads, schedule } = this;
    const runnable = this.#runnable;
    // One comparison a step serves both: nothing is watched before an execution is far longer than any that ends.
    let lookAt = Math.min(limit, WATCHED_FROM);
    let watch: LivelockWatch | null = null;
    for (;;) {
      let count = 0;
      for (let i = 0; i < threads.length; i++) {
        const thread = threads[i]!;
        if (thread.alive && this.enabled(thread)) runnable[count++] = thread;
      }
      if (count === 0) return this.#end();
      if (count > 1) this.choices++;
      if (this.steps >= lookAt) {
        if (this.steps >= limit) return this.#cutOff('step-limit');
        watch ??= new LivelockWatch(this);
        lookAt = Math.min(limit, watch.look(runnable, count));
        this.livelock = watch.found();
        if (this.livelock !== null) return this.#cutOff('livelock');
      }
      const thread = strategy.pick(runnable, count, this.steps);
      if (thread === null) return 'stale';
      schedule[this.steps] = thread.id;
      this.#advance(thread);
      this.steps++;
    }
  }

  /** Threads that were stuck before are the news, unless the kernel promises them nothing better. */
  #cutOff(how: 'livelock' | 'step-limit'): Outcome {
    return this.deadlock === null || this.waitsByDesign ? how : 'deadlock';
  }

  #end(): Outcome {
    if (!this.threads.some((thread) => thread.alive)) return 'finished';
    const stuck = this.threads.filter((thread) => thread.alive);
    // A partial deadlock found earlier named the step at which it closed; the final one names everybody.
    const step = this.deadlock?.step ?? this.steps;
    this.deadlock = { ...describeStuck(this, stuck), step };
    this.lockOrder.closedBy(this.deadlock);
    return 'deadlock';
  }

  /** Whether a living thread can take its pending step now. */
  enabled(thread: Thread): boolean {
    const step = thread.pending;
    if (!mayBlock(step)) return true;
    const object = this.objects[objectIdOf(step)]!;
    switch (accessOf(step)) {
      case Access.acquire:
        return object instanceof RwSemaphore
          ? !thread.queued || object.grantable(thread, true)
          : (object as ExclusiveLock).owner === null;
      case Access.acquireKillable:
        return (object as ExclusiveLock).owner === null || thread.killed;
      case Access.acquireShared:
        return !thread.queued || (object as RwSemaphore).grantable(thread, false);
      case Access.wait:
        return (object as Waitable).ready();
      case Access.waitKillable:
        return (object as Waitable).ready() || thread.killed;
      default:
        throw new Error(`step ${step} may not block`);
    }
  }

  #advance(thread: Thread): void {
    this.running = thread;
    const step = thread.pending;
    const access = accessOf(step);
    if (this.observer !== null) this.observer.before(thread, step);
    let result: StepResult = 'done';
    if (isPlain(access) && access !== Access.begin) {
      // Nearly every step is one of these: a plain access, which the code path itself carries out.
      this.#resume(thread, 0);
    } else if (access === Access.begin) {
      this.#begin(thread);
    } else {
      const value = this.#perform(thread, step, access);
      if (value === QUEUED) {
        result = 'queued';
        this.#checkStuck(thread);
      } else {
        if (access >= Access.tryAcquire) {
          result =
            value < 0 ? 'interrupted' : value === 0 && access <= Access.tryAcquireShared ? 'failed' : 'done';
        }
        this.#resume(thread, value);
      }
    }
    if (this.#ended) this.#checkLeftBehind();
    if (this.observer !== null) this.observer.after(thread, step, result);
  }

  #begin(thread: Thread): void {
    const work = thread.work[thread.begun++]!;
    const call: Call = { work, thread, begun: this.steps, returned: -1, ret: null, signal: null };
    thread.call = call;
    if (work.operation >= 0) {
      this.calls.push(call);
      thread.path = this.#start!(thread, call);
    } else {
      thread.path = (work.argument as (thread: Thread) => CodePath<number | null>)(thread);
    }
    this.#resume(thread, 0);
  }

  #resume(thread: Thread, value: number): void {
    const next = resume.call(thread.path!, value);
    if (next.done === true) {
      this.#finish(thread, next.value);
      return;
    }
    thread.pending = next.value;
    if (mayBlock(next.value)) {
      if (thread.spinLocksHeld > 0 && !(this.objects[objectIdOf(next.value)] instanceof SpinLock)) {
        this.#misuse('sleep-under-spinlock', thread, next.value);
      }
      this.#noteOrder(thread, next.value);
      if (!this.enabled(thread)) this.#checkStuck(thread);
    }
  }

  /** Requests that may wait, and what is held meanwhile. A trylock never waits, so that it is no such request. */
  #noteOrder(thread: Thread, step: Step): void {
    const access = accessOf(step);
    if (access > Access.acquireShared) return;
    const object = this.objects[objectIdOf(step)]!;
    // With nothing held only writers of semaphores matter, whom readers can come to wait behind.
    if (thread.locksHeld === 0 && !(access === Access.acquire && object instanceof RwSemaphore)) return;
    const shared = access === Access.acquireShared;
    const place = shared
      ? (object as RwSemaphore).sharedPlace
      : (object as ExclusiveLock | RwSemaphore).place;
    if (thread.seen === null) thread.seen = this.lockOrder.seenWith(thread);
    const seen = thread.seen[place];
    if (seen?.includes(thread.held)) return;
    this.lockOrder.note(thread, place, { lock: object.name, shared }, this.#heldBy(thread));
  }

  #heldBy(thread: Thread): LockUse[] {
    return this.objects.flatMap((object): LockUse[] => {
      const { name: lock } = object;
      if (object instanceof ExclusiveLock) return object.owner === thread ? [{ lock, shared: false }] : [];
      if (!(object instanceof RwSemaphore)) return [];
      if (object.writer === thread) return [{ lock, shared: false }];
      return object.readers.includes(thread) ? [{ lock, shared: true }] : [];
    });
  }

  /** After a lock was taken. */
  #hold(thread: Thread, place: number): void {
    thread.locksHeld++;
    thread.held |= heldBit(place);
  }

  /** After a lock was let go of. */
  #unhold(thread: Thread, place: number): void {
    thread.held = --thread.locksHeld === 0 ? 0 : thread.held & otherBits(place);
  }

  #finish(thread: Thread, ret: number | null): void {
    const call = thread.call!;
    call.ret = ret;
    if (hasReturned(call)) {
      call.returned = this.steps;
      if (call.work.operation >= 0) this.returned.push(call);
      if (thread.locksHeld > 0) this.#misuse('return-with-lock-held', thread, BEGIN);
    }
    thread.path = null;
    thread.pending = BEGIN;
    // A killed thread does not come back to user space to make its next call.
    if (thread.begun === thread.work.length || thread.killed) this.#bury(thread);
  }

  /** Performs a lock or event step. Returns what the code path is resumed with, or QUEUED. */
  #perform(thread: Thread, step: Step, access: Access): number {
    const object = this.objects[objectIdOf(step)]!;
    if (object instanceof ExclusiveLock) return this.#performLock(thread, object, access);
    if (object instanceof RwSemaphore) return this.#performSemaphore(thread, object, access);
    if (object instanceof Process && access === Access.signal) return this.#kill(object);
    if (object instanceof EventFd && access === Access.signal) {
      object.count++;
      return 0;
    }
    if (object instanceof Waitable && (access === Access.wait || access === Access.waitKillable)) {
      if (!object.ready()) return -EINTR;
      object.consume();
      if (object instanceof Process) {
        thread.joined = object.name;
        thread.seen = null;
      }
      return 0;
    }
    throw new Error(`${object.name} cannot be used with access ${access}`);
  }

  #performLock(thread: Thread, lock: ExclusiveLock, access: Access): number {
    switch (access) {
      case Access.acquire:
      case Access.acquireKillable:
      case Access.tryAcquire:
        if (lock.owner !== null) return access === Access.tryAcquire ? 0 : -EINTR;
        lock.owner = thread;
        this.#count(thread, lock, 1);
        return access === Access.tryAcquire ? 1 : 0;
      case Access.release:
        if (lock.owner !== thread) this.#misuse('release-by-non-owner', thread, lock.release);
        // Whoever held it does not hold it any more, and is not to be blamed for that.
        if (lock.owner !== null) this.#count(lock.owner, lock, -1);
        lock.owner = null;
        return 0;
      default:
        throw new Error(`${lock.name} cannot be used with access ${access}`);
    }
  }

  #count(thread: Thread, lock: ExclusiveLock, by: 1 | -1): void {
    if (by === 1) this.#hold(thread, lock.place);
    else this.#unhold(thread, lock.place);
    if (!lock.sleeps) thread.spinLocksHeld += by;
  }

  #performSemaphore(thread: Thread, semaphore: RwSemaphore, access: Access): number {
    switch (access) {
      case Access.acquire:
      case Access.acquireShared:
      case Access.tryAcquire:
      case Access.tryAcquireShared: {
        const exclusive = access === Access.acquire || access === Access.tryAcquire;
        if (!semaphore.grantable(thread, exclusive)) {
          if (access === Access.tryAcquire || access === Access.tryAcquireShared) return 0;
          semaphore.queue.push({ thread, exclusive });
          thread.queued = true;
          return QUEUED;
        }
        if (thread.queued) {
          semaphore.queue.splice(
            semaphore.queue.findIndex((waiter) => waiter.thread === thread),
            1,
          );
          thread.queued = false;
        }
        if (exclusive) semaphore.writer = thread;
        else semaphore.readers.push(thread);
        this.#hold(thread, exclusive ? semaphore.place : semaphore.sharedPlace);
        return access === Access.tryAcquire || access === Access.tryAcquireShared ? 1 : 0;
      }
      case Access.release:
        if (semaphore.writer !== thread) this.#misuse('release-by-non-owner', thread, semaphore.release);
        if (semaphore.writer !== null) this.#unhold(semaphore.writer, semaphore.place);
        semaphore.writer = null;
        return 0;
      case Access.releaseShared: {
        const at = semaphore.readers.indexOf(thread);
        if (at < 0) this.#misuse('release-by-non-owner', thread, semaphore.releaseShared);
        else {
          semaphore.readers.splice(at, 1);
          this.#unhold(thread, semaphore.sharedPlace);
          // It may read it twice.
          if (semaphore.readers.includes(thread)) thread.held |= heldBit(semaphore.sharedPlace);
        }
        return 0;
      }
      default:
        throw new Error(`${semaphore.name} cannot be used with access ${access}`);
    }
  }

  /** SIGKILL: threads in user space are gone at once, those in the kernel when they come back from it. */
  #kill(process: Process): number {
    process.killed = true;
    for (const thread of process.threads) if (thread.path === null) this.#bury(thread);
    return 0;
  }

  #bury(thread: Thread): void {
    thread.alive = false;
    this.#ended = true;
  }

  /**
   * A thread that ends can leave others behind who waited for it. Asked at the end of the step, since the code after
   * a kill may start a thread that does what the dead ones no longer can.
   */
  #checkLeftBehind(): void {
    this.#ended = false;
    if (this.deadlock === null && this.threads.some((thread) => thread.alive && !this.enabled(thread))) {
      this.#findStuck();
    }
  }

  #checkStuck(blocked: Thread): void {
    if (this.deadlock !== null) return;
    const step = blocked.pending;
    const object = this.objects[objectIdOf(step)]!;
    if (object instanceof ExclusiveLock) {
      if (object.owner === blocked) this.#misuse('recursive-acquire', blocked, step);
      // Most waits are for a lock whose owner can run: nothing is stuck then, and nothing needs computing.
      else if (object.owner?.alive === true && this.enabled(object.owner)) return;
    }
    this.#findStuck();
  }

  #findStuck(): void {
    const stuck = stuckThreads(this);
    if (stuck.length === 0) return;
    this.deadlock = describeStuck(this, stuck);
    this.lockOrder.closedBy(this.deadlock);
  }

  /**
   * `lockdep_assert_held`, and `lockdep_assert_held_write` where a semaphore has to be held for writing: code that needs a
   * lock says so where it relies on it. No step: it touches nothing.
   */
  assertHeld(lock: ExclusiveLock | RwSemaphore, exclusive = false): void {
    const thread = this.running;
    if (thread === null || isHeldBy(lock, thread, exclusive)) return;
    this.misuses.push({ kind: 'lock-not-held', step: this.steps, thread, object: lock.name });
  }

  #misuse(kind: Misuse['kind'], thread: Thread, step: Step): void {
    const object = step === BEGIN ? 'a lock' : this.objects[objectIdOf(step)]!.name;
    this.misuses.push({ kind, step: this.steps, thread, object });
  }
}

/**
 * The one `next` of all generators. Looked up on each code path it would be found on as many prototypes as there are
 * generator functions, which no inline cache holds.
 */
const resume: (this: CodePath<number | null>, value: number) => IteratorResult<Step, number | null> =
  Object.getPrototypeOf(function* () {}).prototype.next;

/** What `#perform` returns for a waiter that joined a queue and does not go on yet. */
const QUEUED = 2;

/** Object 0, which BEGIN names: it touches nothing. */
class Nothing extends SharedObject {
  constructor(table: ObjectTable) {
    super(table, 'nothing');
  }

  reset(): void {}

  show(): string {
    return '';
  }
}
