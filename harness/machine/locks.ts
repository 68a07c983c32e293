import { clear, type ObjectTable, SharedObject } from './shared.ts';
import { Access, type Step, stepOf } from './step.ts';
import type { Thread } from './thread.ts';

/** A lock with one owner. Not fair: whoever is scheduled first gets it, as with the kernel's stealing mutexes. */
export abstract class ExclusiveLock extends SharedObject {
  owner: Thread | null = null;
  /** Whether waiting for it sleeps. */
  abstract readonly sleeps: boolean;
  readonly place: number;
  get acquire(): Step {
    return stepOf(this.id, Access.acquire);
  }
  get release(): Step {
    return stepOf(this.id, Access.release);
  }
  /** Resumes with 1 if the lock was taken, 0 if not. */
  get tryAcquire(): Step {
    return stepOf(this.id, Access.tryAcquire);
  }

  constructor(table: ObjectTable, name: string) {
    super(table, name);
    this.place = table.lockPlace(this, false);
  }

  reset(): void {
    this.owner = null;
  }

  show(): string {
    return this.owner === null ? 'free' : `held by ${this.owner.name}`;
  }
}

/** `struct mutex`: a thread that waits for it sleeps. */
export class Mutex extends ExclusiveLock {
  readonly sleeps = true;
  /** `mutex_lock_killable`: resumes with -EINTR if the waiter's process got SIGKILL while the lock was held. */
  get acquireKillable(): Step {
    return stepOf(this.id, Access.acquireKillable);
  }

  constructor(table: ObjectTable, name: string) {
    super(table, name);
  }
}

/** `spinlock_t`: its owner must not sleep; lock-discipline checks that. */
export class SpinLock extends ExclusiveLock {
  readonly sleeps = false;
}

/**
 * `struct rw_semaphore`: many readers or one writer, first come first served, so that a reader queues behind a
 * waiting writer (and a thread that reads twice around one can deadlock, as in Linux). Optimistic lock stealing is
 * left out: it lets a waiter in earlier and adds no wait.
 *
 * A thread that finds it taken takes one step to join the queue, and another when its turn has come.
 */
export class RwSemaphore extends SharedObject {
  writer: Thread | null = null;
  readonly readers: Thread[] = [];
  readonly queue: { thread: Thread; exclusive: boolean }[] = [];
  readonly place: number;
  readonly sharedPlace: number;
  get acquire(): Step {
    return stepOf(this.id, Access.acquire);
  }
  get acquireShared(): Step {
    return stepOf(this.id, Access.acquireShared);
  }
  get tryAcquire(): Step {
    return stepOf(this.id, Access.tryAcquire);
  }
  get tryAcquireShared(): Step {
    return stepOf(this.id, Access.tryAcquireShared);
  }
  get release(): Step {
    return stepOf(this.id, Access.release);
  }
  get releaseShared(): Step {
    return stepOf(this.id, Access.releaseShared);
  }

  constructor(table: ObjectTable, name: string) {
    super(table, name);
    this.place = table.lockPlace(this, false);
    this.sharedPlace = table.lockPlace(this, true);
  }

  /** Whether `thread` can have the lock now. */
  grantable(thread: Thread, exclusive: boolean): boolean {
    if (this.writer !== null) return false;
    if (exclusive && this.readers.length > 0) return false;
    for (const waiter of this.queue) {
      if (waiter.thread === thread) return true;
      if (exclusive || waiter.exclusive) return false;
    }
    return true;
  }

  /** The threads that have to let go, or come first, before `thread` can have the lock. */
  blockers(thread: Thread, exclusive: boolean): Thread[] {
    const holders = this.writer !== null ? [this.writer] : exclusive ? [...this.readers] : [];
    for (const waiter of this.queue) {
      if (waiter.thread === thread) break;
      if (exclusive || waiter.exclusive) holders.push(waiter.thread);
    }
    return holders;
  }

  reset(): void {
    this.writer = null;
    clear(this.readers);
    clear(this.queue);
  }

  show(): string {
    if (this.writer !== null) return `held for write by ${this.writer.name}`;
    if (this.readers.length > 0) return `held for read by ${this.readers.map((t) => t.name).join(', ')}`;
    return 'free';
  }
}

/** Whether a thread has a lock, `exclusive`: and not for reading only. */
export function isHeldBy(lock: ExclusiveLock | RwSemaphore, thread: Thread, exclusive: boolean): boolean {
  if (lock instanceof ExclusiveLock) return lock.owner === thread;
  return lock.writer === thread || (!exclusive && lock.readers.includes(thread));
}
