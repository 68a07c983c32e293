import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import type { Model, Operation } from '../model/model.ts';
import { record } from '../scenario/recording.ts';
import type { ChunkResult, SearchOptions } from './chunk.ts';
import { counterSeries } from './counter.fixture.ts';
import { NOTHING_COVERED } from './coverage-by.ts';
import { scenariosOf } from './exhaust.ts';
import { KNOWN_CHUNK, type KnownFailure, runKnown, runSmall, SMALL_CHUNK } from './opening.ts';

const unlocked = counterSeries.model('unlocked')!;
const locked = counterSeries.model('locked')!;

const optionsFor = (model: Model, changes: Partial<SearchOptions> = {}): SearchOptions => ({
  seed: 1,
  strategy: 'portfolio',
  opsMax: 6,
  stepsMax: 5_000,
  schedulesMax: 2_000,
  properties: model.properties.map(({ id }) => id),
  ...changes,
});

const add = (actor: string): Operation => ({ actor, op: 'increment', amount: 1 });
const OPS = [add('user0'), add('user1')];

const lostUnder = (schedule: readonly string[], changes: Partial<KnownFailure> = {}): KnownFailure => ({
  property: 'no-lost-update',
  kind: 'update-lost',
  scenario: { format: 1, model: 'counter/unlocked', ops: OPS, schedule },
  ...changes,
});

const LOST = lostUnder(['user0', 'user0', 'user1']);
const NOT_LOST = lostUnder(['user0']);
const STALE = lostUnder(['user0', 'nobody']);

const corpusOf = ({ by }: ChunkResult) => by.corpus;

describe('what earlier runs found', () => {
  test('is executed once each, and counted where it still breaks its claim', () => {
    const chunk = runKnown(unlocked, optionsFor(unlocked), [LOST, NOT_LOST, LOST]);
    expect(chunk).toMatchObject({
      chunk: KNOWN_CHUNK,
      sequences: 0,
      executions: 3,
      distinctSchedules: 3,
      steps: 18,
      exercised: [3, 0],
      by: { ...NOTHING_COVERED, corpus: { entries: 3, reproduced: 2 } },
    });
    expect(chunk.found).toEqual([
      {
        property: 'no-lost-update',
        kind: 'update-lost',
        executions: 2,
        lastExecution: 3,
        chunk: KNOWN_CHUNK,
        sequence: 0,
        world: {},
        ops: OPS,
        schedule: ['user0', 'user0', 'user1', 'user1', 'user1', 'user0'],
      },
    ]);
  });

  test('is fixed where the model no longer does it', () => {
    const chunk = runKnown(locked, optionsFor(locked), [lostUnder(['user0', 'user0'])]);
    expect(corpusOf(chunk)).toEqual({ entries: 1, reproduced: 0 });
    expect(chunk).toMatchObject({ executions: 1, found: [], exercised: [1, 0] });
  });

  test('says nothing where its schedule is stale', () => {
    const chunk = runKnown(unlocked, optionsFor(unlocked), [STALE, LOST]);
    expect(corpusOf(chunk)).toEqual({ entries: 2, reproduced: 1 });
    expect(chunk).toMatchObject({ executions: 1, steps: 6 });
    expect(chunk.found).toMatchObject([{ sequence: 1 }]);
  });

  test('counts as what it was stored for, and not as another violation', () => {
    const others: readonly Partial<KnownFailure>[] = [
      { kind: 'another-kind' },
      { property: 'never-exercised' },
      { property: 'no-such-claim' },
    ];
    for (const changes of others) {
      const chunk = runKnown(unlocked, optionsFor(unlocked), [lostUnder(LOST.scenario.schedule!, changes)]);
      expect(corpusOf(chunk)).toEqual({ entries: 1, reproduced: 0 });
      expect(chunk.found).toMatchObject([{ kind: 'update-lost' }]);
    }
  });

  test('needs no schedule where the default rule is enough, and runs in its own world', () => {
    const scenario = {
      format: 1,
      model: 'zpci-io/v1',
      world: { maxstbl: 128 },
      ops: [
        {
          actor: 'user0',
          op: 'region_write',
          pos: 16,
          count: 32,
          req: { flags: 1, gaddr: '0x10000', len: 8, pcias: 0 },
        },
      ],
    } as const;
    const v1 = zpciIo.model('v1')!;
    const [property, kind] = ['loaded-page-is-dirtied', 'modified-page-left-clean'];
    const chunk = runKnown(v1, optionsFor(v1), [{ property, kind, scenario }]);
    expect(corpusOf(chunk)).toEqual({ entries: 1, reproduced: 1 });
    expect(chunk.found).toContainEqual(expect.objectContaining({ property, kind, world: { maxstbl: 128 } }));
    expect(chunk.returns).toEqual({ region_write: record(v1, scenario, 5_000).calls.map(({ ret }) => ret) });
  });

  test('is announced before it is run, and left out where it hangs', () => {
    const beats: number[] = [];
    const chunk = runKnown(unlocked, optionsFor(unlocked), [LOST, NOT_LOST, LOST], {
      skip: [0],
      beat: (sequence, { ops }) => {
        expect(ops).toBe(OPS);
        beats.push(sequence);
      },
    });
    expect(beats).toEqual([1, 2]);
    expect(chunk).toMatchObject({ executions: 2, found: [{ sequence: 2 }] });
  });

  test('of nothing is nothing', () => {
    const chunk = runKnown(unlocked, optionsFor(unlocked), []);
    expect(chunk).toMatchObject({ executions: 0, found: [], exercised: [0, 0], by: NOTHING_COVERED });
  });
});

