import { describe, expect, test } from 'vitest';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { EventFd } from './events.ts';
import { HandMade, type Path } from './hand-made.fixture.ts';
import { Mutex } from './locks.ts';
import { type Machine, type Strategy, WATCHED_FROM } from './machine.ts';
import { Cell } from './shared.ts';
import type { Thread } from './thread.ts';

const STEPS_MAX = 10_000;

const hand = (): HandMade => new HandMade(null, STEPS_MAX);

/** Goes round until it has the lock. */
const spinsFor = (lock: Mutex): Path =>
  function* () {
    while ((yield lock.tryAcquire) === 0);
    yield lock.release;
    return 0;
  };

/** Takes one lock, tries the other, and starts again if it does not get it. */
const backsOff = (first: Mutex, second: Mutex): Path =>
  function* () {
    for (;;) {
      yield first.acquire;
      if ((yield second.tryAcquire) === 1) break;
      yield first.release;
    }
    yield second.release;
    yield first.release;
    return 0;
  };

/** Everybody in turn. */
class RoundRobin implements Strategy {
  #next = 0;
  begin(): void {
    this.#next = 0;
  }
  pick(runnable: readonly Thread[], count: number): Thread {
    return runnable[this.#next++ % count]!;
  }
}

/** The first of these that can run. */
const first = (...names: readonly string[]): Strategy => ({
  begin: () => {},
  pick: (runnable, count) => {
    const offered = runnable.slice(0, count);
    return offered.find(({ name }) => name === names.find((n) => offered.some((t) => t.name === n)))!;
  },
});

const shown = ({ livelock }: Machine) =>
  livelock === null
    ? null
    : {
        period: livelock.period,
        spinning: livelock.spinning.map(({ name }) => name),
        waiting: livelock.waiting.map(({ thread, awaits }) => `${thread.name}: ${awaits}`),
      };

describe('a livelock', () => {
  test('is one thread that goes round for a lock whose owner waits for it', () => {
    const made = hand();
    const [a, b] = [new Mutex(made.machine, 'a'), new Mutex(made.machine, 'b')];
    made.actor('A', function* () {
      yield a.acquire;
      yield b.acquire;
      yield b.release;
      yield a.release;
      return 0;
    });
    made.actor('B', function* (thread) {
      yield b.acquire;
      yield* spinsFor(a)(thread);
      yield b.release;
      return 0;
    });
    expect(made.run('A A B B')).toBe('livelock');
    expect(shown(made.machine)).toEqual({ period: 1, spinning: ['B'], waiting: ['A: b'] });
    // Long before the limit.
    expect(made.machine.steps).toBe(WATCHED_FROM + 64);
    expect(made.machine.livelock!.step).toBe(WATCHED_FROM);
  });

  test('is two threads that back off from each other at the same pace', () => {
    const made = hand();
    const [a, b] = [new Mutex(made.machine, 'a'), new Mutex(made.machine, 'b')];
    made.actor('A', backsOff(a, b));
    made.actor('B', backsOff(b, a));
    expect(made.run(new RoundRobin())).toBe('livelock');
    expect(shown(made.machine)).toEqual({ period: 6, spinning: ['A', 'B'], waiting: [] });
  });

  test('is found where turns are given by chance', () => {
    const made = hand();
    const [a, b] = [new Mutex(made.machine, 'a'), new Mutex(made.machine, 'b')];
    const flag = new Cell(made.machine, 'flag', 0);
    for (const name of ['A', 'B', 'C']) {
      made.actor(name, function* () {
        do yield flag.read;
        while (flag.value === 0);
        return 0;
      });
    }
    made.actor('D', function* () {
      yield a.acquire;
      yield b.acquire;
      yield b.release;
      yield a.release;
      return 0;
    });
    expect(made.run(new Uniform(random(1)))).toBe('livelock');
    expect(shown(made.machine)?.spinning).toEqual(['A', 'B', 'C']);
  });

  test('is none where threads are already stuck: that is a deadlock', () => {
    const made = hand();
    const a = new Mutex(made.machine, 'a');
    made.actor('A', function* () {
      yield a.acquire;
      yield a.acquire;
      return 0;
    });
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('B', function* () {
      for (;;) yield cell.read;
    });
    expect(made.run('A A')).toBe('deadlock');
    expect(made.machine.steps).toBeLessThan(STEPS_MAX);
  });

  test('is one beside a wait that the kernel promises no end of', () => {
    const made = hand();
    const answer = new EventFd(made.machine, 'answer', {
      event: 'answered',
      wakers: () => [],
      unboundedByDesign: () => true,
    });
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('A', function* () {
      yield answer.wait;
      return 0;
    });
    made.actor('B', function* () {
      for (;;) yield cell.read;
    });
    expect(made.run()).toBe('livelock');
    expect(made.machine.deadlock).not.toBeNull();
  });

  test('is forgotten when the machine is used again', () => {
    const made = hand();
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('A', function* () {
      do yield cell.read;
      while (cell.value === 0);
      return 0;
    });
    expect(made.run()).toBe('livelock');
    made.machine.reset(made.machine.objects.length, 1);
    expect(made.machine.livelock).toBeNull();
    cell.value = 1;
    expect(made.run()).toBe('finished');
  });
});

describe('no livelock', () => {
  test('is going round under a schedule that gives the owner no turn', () => {
    const made = hand();
    const a = new Mutex(made.machine, 'a');
    made.actor('A', function* () {
      yield a.acquire;
      yield a.release;
      return 0;
    });
    made.actor('B', spinsFor(a));
    const startsA: Strategy = {
      begin: () => {},
      pick: (runnable, _count, step) => runnable[step < 2 ? 0 : 1]!,
    };
    expect(made.run(startsA)).toBe('step-limit');
    expect(made.machine.livelock).toBeNull();
    expect(made.machine.steps).toBe(STEPS_MAX);
  });

  test('is a loop that gives up after 50 tries', () => {
    const made = hand();
    const a = new Mutex(made.machine, 'a');
    let tries = 0;
    made.actor('A', function* () {
      yield a.acquire;
      return null;
    });
    made.actor('B', function* () {
      for (tries = 0; tries < 50; tries++) if ((yield a.tryAcquire) === 1) break;
      return 0;
    });
    expect(made.run(first('A', 'B'))).toBe('finished');
    expect(tries).toBe(50);
  });

  test('is a long execution that gets on', () => {
    const made = hand();
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('A', function* () {
      for (let i = 0; i < 7000; i++) {
        yield cell.write;
        cell.value++;
      }
      return 0;
    });
    expect(made.run()).toBe('finished');
    expect(made.machine.steps).toBeGreaterThan(3 * WATCHED_FROM);
  });

  test('is looked for before the step limit only', () => {
    const made = hand();
    const cell = new Cell(made.machine, 'cell', 0);
    made.actor('A', function* () {
      for (;;) yield cell.read;
    });
    expect(made.run('', WATCHED_FROM)).toBe('step-limit');
  });
});
