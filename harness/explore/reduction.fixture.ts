/** Compares what the reduction explores of a series with brute force and with random schedules. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileProgram, execute, type Run } from '../machine/execute.ts';
import type { Model, Operation, WorldConfig } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { type Workload, workloads } from '../scenario/arbitrary.ts';
import { callRecords } from '../scenario/recording.ts';
import { BruteForce } from './brute-force.fixture.ts';
import { Dpor } from './dpor.ts';
import { exploreAll } from './exhaustive.ts';
import { random } from './rng.ts';
import { Uniform } from './uniform.ts';

const STEPS_MAX = 2_000;

/** One way to end, and every claim that it breaks. */
function endOf(model: Model, { machine, outcome, world }: Run): string {
  const broken = new Set<string>();
  for (const { id, check } of model.properties) {
    check({ machine, outcome, evidence: world }, (kind) => broken.add(`${id} ${kind}`));
  }
  return JSON.stringify([
    outcome,
    // By actor: in which order they return is put back by returnOrders.
    [...callRecords(machine.returned, machine.calls)].sort((a, b) =>
      a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0,
    ),
    world.device(),
    [...broken].sort(),
  ]);
}

interface Ends {
  readonly ends: ReadonlySet<string>;
  readonly complete: boolean;
  readonly unreduced: bigint | null;
}

function byDpor(model: Model, { world, ops }: Workload, schedulesMax: number): Ends {
  const ends = new Set<string>();
  const program = compileProgram(model, world, ops);
  const { complete, unreduced } = exploreAll(
    program,
    new Uint8Array(STEPS_MAX),
    { stepsMax: STEPS_MAX, schedulesMax, preemptionsMax: null },
    (run) => ends.add(endOf(model, run)),
  );
  return { ends, complete, unreduced };
}

/** Whatever random schedules come to, the reduction must have come to. */
function compareWithChance(model: Model, workload: Workload, ends: ReadonlySet<string>, seed: number): void {
  const program = compileProgram(model, workload.world, workload.ops);
  const buffer = new Uint8Array(STEPS_MAX);
  const uniform = new Uniform(random(seed));
  for (let i = 0; i < 300; i++) {
    const end = endOf(model, execute(program, uniform, STEPS_MAX, buffer));
    if (!ends.has(end)) expect([...ends].sort(), JSON.stringify(workload)).toContain(end);
  }
}

/** Brute force takes its time: only sequences with fewer schedules are compared. */
const BRUTE_MAX = 3_000n;

/** Operation sequences that are generated for each state. */
const SAMPLES = 120;

/** Generated operations on every state of a series. */
export function testReduction(series: Series): void {
  describe.each(series.states.map(({ id }) => id))('on %s, of generated operations', (state) => {
    const model = series.model(state)!;
    // A mutant is one of the other states but for one thing.
    const samples = model.state.source.status === 'mutant' ? SAMPLES / 8 : SAMPLES;

    test('the reduction has the ends and violations of all schedules, and counts those', () => {
      let compared = 0;
      for (const workload of fc.sample(workloads(series, 3), { numRuns: samples, seed: 7 })) {
        const reduced = byDpor(model, workload, 3_000);
        if (!reduced.complete || reduced.unreduced === null || reduced.unreduced > BRUTE_MAX) continue;
        const program = compileProgram(model, workload.world, workload.ops);
        const buffer = new Uint8Array(STEPS_MAX);
        const all = new BruteForce();
        const ends = new Set<string>();
        let schedules = 0n;
        while (all.next()) {
          ends.add(endOf(model, execute(program, all, STEPS_MAX, buffer)));
          schedules++;
        }
        expect([...reduced.ends].sort()).toEqual([...ends].sort());
        expect(reduced.unreduced).toBe(schedules);
        if (schedules > 1n) compared++;
      }
      expect(compared).toBeGreaterThanOrEqual(Math.floor(samples / 8));
    });

    test('whatever random schedules come to, the reduction has come to', () => {
      let compared = 0;
      for (const workload of fc.sample(workloads(series, 3), { numRuns: Math.ceil(samples / 2), seed: 8 })) {
        const { complete, ends } = byDpor(model, workload, 4_000);
        if (complete) compareWithChance(model, workload, ends, compared++);
      }
      expect(compared).toBeGreaterThanOrEqual(Math.floor(samples / 4));
    });
  });

  test('no race is answered with a guess', () => {
    const sample = fc.sample(workloads(series, 3), { numRuns: 300, seed: 9 });
    for (const [at, { world, ops }] of sample.entries()) {
      const state = series.states[at % series.states.length]!;
      const program = compileProgram(series.model(state.id)!, world, ops);
      const buffer = new Uint8Array(STEPS_MAX);
      const all = new Dpor();
      for (let i = 0; i < 300 && all.next(); i++) {
        execute(program, all, STEPS_MAX, buffer);
        all.close();
      }
      expect(all.fallbacks, JSON.stringify({ state: state.id, world, ops })).toBe(0);
    }
  });
}

export interface Race {
  readonly ops: readonly Operation[];
  readonly world?: WorldConfig;
}

/** Races that generated operations seldom have, on these states; all of them can be explored to the end. */
export function testRaces(series: Series, states: readonly string[], races: readonly Race[]): void {
  describe.each(states)('on %s, of races', (state) => {
    test('whatever random schedules come to, the reduction has come to', () => {
      const model = series.model(state)!;
      for (const [seed, { world = {}, ops }] of races.entries()) {
        const { complete, ends } = byDpor(model, { world, ops }, 20_000);
        expect(complete, JSON.stringify(ops)).toBe(true);
        compareWithChance(model, { world, ops }, ends, seed);
      }
    });
  });
}
