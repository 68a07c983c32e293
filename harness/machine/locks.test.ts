import { describe, expect, test } from 'vitest';
import { EINTR } from './errno.ts';
import { EventFd } from './events.ts';
import { HandMade, type Path } from './hand-made.fixture.ts';
import { Mutex, RwSemaphore, SpinLock } from './locks.ts';
import { Process } from './process.ts';
import { Cell } from './shared.ts';

const misuses = ({ machine }: HandMade) =>
  machine.misuses.map(({ kind, thread, object }) => `${thread.name}: ${kind} (${object})`);

describe('mutex', () => {
  test('a second thread waits until the first has let go', () => {
    const made = new HandMade();
    const mutex = new Mutex(made.machine, 'mutex');
    const log: string[] = [];
    const path: Path = function* (t) {
      yield mutex.acquire;
      log.push(`${t.name} in`);
      yield mutex.release;
      log.push(`${t.name} out`);
      return 0;
    };
    made.actor('A', path);
    made.actor('B', path);
    // B has begun and stands before the lock that A holds: only A can go on.
    expect(made.run('A A B A B B')).toBe('finished');
    expect(log).toEqual(['A in', 'A out', 'B in', 'B out']);
    expect(mutex.show()).toBe('free');
  });

  test('is not fair: who comes later can get it first', () => {
    const made = new HandMade();
    const mutex = new Mutex(made.machine, 'mutex');
    const log: string[] = [];
    const path: Path = function* (t) {
      yield mutex.acquire;
      log.push(t.name);
      yield mutex.release;
      return 0;
    };
    for (const name of ['A', 'B', 'C']) made.actor(name, path);
    made.run('A A B C A C');
    expect(log).toEqual(['A', 'C', 'B']);
  });

  test('a trylock says 1 if it took the lock, 0 if not', () => {
    const made = new HandMade();
    const mutex = new Mutex(made.machine, 'mutex');
    const results: number[] = [];
    const path: Path = function* () {
      const got = yield mutex.tryAcquire;
      results.push(got);
      if (got === 1) yield mutex.release;
      return 0;
    };
    made.actor('A', path);
    made.actor('B', path);
    expect(made.run('A A B B A')).toBe('finished');
    expect(results).toEqual([1, 0]);
    expect(made.machine.misuses).toEqual([]);
  });
});

describe('killable acquire', () => {
  /** A holds the mutex for two steps, B of a process wants it, K may kill that process. */
  function contended(acquire: 'acquire' | 'acquireKillable') {
    const made = new HandMade();
    const mutex = new Mutex(made.machine, 'mutex');
    const process = new Process(made.machine, 'the VMM');
    const results: number[] = [];
    made.actor('A', function* () {
      yield mutex.acquire;
      yield mutex.release;
      return 0;
    });
    made.member(process, 'B', function* () {
      const got = yield mutex[acquire];
      results.push(got);
      if (got === 0) yield mutex.release;
      return got;
    });
    made.actor('K', function* () {
      yield process.kill;
      return 0;
    });
    return { made, results };
  }

  test('gets -EINTR when killed while another thread holds the lock', () => {
    const { made, results } = contended('acquireKillable');
    expect(made.run('A A B K K B A')).toBe('finished');
    expect(results).toEqual([-EINTR]);
  });

  test('takes the lock when killed while it is free', () => {
    const { made, results } = contended('acquireKillable');
    expect(made.run('B K K B B')).toBe('finished');
    expect(results).toEqual([0]);
  });

  test('waits for the lock when nobody kills', () => {
    const { made, results } = contended('acquireKillable');
    expect(made.run('A A B A B B')).toBe('finished');
    expect(results).toEqual([0]);
  });

  test('a waiter that is not killable stays where it is after SIGKILL', () => {
    const { made, results } = contended('acquire');
    expect(made.run('A A B K K B')).toBe('stale');
    expect(results).toEqual([]);

    const again = contended('acquire');
    expect(again.made.run('A A B K K A B B')).toBe('finished');
    expect(again.results).toEqual([0]);
  });
});

