import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { STRATEGIES } from '../explore/strategies.ts';
import type { Model } from '../model/model.ts';
import { record } from '../scenario/recording.ts';
import { runChunk, SCHEDULES, type SearchOptions } from './chunk.ts';
import { counterSeries } from './counter.fixture.ts';

const v1 = zpciIo.model('v1')!;
const unlocked = counterSeries.model('unlocked')!;

const optionsFor = (model: Model, changes: Partial<SearchOptions> = {}): SearchOptions => ({
  seed: 7,
  strategy: 'portfolio',
  opsMax: 6,
  stepsMax: 10_000,
  schedulesMax: 2_000,
  properties: model.properties.map(({ id }) => id),
  ...changes,
});

describe('a chunk', () => {
  test.each(STRATEGIES)('is determined by its arguments, whatever ran before it: %s', (strategy) => {
    const options = optionsFor(v1, { strategy });
    const alone = runChunk(v1, options, 3, 30);
    runChunk(v1, options, 2, 30);
    expect(runChunk(v1, options, 3, 30)).toEqual(alone);
    expect(structuredClone(alone)).toEqual(alone);
  });

  test('differs from its neighbours and from that of another seed', () => {
    const steps = [
      runChunk(v1, optionsFor(v1), 0, 20),
      runChunk(v1, optionsFor(v1), 1, 20),
      runChunk(v1, optionsFor(v1, { seed: 8 }), 0, 20),
    ].map((chunk) => chunk.steps);
    expect(new Set(steps).size).toBe(3);
  });

  test('that is cut short begins as the whole one does', () => {
    const short = runChunk(v1, optionsFor(v1), 0, 20);
    const long = runChunk(v1, optionsFor(v1), 0, 60);
    expect(short.found.length).toBeGreaterThan(0);
    const first = ({ property, kind, sequence, schedule }: (typeof short.found)[number]) => ({
      property,
      kind,
      sequence,
      schedule,
    });
    expect(long.found.map(first).slice(0, short.found.length)).toEqual(short.found.map(first));
  });

  test('counts what it ran', () => {
    const chunk = runChunk(unlocked, optionsFor(unlocked), 0, 100);
    expect(chunk.sequences).toBe(100);
    expect(chunk.executions).toBeGreaterThan(100);
    expect(chunk.executions).toBeLessThan(100 * SCHEDULES);
    expect(chunk.distinctSchedules).toBeLessThanOrEqual(chunk.executions);
    expect(chunk.functionsReached).toEqual(expect.arrayContaining(['increment', 'peek']));
    expect(chunk.returns.increment).toContain(0);
  });

  test('runs a sequence once where nobody has a choice', () => {
    const chunk = runChunk(unlocked, optionsFor(unlocked, { opsMax: 1 }), 0, 40);
    expect(chunk).toMatchObject({ sequences: 40, executions: 40, distinctSchedules: 40, found: [] });
  });

  test('counts executions that are cut off', () => {
    const { executions, stepLimits } = runChunk(unlocked, optionsFor(unlocked, { stepsMax: 1 }), 0, 10);
    expect(stepLimits).toBe(executions);
  });

  test('tells deadlocks from waits that the kernel promises no end of', () => {
    const hotplug = zpciIo.model('v1+hp')!;
    expect(runChunk(hotplug, optionsFor(hotplug), 0, 60).deadlocks).toBeGreaterThan(0);
    expect(runChunk(v1, optionsFor(v1), 0, 60).deadlocks).toBe(0);
    expect(runChunk(v1, optionsFor(v1), 0, 100).endlessByDesign).toBeGreaterThan(0);
  });

  test('counts executions that go round for ever, apart from those that are cut off', () => {
    const spins = zpciIo.model('mainline+mutant-spin-reset')!;
    expect(runChunk(spins, optionsFor(spins), 0, 250)).toMatchObject({
      livelocks: expect.toSatisfy((count: number) => count > 0),
      stepLimits: expect.toSatisfy((count: number) => count > 0),
      deadlocks: 0,
    });
    expect(runChunk(v1, optionsFor(v1), 0, 60).livelocks).toBe(0);
  });

  test('notes in which order locks were taken', () => {
    const { lockOrder } = runChunk(v1, optionsFor(v1), 0, 60);
    expect(lockOrder.asks).toContainEqual({
      holds: [{ lock: 'BQL', shared: false }],
      asks: { lock: 'zdev->lock', shared: false },
      by: expect.arrayContaining([{ actor: 'vcpu0', operation: 'pcistb', process: 'the VMM', after: null }]),
    });
  });

  test('checks only the claims that it is asked for', () => {
    const chosen = optionsFor(v1, { properties: ['zero-length-never-executes'] });
    const { exercised, found } = runChunk(v1, chosen, 0, 60);
    expect(exercised).toHaveLength(1);
    expect(found.map(({ property }) => property)).toEqual(['zero-length-never-executes']);
  });

  test('finds what its own schedule shows again', () => {
    const { found } = runChunk(v1, optionsFor(v1), 0, 60);
    expect(found.length).toBeGreaterThan(5);
    for (const { property, kind, world, ops, schedule } of found) {
      const { violations, stale } = record(v1, { format: 1, model: v1.id, world, ops, schedule }, 10_000);
      expect(stale).toBeNull();
      expect(violations).toContainEqual(expect.objectContaining({ property, kind }));
    }
  });

  test('counts an execution once that breaks a claim in the same way twice', () => {
    const twice = unlocked.properties.map((property) => ({
      ...property,
      check: (...[execution, report]: Parameters<typeof property.check>) => {
        property.check(execution, report);
        return property.check(execution, report);
      },
    }));
    const once = runChunk(unlocked, optionsFor(unlocked), 0, 20);
    expect(once.found[0]!.executions).toBeGreaterThan(1);
    expect(runChunk({ ...unlocked, properties: twice }, optionsFor(unlocked), 0, 20)).toEqual(once);
  });
});
