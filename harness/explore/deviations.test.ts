import { describe, expect, test } from 'vitest';
import { HandMade } from '../machine/hand-made.fixture.ts';
import type { Strategy } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { Thread } from '../machine/thread.ts';
import { byDefault } from './default-rule.ts';
import { type Deviation, Deviations } from './deviations.ts';

/** Three threads of three, two and four steps that never block. */
function threads(): HandMade {
  const made = new HandMade();
  const cell = new Cell(made.machine, 'cell', 0);
  for (const [name, steps] of [
    ['B', 3],
    ['A', 2],
    ['C', 4],
  ] as const) {
    made.actor(name, function* () {
      for (let i = 1; i < steps; i++) yield cell.read;
      return 0;
    });
  }
  return made;
}

/** Runs with these deviations and notes where the choice was not the default rule's. */
function run(deviations: readonly Deviation[]) {
  const inner = new Deviations();
  inner.deviations = deviations;
  const departures: number[] = [];
  let preemptions = 0;
  let last: Thread | null = null;
  const watched: Strategy = {
    begin: () => inner.begin(),
    pick(runnable, count, step) {
      const picked = inner.pick(runnable, count, step);
      if (picked !== byDefault(runnable, count, last)) departures.push(step);
      if (last !== null && last !== picked && runnable.slice(0, count).includes(last)) preemptions++;
      last = picked;
      return picked;
    },
  };
  const made = threads();
  expect(made.run(watched)).toBe('finished');
  return {
    schedule: made.schedule,
    departures,
    preemptions,
    counts: inner.counts,
    steps: made.machine.steps,
  };
}

describe('a schedule by its deviations', () => {
  test('is the default rule where there are none', () => {
    const made = threads();
    made.run();
    const none = run([]);
    expect(none.schedule).toBe(made.schedule);
    expect(none.schedule).toBe('A A B B B C C C C');
    expect(none.departures).toEqual([]);
    expect(none.preemptions).toBe(0);
  });

  test('says how many threads could run at each step', () => {
    const { counts, steps } = run([]);
    expect([...counts.subarray(0, steps)]).toEqual([3, 3, 2, 2, 2, 1, 1, 1, 1]);
  });

  test('leaves the rule exactly once for each single deviation, and each leads elsewhere', () => {
    const usual = run([]);
    const seen = new Set([usual.schedule]);
    let deviations = 0;
    for (let step = 0; step < usual.steps; step++) {
      for (let choice = 0; choice + 1 < usual.counts[step]!; choice++) {
        const { schedule, departures, preemptions } = run([{ step, choice }]);
        expect(departures).toEqual([step]);
        // Where the thread before had ended, or none had begun, there was nobody to preempt.
        expect(preemptions).toBe(step === 1 || step === 3 || step === 4 ? 1 : 0);
        expect(schedule.split(' ').slice(0, step)).toEqual(usual.schedule.split(' ').slice(0, step));
        seen.add(schedule);
        deviations++;
      }
    }
    expect(deviations).toBe(7);
    expect(seen.size).toBe(8);
  });

  test('takes several deviations in order', () => {
    expect(
      run([
        { step: 1, choice: 0 },
        { step: 2, choice: 1 },
      ]).schedule,
    ).toBe('A B C C C C A B B');
  });

  test('stays with the rule where a deviation asks for more threads than can run', () => {
    expect(run([{ step: 8, choice: 0 }]).departures).toEqual([]);
    expect(run([{ step: 0, choice: 2 }]).departures).toEqual([]);
  });
});