describe('rw semaphore', () => {
  const reader = (semaphore: RwSemaphore, log: string[]): Path =>
    function* (t) {
      yield semaphore.acquireShared;
      log.push(`${t.name} reads`);
      yield semaphore.releaseShared;
      return 0;
    };
  const writer = (semaphore: RwSemaphore, log: string[]): Path =>
    function* (t) {
      yield semaphore.acquire;
      log.push(`${t.name} writes`);
      yield semaphore.release;
      return 0;
    };

  function shared(actors: Readonly<Record<string, typeof reader>>) {
    const made = new HandMade();
    const semaphore = new RwSemaphore(made.machine, 'semaphore');
    const log: string[] = [];
    for (const [name, kind] of Object.entries(actors)) made.actor(name, kind(semaphore, log));
    return { made, semaphore, log };
  }

  test('readers share it', () => {
    const { made, semaphore, log } = shared({ R1: reader, R2: reader });
    expect(made.run('R1 R1 R2 R2', 4)).toBe('step-limit');
    expect(semaphore.show()).toBe('held for read by R1, R2');
    expect(log).toEqual(['R1 reads', 'R2 reads']);
  });

  test('a writer keeps readers and writers out', () => {
    const { made, semaphore, log } = shared({ W1: writer, R: reader, W2: writer });
    // R and W2 take one step each to join the queue, and then cannot run.
    expect(made.run('W1 W1 R R W2 W2 R')).toBe('stale');
    expect(semaphore.show()).toBe('held for write by W1');
    expect(log).toEqual(['W1 writes']);
  });

  test('a reader keeps writers out', () => {
    const { made, log } = shared({ R: reader, W: writer });
    expect(made.run('R R W W W')).toBe('stale');
    expect(log).toEqual(['R reads']);
  });

  test('a reader queues behind a waiting writer, although readers hold it', () => {
    const { made, log } = shared({ R1: reader, W: writer, R2: reader });
    expect(made.run('R1 R1 W W R2 R2 R1 W W R2')).toBe('finished');
    expect(log).toEqual(['R1 reads', 'W writes', 'R2 reads']);
  });

  test('who waits first gets it first', () => {
    const { made, log } = shared({ W1: writer, W2: writer, W3: writer });
    // W3 joins the queue before W2.
    expect(made.run('W1 W1 W3 W3 W2 W2 W1')).toBe('finished');
    expect(log).toEqual(['W1 writes', 'W3 writes', 'W2 writes']);

    const overtaking = shared({ W1: writer, W2: writer, W3: writer });
    expect(overtaking.made.run('W1 W1 W3 W3 W2 W2 W1 W2')).toBe('stale');
  });

  test('all readers at the head of the queue can go at once', () => {
    const { made, semaphore } = shared({ W: writer, R1: reader, R2: reader });
    made.run('W W R1 R1 R2 R2 W R2 R1', 9);
    expect(semaphore.show()).toBe('held for read by R2, R1');
  });

  test('a trylock fails while it is taken the other way, and while anybody else queues', () => {
    const made = new HandMade();
    const semaphore = new RwSemaphore(made.machine, 'semaphore');
    const results: string[] = [];
    const attempt: Path = function* () {
      results.push(`write ${yield semaphore.tryAcquire}`);
      const got = yield semaphore.tryAcquireShared;
      results.push(`read ${got}`);
      if (got === 1) yield semaphore.releaseShared;
      return 0;
    };
    made.actor('R', reader(semaphore, []));
    made.actor('T', attempt, attempt);
    made.actor('W', writer(semaphore, []));
    expect(made.run('R R T T T T W W T T T R')).toBe('finished');
    expect(results).toEqual(['write 0', 'read 1', 'write 0', 'read 0']);
    expect(made.machine.misuses).toEqual([]);
  });

  test('reading twice around a waiting writer deadlocks', () => {
    const made = new HandMade();
    const semaphore = new RwSemaphore(made.machine, 'semaphore');
    made.actor('R', function* () {
      yield semaphore.acquireShared;
      yield semaphore.acquireShared;
      yield semaphore.releaseShared;
      yield semaphore.releaseShared;
      return 0;
    });
    made.actor('W', writer(semaphore, []));
    expect(made.run('R R W W R')).toBe('deadlock');
    expect(
      made.machine.deadlock!.stuck.map(({ thread, on, holds }) => ({
        thread: thread.name,
        on: on.map((other) => other.name),
        holds,
      })),
    ).toEqual([
      { thread: 'R', on: ['W'], holds: ['semaphore'] },
      { thread: 'W', on: ['R'], holds: [] },
    ]);
  });

  test('reading twice with no writer between is no deadlock', () => {
    const made = new HandMade();
    const semaphore = new RwSemaphore(made.machine, 'semaphore');
    made.actor('R', function* () {
      yield semaphore.acquireShared;
      yield semaphore.acquireShared;
      yield semaphore.releaseShared;
      yield semaphore.releaseShared;
      return 0;
    });
    made.actor('W', writer(semaphore, []));
    expect(made.run('R R R W W R R W')).toBe('finished');
    expect(made.machine.misuses).toEqual([]);
  });
});

