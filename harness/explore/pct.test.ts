import { describe, expect, test } from 'vitest';
import { HandMade } from '../machine/hand-made.fixture.ts';
import { Cell } from '../machine/shared.ts';
import { Thread } from '../machine/thread.ts';
import { Pct } from './pct.ts';
import { random } from './rng.ts';

/** Threads A, B and C with as many steps as said, each of them one letter in the schedule. */
function scheduleOf(strategy: Pct, steps: Readonly<Record<string, number>>): string {
  const made = new HandMade();
  const cell = new Cell(made.machine, 'cell', 0);
  for (const [name, count] of Object.entries(steps)) {
    made.actor(name, function* () {
      for (let i = 1; i < count; i++) yield cell.read;
      return 0;
    });
  }
  made.run(strategy);
  strategy.expect(made.machine.steps);
  return made.schedule;
}

const schedules = (seed: number, depth: number, runs: number, steps: Readonly<Record<string, number>>) => {
  const strategy = new Pct(random(seed), depth);
  return Array.from({ length: runs }, () => scheduleOf(strategy, steps));
};

describe('probabilistic concurrency testing', () => {
  test('is determined by its seed', () => {
    const steps = { A: 10, B: 10, C: 10 };
    expect(schedules(1, 3, 20, steps)).toEqual(schedules(1, 3, 20, steps));
    expect(schedules(1, 3, 20, steps)).not.toEqual(schedules(2, 3, 20, steps));
  });

  test('with depth 1 never preempts', () => {
    expect(new Set(schedules(1, 1, 100, { A: 2, B: 3 }))).toEqual(new Set(['A A B B B', 'B B B A A']));
  });

  test('with depth 2 finds a bug that needs one preemption, from each of 50 seeds', () => {
    // A reads twice and breaks if B wrote between. n = 2 and k = 5: at least 1 run in 10 finds it, so that 200 runs
    // without it happen once in 10^9.
    const brokenAfter = (seed: number): number => {
      const strategy = new Pct(random(seed), 2);
      for (let run = 0; run < 200; run++) {
        const made = new HandMade();
        const cell = new Cell(made.machine, 'cell', 0);
        let broken = false;
        made.actor('A', function* () {
          yield cell.read;
          const first = cell.value;
          yield cell.read;
          broken = cell.value !== first;
          return 0;
        });
        made.actor('B', function* () {
          yield cell.write;
          cell.value = 1;
          return 0;
        });
        made.run(strategy);
        strategy.expect(made.machine.steps);
        if (broken) return run;
      }
      return -1;
    };
    const runs = Array.from({ length: 50 }, (_, seed) => brokenAfter(seed));
    expect(runs).not.toContain(-1);
    expect(Math.max(...runs)).toBeLessThan(100);
  });

  test('with depth 3 can leave a thread below one that was lowered after it', () => {
    // A begins, B begins, C runs as a whole, B ends, A ends: at its second change point B has to come back before A.
    expect(schedules(1, 3, 2000, { A: 2, B: 2, C: 1 })).toContain('A B C B A');
  });

  test('gives every thread a priority, also one that had no rival before a change point', () => {
    const threads = [0, 1, 2].map((id) => new Thread(id, `thread${id}`, null, []));
    const [first, second, third] = threads as [Thread, Thread, Thread];
    const picked = Array.from({ length: 50 }, (_, seed) => {
      const strategy = new Pct(random(seed), 2);
      // An execution of one step, so that the one change point is at its start.
      strategy.expect(1);
      strategy.begin();
      strategy.pick([second], 1, 0);
      return strategy.pick([first, third], 2, 1).name;
    });
    expect(new Set(picked)).toEqual(new Set(['thread0', 'thread2']));
  });
});
