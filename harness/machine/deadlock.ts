import { Waitable } from './events.ts';
import { ExclusiveLock, RwSemaphore } from './locks.ts';
import type { Machine } from './machine.ts';
import { Access, accessOf, objectIdOf } from './step.ts';
import type { Thread } from './thread.ts';

/** One stuck thread: what it waits for, who would have to act, and since when. */
export interface StuckThread {
  readonly thread: Thread;
  /** A lock, or an event that no lock debugging can see. */
  readonly edge: 'lock' | 'event';
  /** Name of the lock, or of the event as a person would name it. */
  readonly awaits: string;
  /** Threads that hold the lock, or that could cause the event. Empty: nobody can. */
  readonly on: readonly Thread[];
  /** Locks this thread holds while it waits. */
  readonly holds: readonly string[];
  /** Set where the kernel promises nothing better. */
  readonly byDesign: boolean;
  readonly killable: boolean;
}

/** Threads that nothing can wake any more, found at `step` while others may still run. */
export interface Deadlock {
  readonly step: number;
  readonly stuck: readonly StuckThread[];
}

/** Threads whose acting would let this blocked thread go on. */
function blockersOf(machine: Machine, thread: Thread): readonly Thread[] {
  const object = machine.objects[objectIdOf(thread.pending)]!;
  if (object instanceof ExclusiveLock) return object.owner === null ? [] : [object.owner];
  if (object instanceof RwSemaphore) {
    return object.blockers(thread, accessOf(thread.pending) === Access.acquire);
  }
  if (object instanceof Waitable) return object.cause.wakers();
  throw new Error(`${thread.name} blocks on ${object.name}, which nobody can wait for`);
}

function isKillable(thread: Thread): boolean {
  const access = accessOf(thread.pending);
  return access === Access.acquireKillable || access === Access.waitKillable;
}

/**
 * The threads that can never run again, whatever the others do: least fixpoint of "runs, or is blocked on somebody
 * who may still act". A killable wait counts as alive while any thread runs that is not of the same process, since
 * that one might yet send SIGKILL; when nothing runs, nobody will.
 *
 * A lock waits for its owner, so all blockers matter there (any one of them stuck is enough, and a thread that waits
 * for itself is); an event needs only one of its wakers.
 */
export function stuckThreads(machine: Machine): Thread[] {
  const { threads } = machine;
  const live = new Set<Thread>();
  for (const thread of threads) if (thread.alive && machine.enabled(thread)) live.add(thread);
  for (let changed = true; changed; ) {
    changed = false;
    for (const thread of threads) {
      if (!thread.alive || live.has(thread)) continue;
      const object = machine.objects[objectIdOf(thread.pending)]!;
      const blockers = blockersOf(machine, thread);
      const viaKill =
        isKillable(thread) &&
        [...live].some((other) => other.process === null || other.process !== thread.process);
      const wakes =
        object instanceof Waitable
          ? blockers.some((blocker) => blocker.alive && live.has(blocker))
          : blockers.every((blocker) => blocker.alive && live.has(blocker));
      if (viaKill || wakes) {
        live.add(thread);
        changed = true;
      }
    }
  }
  return threads.filter((thread) => thread.alive && !live.has(thread));
}

/** Describes stuck threads while their locks and waits are as they were found. */
export function describeStuck(machine: Machine, stuck: readonly Thread[]): Deadlock {
  return {
    step: machine.steps,
    stuck: stuck.map((thread) => {
      const object = machine.objects[objectIdOf(thread.pending)]!;
      const waitable = object instanceof Waitable ? object : null;
      return {
        thread,
        edge: waitable === null ? 'lock' : 'event',
        awaits: waitable?.cause.event ?? object.name,
        on: blockersOf(machine, thread).filter((blocker) => blocker.alive),
        holds: machine.objects
          .filter(
            (held) =>
              (held instanceof ExclusiveLock && held.owner === thread) ||
              (held instanceof RwSemaphore && (held.writer === thread || held.readers.includes(thread))),
          )
          .map((held) => held.name),
        byDesign: waitable?.cause.unboundedByDesign?.() === true,
        killable: isKillable(thread),
      };
    }),
  };
}