describe('small scenarios', () => {
  test('are run under all their schedules', () => {
    // No operation, four single ones, seven sequences of two: 1, 1 each, and 11 schedules.
    const chunk = runSmall(unlocked, optionsFor(unlocked), 1_000);
    expect(chunk).toMatchObject({
      chunk: SMALL_CHUNK,
      sequences: 0,
      executions: 16,
      distinctSchedules: 16,
      by: { ...NOTHING_COVERED, exhaustive: { sequences: 12, complete: 12, schedules: 16 } },
    });
    expect(chunk.found).toMatchObject([
      { property: 'no-lost-update', kind: 'update-lost', executions: 2, chunk: SMALL_CHUNK, sequence: 11 },
    ]);
    // Calls are observed in one sequence of eight: the empty one, and the two increments by one actor.
    expect(chunk.functionsReached).toEqual(['increment']);
    expect(chunk.returns.increment).toEqual(expect.arrayContaining([0, 1]));
  });

  test('have findings whose schedules break the claim', () => {
    const [lost] = runSmall(unlocked, optionsFor(unlocked), 1_000).found;
    const { ops, schedule } = lost!;
    const scenario = { format: 1, model: unlocked.id, ops, schedule } as const;
    expect(record(unlocked, scenario, 5_000).violations).toMatchObject([{ kind: 'update-lost' }]);
  });

  test('are the first so many of them', () => {
    const chunk = runSmall(unlocked, optionsFor(unlocked), 11);
    expect(chunk.by.exhaustive).toEqual({ sequences: 11, complete: 11, schedules: 12 });
    expect(chunk.found).toEqual([]);
  });

  test('are left out where they hang, and each beat names one and what it does', () => {
    const heard = new Set<number>();
    const listed = scenariosOf(unlocked, { kind: 'typical', ops: 1, changes: 2 });
    const chunk = runSmall(unlocked, optionsFor(unlocked), 1_000, {
      skip: [3, 11],
      beat: (sequence, { ops }) => {
        heard.add(sequence);
        if (sequence === 1) expect(ops).toEqual(listed[0]!.ops);
      },
    });
    expect([...heard]).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10]);
    expect(chunk.by.exhaustive).toEqual({ sequences: 10, complete: 10, schedules: 11 });
    expect(chunk.found).toEqual([]);
  });

  test('of a series are thousands, and those with too many schedules are told apart', () => {
    const v1 = zpciIo.model('v1')!;
    const options = optionsFor(v1, { properties: ['no-deadlock', 'request-belongs-to-caller'] });
    const { by, executions, found } = runSmall(v1, options, 1_000_000);
    // Of the small scenarios one is left: a request against a power-off, whose guest answers in the meantime. Of the
    // small worlds, most that are picked take more than their hundred schedules on v1.
    expect(by.exhaustive).toEqual({ sequences: 7_069, complete: 6_569, schedules: executions });
    expect(found.map(({ property }) => property)).toContain('request-belongs-to-caller');
  });

  test('give the same whatever was run before', () => {
    const first = runSmall(unlocked, optionsFor(unlocked), 1_000);
    runSmall(locked, optionsFor(locked), 1_000);
    expect(runSmall(unlocked, optionsFor(unlocked), 1_000)).toEqual(first);
    expect(structuredClone(first)).toEqual(first);
  });
});
