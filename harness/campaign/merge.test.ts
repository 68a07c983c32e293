import { describe, expect, test } from 'vitest';
import { NO_LOCK_ORDER } from '../machine/lock-order.ts';
import type { Model } from '../model/model.ts';
import type { ChunkResult } from './chunk.ts';
import { runChunk, type SearchOptions } from './chunk.ts';
import { counterSeries } from './counter.fixture.ts';
import { NOTHING_COVERED } from './coverage-by.ts';
import type { Found } from './found.ts';
import { mergeFound, mergeResult } from './merge.ts';
import type { Counterexample } from './result.ts';

const model = counterSeries.model('unlocked')!;
const [LOST, NEVER] = ['no-lost-update', 'never-exercised'] as const;
const options: SearchOptions = {
  seed: 1,
  strategy: 'random',
  opsMax: 6,
  stepsMax: 100,
  schedulesMax: 2_000,
  properties: [LOST, NEVER],
};

const NOTHING: ChunkResult = {
  chunk: 0,
  sequences: 0,
  executions: 0,
  distinctSchedules: 0,
  steps: 0,
  deadlocks: 0,
  endlessByDesign: 0,
  livelocks: 0,
  stepLimits: 0,
  by: NOTHING_COVERED,
  functionsReached: [],
  returns: {},
  exercised: [0, 0],
  found: [],
  hangs: [],
  lockOrder: NO_LOCK_ORDER,
};
const chunk = (changes: Partial<ChunkResult>): ChunkResult => ({ ...NOTHING, ...changes });
const finding = (changes: Partial<Found>): Found => ({
  property: LOST,
  kind: 'update-lost',
  executions: 1,
  chunk: 0,
  sequence: 0,
  world: {},
  ops: [],
  schedule: [],
  ...changes,
});

/** Every order of some things. */
function* orders<T>(things: readonly T[]): Generator<T[]> {
  if (things.length === 0) yield [];
  for (let i = 0; i < things.length; i++) {
    for (const rest of orders(things.filter((_, at) => at !== i))) yield [things[i]!, ...rest];
  }
}

describe('merged findings', () => {
  test('are those of the first chunk, with the executions of all', () => {
    const chunks = [
      chunk({ chunk: 4, found: [finding({ chunk: 4, executions: 3 })] }),
      chunk({ chunk: 2, found: [finding({ chunk: 2, executions: 10 })] }),
    ];
    expect(mergeFound(model, chunks)).toEqual([finding({ chunk: 2, executions: 13 })]);
  });

  test('come in the order of the claims, and by kind', () => {
    const found = [finding({ property: NEVER, kind: 'a' }), finding({ kind: 'z' }), finding({ kind: 'b' })];
    const merged = mergeFound(model, [chunk({ found })]);
    expect(merged.map(({ property, kind }) => [property, kind])).toEqual([
      [LOST, 'b'],
      [LOST, 'z'],
      [NEVER, 'a'],
    ]);
  });
});

describe('merged results', () => {
  test('do not depend on the order in which chunks end', () => {
    const chunks = [0, 1, 2, 3].map((at) => runChunk(model, options, at, 15));
    const expected = mergeResult(model, options, chunks, [], null);
    let tried = 0;
    for (const order of orders(chunks)) {
      expect(mergeResult(model, options, order, [], null)).toEqual(expected);
      expect(mergeFound(model, order)).toEqual(mergeFound(model, chunks));
      tried++;
    }
    expect(tried).toBe(24);
  });

  test.each([
    { name: 'violated', exercised: [5, 0], found: [finding({ executions: 2 })] },
    { name: 'holds', exercised: [5, 0], found: [] },
    { name: 'inconclusive', exercised: [0, 0], found: [] },
  ])('say $name', ({ name, exercised, found }) => {
    const { verdicts } = mergeResult(model, options, [chunk({ exercised, found })], [], null);
    expect(verdicts).toEqual([
      {
        property: LOST,
        claim: 'the counter is the sum of all increments that returned',
        exercised: exercised[0],
        kinds: found.map(({ kind, executions }) => ({ kind, executions })),
        verdict: name,
        ...(name === 'inconclusive' ? { reason: 'never exercised: its precondition did not happen' } : {}),
      },
      expect.objectContaining({ property: NEVER, verdict: 'inconclusive', exercised: 0 }),
    ]);
  });

  test('do not say that a liveness claim holds where executions were cut off', () => {
    const live: Model = {
      ...model,
      properties: model.properties.map((property) => ({ ...property, liveness: true })),
    };
    const verdicts = (stepLimits: number, found: readonly Found[] = []) =>
      mergeResult(live, options, [chunk({ exercised: [5, 5], stepLimits, found })], [], null).verdicts.map(
        ({ verdict, reason }) => [verdict, reason],
      );
    expect(verdicts(0)).toEqual([
      ['holds', undefined],
      ['holds', undefined],
    ]);
    const cut = ['inconclusive', '3 executions reached the step limit of 100'];
    expect(verdicts(3)).toEqual([cut, cut]);
    expect(verdicts(3, [finding({})])).toEqual([['violated', undefined], cut]);
    expect(verdicts(1)[0]).toEqual(['inconclusive', '1 execution reached the step limit of 100']);
    const { verdicts: safety } = mergeResult(
      model,
      options,
      [chunk({ exercised: [5, 5], stepLimits: 3 })],
      [],
      null,
    );
    expect(safety.map(({ verdict }) => verdict)).toEqual(['holds', 'holds']);
  });

  test('of no chunk at all are inconclusive', () => {
    const { verdicts, coverage, stopped } = mergeResult(model, options, [], [], 'time');
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive']);
    expect(coverage).toMatchObject({ sequences: 0, executions: 0, returns: {} });
    expect(stopped).toBe('time');
  });

  test('judge only the claims that were asked for', () => {
    const some = { ...options, properties: [NEVER] };
    const { verdicts } = mergeResult(model, some, [chunk({ exercised: [3] })], [], null);
    expect(verdicts).toMatchObject([{ property: NEVER, verdict: 'holds', exercised: 3 }]);
  });

  test('add up coverage', () => {
    const one = chunk({
      sequences: 1,
      executions: 2,
      distinctSchedules: 3,
      steps: 4,
      deadlocks: 5,
      endlessByDesign: 6,
      livelocks: 8,
      stepLimits: 7,
      functionsReached: ['peek'],
      returns: { peek: [10, -5] },
    });
    const other = chunk({ ...one, chunk: 1, returns: { peek: [9, 10] } });
    expect(mergeResult(model, options, [one, other], [], null).coverage).toEqual({
      sequences: 2,
      executions: 4,
      distinctSchedules: 6,
      steps: 8,
      deadlocks: 10,
      endlessByDesign: 12,
      livelocks: 16,
      stepLimits: 14,
      by: NOTHING_COVERED,
      functions: 2,
      functionsNeverReached: ['increment'],
      returns: { peek: [-5, 9, 10] },
    });
  });

  test('hand on the counterexamples', () => {
    const shrunk = { counterexample: { property: LOST } as Counterexample, hangs: [] };
    expect(mergeResult(model, options, [], [shrunk], null).counterexamples).toEqual([shrunk.counterexample]);
  });
});
