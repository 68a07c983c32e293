import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BruteForce } from '../../harness/explore/brute-force.fixture.ts';
import { Dpor } from '../../harness/explore/dpor.ts';
import { exploreAll } from '../../harness/explore/exhaustive.ts';
import { random } from '../../harness/explore/rng.ts';
import { Uniform } from '../../harness/explore/uniform.ts';
import { compileProgram, execute, type Run } from '../../harness/machine/execute.ts';
import type { Model, Operation, WorldConfig } from '../../harness/model/model.ts';
import { workloads } from '../../harness/scenario/arbitrary.ts';
import { callRecords } from '../../harness/scenario/recording.ts';
import { by, disable, enable, map, read, touch, write } from './call-results.fixture.ts';
import { series as vfioMmap } from './series.ts';

const STEPS_MAX = 2_000;
const ALL = { stepsMax: STEPS_MAX, schedulesMax: 200_000, preemptionsMax: null };

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

const OFF: Operation = { actor: 'admin', op: 'power_off' };

function byDpor(model: Model, world: WorldConfig, ops: readonly Operation[], schedulesMax: number): Ends {
  const ends = new Set<string>();
  const program = compileProgram(model, world, ops);
  const { complete, unreduced } = exploreAll(
    program,
    new Uint8Array(STEPS_MAX),
    { ...ALL, schedulesMax },
    (run) => ends.add(endOf(model, run)),
  );
  return { ends, complete, unreduced };
}

/** What generated operations seldom are: races on one mapping, of what works by itself. */
const races: readonly { readonly ops: readonly Operation[]; readonly world?: WorldConfig }[] = [
  { ops: [...by('user0', map(), write()), ...by('user1', disable, enable)] },
  { ops: [...by('user0', map(), write(), read()), ...by('user1', { op: 'reset' }, write())] },
  { ops: [...by('user0', map(), touch(), touch()), ...by('user1', disable)], world: { arch: 'x86' } },
  { ops: [...by('user0', map(), write()), ...by('user1', disable, enable)], world: { mio: true } },
  {
    ops: [...by('user0', map(), write()), ...by('user1', { op: 'munmap', map: 'm0', length: 0x1000 }, map())],
  },
  { ops: [...by('user0', map(), read()), ...by('user1', { op: 'mprotect', map: 'm0', prot: 'w' }, write())] },
  { ops: [...by('user0', map(), write(), { op: 'fork' }, write()), ...by('child0', disable, read())] },
  {
    ops: [...by('user0', map(), { op: 'fork' }), ...by('user1', write(), disable), ...by('child0', touch())],
  },
  { ops: [...by('user0', { op: 'close' }, { op: 'open' }), OFF] },
  { ops: [...by('user0', map(), { op: 'fork' }), ...by('child0', { op: 'close' }), OFF] },
];

/** Brute force takes its time: only sequences with fewer schedules are compared. */
const BRUTE_MAX = 3_000n;

describe.each(vfioMmap.states.map(({ id }) => id))('on %s, of generated operations', (state) => {
  const model = vfioMmap.model(state)!;

  test('the reduction has the ends and violations of all schedules, and counts those', () => {
    let compared = 0;
    for (const { world, ops } of fc.sample(workloads(vfioMmap, 3), { numRuns: 120, seed: 7 })) {
      const reduced = byDpor(model, world, ops, 3_000);
      if (!reduced.complete || reduced.unreduced === null || reduced.unreduced > BRUTE_MAX) continue;
      const program = compileProgram(model, world, ops);
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
    expect(compared).toBeGreaterThan(15);
  });

  test('whatever random schedules come to, the reduction has come to', () => {
    let compared = 0;
    for (const { world, ops } of fc.sample(workloads(vfioMmap, 3), { numRuns: 60, seed: 8 })) {
      const reduced = byDpor(model, world, ops, 4_000);
      if (!reduced.complete) continue;
      const program = compileProgram(model, world, ops);
      const buffer = new Uint8Array(STEPS_MAX);
      const uniform = new Uniform(random(compared));
      for (let i = 0; i < 300; i++) {
        const end = endOf(model, execute(program, uniform, STEPS_MAX, buffer));
        if (!reduced.ends.has(end)) expect([...reduced.ends].sort()).toContain(end);
      }
      compared++;
    }
    expect(compared).toBeGreaterThan(30);
  });
});

/** Where memory is disabled, this one goes round to the step limit in most of its schedules. */
const ENDLESS = 'v3+mutant-retry-forever';
const ENDING = vfioMmap.states.map(({ id }) => id).filter((id) => id !== ENDLESS);

describe.each(ENDING)('on %s, of races on a mapping', (state) => {
  const model = vfioMmap.model(state)!;

  test('whatever random schedules come to, the reduction has come to', () => {
    for (const [index, { world = {}, ops }] of races.entries()) {
      const reduced = byDpor(model, world, ops, 20_000);
      expect(reduced.complete, JSON.stringify(ops)).toBe(true);
      const program = compileProgram(model, world, ops);
      const buffer = new Uint8Array(STEPS_MAX);
      const uniform = new Uniform(random(index));
      for (let i = 0; i < 400; i++) {
        const end = endOf(model, execute(program, uniform, STEPS_MAX, buffer));
        if (!reduced.ends.has(end)) expect([...reduced.ends].sort()).toContain(end);
      }
    }
  });
});

test('no race is answered with a guess', () => {
  for (const { world, ops } of fc.sample(workloads(vfioMmap, 3), { numRuns: 300, seed: 9 })) {
    const program = compileProgram(vfioMmap.model('v3')!, world, ops);
    const buffer = new Uint8Array(STEPS_MAX);
    const all = new Dpor();
    for (let i = 0; i < 300 && all.next(); i++) {
      execute(program, all, STEPS_MAX, buffer);
      all.close();
    }
    expect(all.fallbacks, JSON.stringify({ world, ops })).toBe(0);
  }
});
