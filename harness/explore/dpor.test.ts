import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BruteForce } from './brute-force.fixture.ts';
import { Dpor } from './dpor.ts';
import { linearExtensions } from './linear-extensions.ts';
import { build, type SmallProgram, smallPrograms } from './small-programs.fixture.ts';

/** Programs with more schedules than this are passed over: brute force would take minutes. */
const SCHEDULES_MAX = Number(process.env.MAXS ?? 1_500);

interface Ends {
  readonly schedules: number;
  readonly ends: readonly string[];
}

function byBruteForce(program: SmallProgram): Ends | null {
  const all = new BruteForce();
  const ends = new Set<string>();
  let schedules = 0;
  while (all.next()) {
    if (++schedules > SCHEDULES_MAX) return null;
    const { made, end } = build(program);
    const outcome = made.run(all);
    ends.add(`${outcome} ${end()}`);
  }
  return { schedules, ends: [...ends].sort() };
}

function byDpor(program: SmallProgram): Ends & { executed: number; pruned: number; fallbacks: number } {
  const dpor = new Dpor();
  const ends = new Set<string>();
  let executed = 0;
  let schedules = 0n;
  while (dpor.next()) {
    const { made, end } = build(program);
    const outcome = made.run(dpor);
    dpor.close();
    if (dpor.pruned) continue;
    executed++;
    ends.add(`${outcome} ${end()}`);
    schedules += linearExtensions(dpor.trace())!.count;
  }
  return {
    schedules: Number(schedules),
    ends: [...ends].sort(),
    executed,
    pruned: dpor.prunedCount,
    fallbacks: dpor.fallbacks,
  };
}

describe('of small programs over everything the machine has', () => {
  test('the reduction loses no end, invents none, and runs one schedule of each class', () => {
    let compared = 0;
    let schedules = 0;
    let executed = 0;
    let pruned = 0;
    fc.assert(
      fc.property(smallPrograms, (program) => {
        const all = byBruteForce(program);
        if (all === null) return;
        const reduced = byDpor(program);
        expect(reduced.ends).toEqual(all.ends);
        // Classes have as many schedules as there are: none is missing, none was run twice.
        expect(reduced.schedules).toBe(all.schedules);
        expect(reduced.fallbacks).toBe(0);
        compared++;
        schedules += all.schedules;
        executed += reduced.executed;
        pruned += reduced.pruned;
      }),
      {
        numRuns: Number(process.env.RUNS ?? 1000),
        seed: Number(process.env.SEED ?? 3),
        endOnFailure: process.env.SHRINK === undefined,
      },
    );
    console.log({ compared, schedules, executed, pruned });
    expect(compared).toBeGreaterThan(300);
  });
});
