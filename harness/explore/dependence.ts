import { InitialRefCount, Waitable } from '../machine/events.ts';
import { ExclusiveLock, RwSemaphore } from '../machine/locks.ts';
import type { Machine } from '../machine/machine.ts';
import { Process } from '../machine/process.ts';
import { Access, accessOf, objectIdOf, type Step } from '../machine/step.ts';
import type { Thread } from '../machine/thread.ts';

/**
 * When two steps of different threads commute: neither changes what the other does, what it returns, or whether it
 * can be taken at all. Everything that explores fewer schedules than there are rests on this relation, which reads
 * what steps declare and, where that is not enough, what they did in the execution at hand.
 *
 * Source of the demands on it: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", LNCS
 * 1032, 1996, section 3 (valid dependency relations).
 */

/** What an executed step did besides what it declares. */
export const Effect = {
  /** A thread ended in it. */
  ended: 2,
  /** It started a thread: threads are numbered in the order in which they were started. */
  spawned: 4,
  /** Before it, a thread that wanted the lock, or waited for the event, could have gone on. */
  open: 8,
  /** It was a killable wait of a thread that had got SIGKILL, so that it would not have waited. */
  killed: 16,
  /** It sent SIGKILL. */
  kills: 32,
  /** It waited for the threads of a process to end. */
  awaitsEnd: 64,
  /** It was on a reference count whose initial reference was still held. */
  referenced: 128,
  /** It was on a semaphore, whose queue can always be joined. */
  queues: 256,
} as const;

/** Effects that are known before a step is taken. */
export function effectsBefore(machine: Machine, thread: Thread, step: Step): number {
  const access = accessOf(step);
  // Reads and writes, most steps by far, have none.
  if (access <= Access.write) return 0;
  const killable = access === Access.acquireKillable || access === Access.waitKillable;
  let effects: number = killable && thread.killed ? Effect.killed : 0;
  const object = machine.objects[objectIdOf(step)]!;
  if (object instanceof ExclusiveLock) {
    if (object.owner === null) effects |= Effect.open;
  } else if (object instanceof RwSemaphore) {
    effects |= Effect.queues;
  } else if (object instanceof Waitable) {
    if (object.ready()) effects |= Effect.open;
    if (object instanceof Process) effects |= access === Access.signal ? Effect.kills : Effect.awaitsEnd;
    else if (object instanceof InitialRefCount && object.held) effects |= Effect.referenced;
  }
  return effects;
}

const SHARED_LOCKING =
  (1 << Access.releaseShared) | (1 << Access.tryAcquireShared) | (1 << Access.acquireShared);

/** For each access, those that commute with it on the same object. */
const COMMUTING: readonly number[] = Array.from({ length: 16 }, (_, access) =>
  access === Access.read
    ? 1 << Access.read
    : // Readers of a semaphore never wait for each other, and none sees how many there are.
      ((1 << access) & SHARED_LOCKING) !== 0
      ? SHARED_LOCKING
      : 0,
);

/** What the relation needs to know of a machine's objects. */
export class Topology {
  readonly #machine: Machine;
  /** For each object that steps on others look at too, which those are. */
  readonly #observed: readonly (readonly number[] | null)[];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#observed = machine.objects.map(({ observes }) =>
      observes.length === 0 ? null : observes.map(({ id }) => id),
    );
  }

  /** Whether a step on an object looks at another one as well. */
  observes(object: number, other: number): boolean {
    const list = this.#observed[object];
    return list?.includes(other) === true;
  }

  /** Whether a thread dies with a process. */
  isMember(process: number, thread: number): boolean {
    return this.#machine.threads[thread]?.process?.id === process;
  }
}

/** Whether two steps of different threads, with their effects, do not commute. */
export function dependent(
  topology: Topology,
  aThread: number,
  aStep: Step,
  aEffects: number,
  bThread: number,
  bStep: Step,
  bEffects: number,
): boolean {
  const both = aEffects & bEffects;
  if ((both & Effect.spawned) !== 0) return true;
  const a = objectIdOf(aStep);
  const b = objectIdOf(bStep);
  if (a === b && a !== 0) {
    const aAccess = accessOf(aStep);
    const bAccess = accessOf(bStep);
    if ((COMMUTING[aAccess]! & (1 << bAccess)) !== 0) return false;
    // While the initial reference is held no put is the last, and nobody sees the count.
    return !(aAccess === Access.adjust && bAccess === Access.adjust && (both & Effect.referenced) !== 0);
  }
  const either = aEffects | bEffects;
  if ((either & (Effect.kills | Effect.awaitsEnd)) !== 0) {
    if (reaches(topology, a, aEffects, bThread, bEffects)) return true;
    if (reaches(topology, b, bEffects, aThread, aEffects)) return true;
  }
  return (
    (topology.observes(a, b) && accessOf(bStep) !== Access.read) ||
    (topology.observes(b, a) && accessOf(aStep) !== Access.read)
  );
}

/** SIGKILL changes what any step of its process may do next; whoever waits for an end sees each of them. */
function reaches(
  topology: Topology,
  object: number,
  effects: number,
  otherThread: number,
  otherEffects: number,
): boolean {
  if ((effects & Effect.kills) !== 0) {
    return topology.isMember(object, otherThread) || (otherEffects & Effect.spawned) !== 0;
  }
  if ((effects & Effect.awaitsEnd) === 0) return false;
  if ((otherEffects & Effect.spawned) !== 0) return true;
  return (otherEffects & Effect.ended) !== 0 && topology.isMember(object, otherThread);
}

/**
 * Whether a thread that waits could have gone on before an earlier step on what it waits for, and not only after it,
 * because that one let it go on.
 *
 * @param enabledThen whether the waiter had come to its wait and could be run before the earlier step; null if it had
 * not come that far.
 */
export function couldGoOnBefore(
  earlierEffects: number,
  laterEffects: number,
  enabledThen: boolean | null,
): boolean {
  if (enabledThen !== null) return enabledThen;
  // A thread that has not come to a semaphore yet can always join its queue.
  return ((laterEffects & Effect.queues) | (earlierEffects & Effect.open)) !== 0;
}
