import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { series as msixMmap } from '../../models/msix-mmap/series.ts';
import { series as remoteVm } from '../../models/remote-vm/series.ts';
import { series as s2MemAttr } from '../../models/s2-memattr/series.ts';
import { series as vfioMmap } from '../../models/vfio-mmap/series.ts';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { derive } from '../explore/rng.ts';
import { SearchStrategies } from '../explore/strategies.ts';
import type { Model } from '../model/model.ts';
import { workloads } from '../scenario/arbitrary.ts';
import { type Benches, compileProgram, execute, executeFresh, type Program, type Run } from './execute.ts';

const STEPS_MAX = 2_000;
const SCHEDULES = 6;

/** Everything about an execution that a claim or a report could look at. */
function traits(model: Model, { machine, world, outcome }: Run): unknown {
  const violations: string[] = [];
  const exercised = model.properties.map((property) =>
    property.check({ machine, outcome, evidence: world }, (kind, step) => {
      violations.push(`${property.id} ${kind} ${step}`);
    }),
  );
  return {
    outcome,
    schedule: [...machine.schedule.subarray(0, machine.steps)],
    calls: machine.calls.map(({ work, begun, returned, ret, signal }) => [
      work.name,
      begun,
      returned,
      signal ?? ret,
    ]),
    threads: machine.threads.map(({ name, alive, locksHeld }) => [name, alive, locksHeld]),
    objects: machine.objects.map((object) => `${object.name}: ${object.show()}`),
    deadlock: machine.deadlock?.stuck.map(({ thread, awaits, holds }) => [thread.name, awaits, holds]),
    device: world.device(),
    violations,
    exercised,
  };
}

describe('a world that is reset and used again does what a fresh one does', () => {
  const states = [zpciIo, vfioMmap, msixMmap, s2MemAttr, remoteVm].flatMap((series) =>
    series.states.map(({ id }) => ({ series, id })),
  );
  test.each(states)('$series.name/$id', ({ series, id }) => {
    const model = series.model(id)!;
    const benches: Benches = new Map();
    const buffers = { reused: new Uint8Array(STEPS_MAX), fresh: new Uint8Array(STEPS_MAX) };
    const runs = (
      run: (program: Program, strategies: SearchStrategies, i: number) => Run,
      program: Program,
    ) => {
      const strategies = new SearchStrategies('portfolio', derive(7, 0));
      return Array.from({ length: SCHEDULES }, (_, i) => traits(model, run(program, strategies, i)));
    };
    for (const { world, ops } of fc.sample(workloads(series, 6), { numRuns: 100, seed: 11 })) {
      const shared = compileProgram(model, world, ops, benches);
      const alone = compileProgram(model, world, ops);
      const reused = runs(
        (program, strategies, i) => execute(program, strategies.next(i, 64), STEPS_MAX, buffers.reused),
        shared,
      );
      const fresh = runs(
        (program, strategies, i) => executeFresh(program, strategies.next(i, 64), STEPS_MAX, buffers.fresh),
        alone,
      );
      expect(reused).toEqual(fresh);
    }
  });
});