describe('lock discipline', () => {
  test.each(['mutex', 'semaphore', 'event'] as const)('waiting under a spinlock is misuse: %s', (what) => {
    const made = new HandMade();
    const { machine } = made;
    const spinlock = new SpinLock(machine, 'spinlock');
    const mutex = new Mutex(machine, 'mutex');
    const semaphore = new RwSemaphore(machine, 'semaphore');
    const event = new EventFd(machine, 'event', { event: 'event', wakers: () => [] });
    event.count = 1;
    made.actor('A', function* () {
      yield spinlock.acquire;
      if (what === 'mutex') {
        yield mutex.acquire;
        yield mutex.release;
      } else if (what === 'semaphore') {
        yield semaphore.acquireShared;
        yield semaphore.releaseShared;
      } else {
        yield event.wait;
      }
      yield spinlock.release;
      return 0;
    });
    expect(made.run()).toBe('finished');
    expect(misuses(made)).toEqual([`A: sleep-under-spinlock (${what})`]);
  });

  test('a trylock, plain data and another spinlock are fine under a spinlock', () => {
    const made = new HandMade();
    const outer = new SpinLock(made.machine, 'outer');
    const inner = new SpinLock(made.machine, 'inner');
    const mutex = new Mutex(made.machine, 'mutex');
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('A', function* () {
      yield outer.acquire;
      yield inner.acquire;
      yield cell.write;
      yield mutex.tryAcquire;
      yield mutex.release;
      yield inner.release;
      yield outer.release;
      yield mutex.acquire;
      yield mutex.release;
      return 0;
    });
    expect(made.run()).toBe('finished');
    expect(misuses(made)).toEqual([]);
  });

  test.each([Mutex, SpinLock])('acquiring what one holds is misuse and a deadlock: $name', (Lock) => {
    const made = new HandMade();
    const lock = new Lock(made.machine, 'lock');
    made.actor('A', function* () {
      yield lock.acquire;
      yield lock.acquire;
      return 0;
    });
    expect(made.run()).toBe('deadlock');
    expect(misuses(made)).toEqual(['A: recursive-acquire (lock)']);
  });

  test('releasing what another thread holds is misuse, and counts against nobody else', () => {
    const made = new HandMade();
    const spinlock = new SpinLock(made.machine, 'spinlock');
    const mutex = new Mutex(made.machine, 'mutex');
    const owner = made.actor('A', function* () {
      yield spinlock.acquire;
      yield mutex.acquire;
      yield mutex.release;
      return 0;
    });
    made.actor('B', function* () {
      yield spinlock.release;
      return 0;
    });
    // The pending mutex was found under the spinlock; what A does after B's release is not.
    expect(made.run('A A B B A A')).toBe('finished');
    expect(misuses(made)).toEqual(['A: sleep-under-spinlock (mutex)', 'B: release-by-non-owner (spinlock)']);
    expect(owner.locksHeld).toBe(0);
    expect(owner.spinLocksHeld).toBe(0);
  });

  test('releasing a semaphore that one does not hold is misuse', () => {
    const made = new HandMade();
    const semaphore = new RwSemaphore(made.machine, 'semaphore');
    made.actor('A', function* () {
      yield semaphore.release;
      yield semaphore.releaseShared;
      return 0;
    });
    const writer = made.actor('W', function* () {
      yield semaphore.acquire;
      return 0;
    });
    expect(made.run('W W A')).toBe('finished');
    expect(misuses(made)).toEqual([
      'W: return-with-lock-held (a lock)',
      'A: release-by-non-owner (semaphore)',
      'A: release-by-non-owner (semaphore)',
    ]);
    expect(writer.locksHeld).toBe(0);
  });

  test('returning with a lock held is misuse', () => {
    const made = new HandMade();
    const mutex = new Mutex(made.machine, 'mutex');
    made.actor('A', function* () {
      yield mutex.acquire;
      return 0;
    });
    expect(made.run()).toBe('finished');
    expect(misuses(made)).toEqual(['A: return-with-lock-held (a lock)']);
  });

  test('a thread that never comes back (null) may leave with a lock of user space', () => {
    const made = new HandMade();
    const bql = new Mutex(made.machine, 'BQL');
    made.actor('A', function* () {
      yield bql.acquire;
      return null;
    });
    expect(made.run()).toBe('finished');
    expect(misuses(made)).toEqual([]);
  });
});

describe('code that needs a lock says so', () => {
  const asserting = (exclusive: boolean, take: 'acquire' | 'acquireShared' | null): HandMade => {
    const hand = new HandMade();
    const lock = new RwSemaphore(hand.machine, 'lock');
    hand.actor('A', function* () {
      if (take !== null) yield lock[take];
      hand.machine.assertHeld(lock, exclusive);
      if (take !== null) yield take === 'acquire' ? lock.release : lock.releaseShared;
      return 0;
    });
    hand.run();
    return hand;
  };
  const misuses = (exclusive: boolean, take: 'acquire' | 'acquireShared' | null): string[] =>
    asserting(exclusive, take).machine.misuses.map(({ kind, object }) => `${kind} ${object}`);

  test('and is heard where it has not got it', () => {
    expect(misuses(false, null)).toEqual(['lock-not-held lock']);
    expect(misuses(true, 'acquireShared')).toEqual(['lock-not-held lock']);
  });

  test('and not where it has', () => {
    expect(misuses(false, 'acquireShared')).toEqual([]);
    expect(misuses(false, 'acquire')).toEqual([]);
    expect(misuses(true, 'acquire')).toEqual([]);
  });

  test('and nobody is blamed for what comes before the first step of another execution', () => {
    const { machine } = asserting(false, 'acquire');
    machine.reset(machine.objects.length, 1);
    machine.assertHeld(machine.objects.find((one) => one instanceof RwSemaphore)!);

    expect(machine.misuses).toEqual([]);
  });
});
