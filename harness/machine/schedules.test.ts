import { describe, expect, test } from 'vitest';
import { HandMade, type Path } from './hand-made.fixture.ts';
import { Mutex, RwSemaphore } from './locks.ts';
import type { Outcome, Strategy } from './machine.ts';
import { Cell } from './shared.ts';

/** What one schedule led to, as the test sees it. */
interface Ended<T> {
  readonly schedule: string;
  readonly outcome: Outcome;
  readonly result: T;
}

/** Every schedule there is, by brute force: run, then take the last choice that has another alternative. */
function allSchedules<T>(build: (made: HandMade) => () => T): Ended<T>[] {
  const ended: Ended<T>[] = [];
  const choices: number[] = [];
  const counts: number[] = [];
  for (;;) {
    const strategy: Strategy = {
      begin() {},
      pick(runnable, count, step) {
        if (step === choices.length) choices.push(0);
        counts[step] = count;
        return runnable[choices[step]!]!;
      },
    };
    const made = new HandMade();
    const result = build(made);
    const outcome = made.run(strategy);
    ended.push({ schedule: made.schedule, outcome, result: result() });
    choices.length = made.machine.steps;
    while (choices.length > 0 && choices.at(-1)! + 1 === counts[choices.length - 1]) choices.pop();
    if (choices.length === 0) return ended;
    choices.push(choices.pop()! + 1);
  }
}

const count = <T>(all: readonly Ended<T>[], predicate: (ended: Ended<T>) => boolean): number =>
  all.filter(predicate).length;

describe('the number of schedules', () => {
  // BEGIN is a step like any other, so that n steps are n - 1 yields: (a + b over a) interleavings.
  test.each([
    { a: 1, b: 1, schedules: 2 },
    { a: 2, b: 2, schedules: 6 },
    { a: 2, b: 3, schedules: 10 },
    { a: 3, b: 3, schedules: 20 },
    { a: 5, b: 5, schedules: 252 },
  ])('of threads with $a and $b steps is $schedules', ({ a, b, schedules }) => {
    const all = allSchedules((made) => {
      const cell = new Cell(made.machine, 'cell', 0);
      const busy = (steps: number): Path =>
        function* () {
          for (let i = 1; i < steps; i++) yield cell.read;
          return 0;
        };
      made.actor('A', busy(a));
      made.actor('B', busy(b));
      return () => null;
    });
    expect(all).toHaveLength(schedules);
    expect(new Set(all.map(({ schedule }) => schedule)).size).toBe(schedules);
    expect(all.every(({ outcome }) => outcome === 'finished')).toBe(true);
  });

  test('of three threads with two steps each is 90', () => {
    const all = allSchedules((made) => {
      const cell = new Cell(made.machine, 'cell', 0);
      for (const name of ['A', 'B', 'C']) {
        made.actor(name, function* () {
          yield cell.read;
          return 0;
        });
      }
      return () => null;
    });
    expect(all).toHaveLength(90);
  });
});

describe('two increments', () => {
  function increments(how: 'unprotected' | 'under a mutex' | 'under a semaphore' | 'atomic') {
    return allSchedules((made) => {
      const cell = new Cell(made.machine, 'counter', 0);
      const mutex = new Mutex(made.machine, 'mutex');
      const semaphore = new RwSemaphore(made.machine, 'semaphore');
      const path: Path = function* () {
        if (how === 'atomic') {
          yield cell.update;
          cell.value++;
          return 0;
        }
        if (how === 'under a mutex') yield mutex.acquire;
        if (how === 'under a semaphore') yield semaphore.acquire;
        yield cell.read;
        const seen = cell.value;
        yield cell.write;
        cell.value = seen + 1;
        if (how === 'under a mutex') yield mutex.release;
        if (how === 'under a semaphore') yield semaphore.release;
        return 0;
      };
      made.actor('A', path);
      made.actor('B', path);
      return () => cell.value;
    });
  }

  test('without a lock: 20 schedules, 12 bad', () => {
    // 3 steps each. Good are those where one has written before the other reads: the latter's BEGIN then has 4
    // places, and either can be first, which makes 8.
    const all = increments('unprotected');
    expect(all).toHaveLength(20);
    expect(count(all, ({ result }) => result === 1)).toBe(12);
    expect(count(all, ({ result }) => result === 2)).toBe(8);
  });

  test('under a mutex: 12 schedules, none bad', () => {
    // Whoever is second can only begin early: 6 places in the 5 steps of the first.
    const all = increments('under a mutex');
    expect(all).toHaveLength(12);
    expect(count(all, ({ result }) => result !== 2)).toBe(0);
  });

  test('under a semaphore: 36 schedules, none bad', () => {
    // As with the mutex (6 for either order), or the second comes while the first has it and takes a step to join
    // the queue: right after the first took it, read or wrote, with 3, 4 or 5 places for BEGIN before that.
    const all = increments('under a semaphore');
    expect(count(all, ({ result }) => result !== 2)).toBe(0);
    expect(all).toHaveLength(36);
  });

  test('as one atomic step: 6 schedules, none bad', () => {
    const all = increments('atomic');
    expect(all).toHaveLength(6);
    expect(count(all, ({ result }) => result !== 2)).toBe(0);
  });
});

describe('two threads with two locks in opposite order', () => {
  test('deadlock in some schedules, and each of those is found', () => {
    const all = allSchedules((made) => {
      const a = new Mutex(made.machine, 'a');
      const b = new Mutex(made.machine, 'b');
      const nested = (first: Mutex, second: Mutex): Path =>
        function* () {
          yield first.acquire;
          yield second.acquire;
          yield second.release;
          yield first.release;
          return 0;
        };
      made.actor('A', nested(a, b));
      made.actor('B', nested(b, a));
      return () => made.machine.deadlock?.stuck.length ?? 0;
    });
    // Both begin and both take their first lock, in any of the 6 interleavings of those two steps each.
    expect(count(all, ({ outcome }) => outcome === 'deadlock')).toBe(6);
    expect(count(all, ({ result }) => result === 2)).toBe(6);
    // The others have both locks one after the other: the second thread can take the lock it wants first once the
    // first has let go of that (5 places for BEGIN) or of both (6), for either order.
    expect(count(all, ({ outcome }) => outcome === 'finished')).toBe(22);
    expect(all).toHaveLength(28);
  });
});
