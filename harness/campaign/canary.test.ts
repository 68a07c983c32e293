/**
 * A race that anybody can see, in a series of its own: where search, judging or shrinking falls silent, and everything
 * holds because nothing looks, this is what fails.
 */
import { expect, test } from 'vitest';
import { makeEntry, replayEntry } from '../corpus.ts';
import { STRATEGIES } from '../explore/strategies.ts';
import { shrink } from '../scenario/shrink.ts';
import { CHUNK_SEQUENCES, runChunk, type SearchOptions } from './chunk.ts';
import { counterSeries } from './counter.fixture.ts';
import { mergeFound, mergeResult } from './merge.ts';

const unlocked = counterSeries.model('unlocked')!;
const locked = counterSeries.model('locked')!;
const STEPS_MAX = 1000;
const CLAIM = 'no-lost-update';

const options: SearchOptions = {
  seed: 1,
  strategy: 'portfolio',
  opsMax: 6,
  stepsMax: STEPS_MAX,
  schedulesMax: 2_000,
  properties: [CLAIM, 'never-exercised'],
};

test.each(STRATEGIES)(
  'a lost update is found, shrunk to two operations and one switch, and replayed: %s',
  (strategy) => {
    const chunks = [runChunk(unlocked, { ...options, strategy }, 0, 20)];
    const [found, ...others] = mergeFound(unlocked, chunks);
    expect(found).toMatchObject({ property: CLAIM, kind: 'update-lost' });
    expect(others).toEqual([]);

    const property = unlocked.properties.find(({ id }) => id === CLAIM)!;
    const { scenario, minimal } = shrink(unlocked, { property, kind: 'update-lost' }, found!, STEPS_MAX);
    expect(minimal).toBe(true);
    expect(scenario).toEqual({
      format: 1,
      model: 'counter/unlocked',
      ops: [
        { actor: 'user0', op: 'increment', amount: 1 },
        { actor: 'user1', op: 'increment', amount: 1 },
      ],
      // user0 begins and has read; user1 goes from there to its end, and what it wrote is overwritten.
      schedule: ['user0', 'user0', 'user1'],
    });

    const counterexample = { ...found!, scenario, minimal, foundWith: { ops: found!.ops.length, run: 0 } };
    const entry = makeEntry(unlocked, counterexample, STEPS_MAX, { tool: 'test', seed: 1 });
    expect(entry.message).toBe('The counter is 1, the increments are 2.');
    expect(replayEntry(unlocked, entry, STEPS_MAX)).toMatchObject({
      status: 'reproduced',
      traceChanged: false,
    });
    expect(
      mergeResult(unlocked, options, chunks, [{ counterexample, hangs: [] }], null).verdicts,
    ).toMatchObject([
      { property: CLAIM, verdict: 'violated' },
      { property: 'never-exercised', verdict: 'inconclusive' },
    ]);
  },
);

test('with the lock the claim holds, and says how often it was put to the test', () => {
  const chunk = runChunk(locked, options, 0, CHUNK_SEQUENCES);
  expect(chunk.found).toEqual([]);
  const { verdicts } = mergeResult(locked, options, [chunk], [], null);
  expect(verdicts).toMatchObject([
    { property: CLAIM, verdict: 'holds', kinds: [] },
    { property: 'never-exercised', verdict: 'inconclusive', exercised: 0 },
  ]);
  expect(verdicts[0]!.exercised).toBeGreaterThan(1000);
});

test('the entry of the race is stale where the lock keeps the other writer out', () => {
  const scenario = {
    format: 1,
    model: 'counter/unlocked',
    ops: [
      { actor: 'user0', op: 'increment', amount: 1 },
      { actor: 'user1', op: 'increment', amount: 1 },
    ],
    schedule: ['user0', 'user0', 'user1', 'user1', 'user1'],
  } as const;
  const found = {
    property: CLAIM,
    kind: 'update-lost',
    scenario,
    minimal: false,
    foundWith: { ops: 2, run: 0 },
  };
  const entry = makeEntry(unlocked, found, STEPS_MAX, { tool: 'test', seed: 1 });
  expect(replayEntry(locked, entry, STEPS_MAX)).toEqual({
    status: 'stale',
    reason: 'at step 3 the schedule names "user1"; can run: user0',
  });
});
