import { describe, expect, test } from 'vitest';
import { HandMade, type Path } from '../machine/hand-made.fixture.ts';
import { Cell } from '../machine/shared.ts';
import { random } from './rng.ts';
import { Uniform } from './uniform.ts';

/** The schedule of threads A and B with two steps each. */
function scheduleOf(strategy: Uniform, steps = 2): string {
  const made = new HandMade();
  const cell = new Cell(made.machine, 'cell', 0);
  const path: Path = function* () {
    for (let i = 1; i < steps; i++) yield cell.read;
    return 0;
  };
  made.actor('A', path);
  made.actor('B', path);
  made.run(strategy);
  return made.schedule;
}

describe('uniform choice', () => {
  test('is determined by its seed', () => {
    const schedules = (seed: number) => {
      const strategy = new Uniform(random(seed));
      return Array.from({ length: 10 }, () => scheduleOf(strategy, 10));
    };
    expect(schedules(1)).toEqual(schedules(1));
    expect(schedules(1)).not.toEqual(schedules(2));
    expect(new Set(schedules(1)).size).toBe(10);
  });

  test('takes each of the 6 schedules of two threads with two steps as often as its choices say', () => {
    // Equally likely at each step, not as a whole: where one thread has ended there is nothing left to choose.
    const expected: Readonly<Record<string, number>> = {
      'A A B B': 1 / 4,
      'B B A A': 1 / 4,
      'A B A B': 1 / 8,
      'A B B A': 1 / 8,
      'B A A B': 1 / 8,
      'B A B A': 1 / 8,
    };
    const runs = 8000;
    const strategy = new Uniform(random(1));
    const seen = new Map<string, number>();
    for (let run = 0; run < runs; run++) {
      const schedule = scheduleOf(strategy);
      seen.set(schedule, (seen.get(schedule) ?? 0) + 1);
    }
    expect([...seen.keys()].sort((a, b) => (a < b ? -1 : 1))).toEqual(
      Object.keys(expected).sort((a, b) => (a < b ? -1 : 1)),
    );
    let chiSquare = 0;
    for (const [schedule, probability] of Object.entries(expected)) {
      chiSquare += ((seen.get(schedule) ?? 0) - runs * probability) ** 2 / (runs * probability);
    }
    // Five degrees of freedom: a fair source is above 20.5 once in a thousand.
    expect(chiSquare).toBeLessThan(20.5);
  });
});
