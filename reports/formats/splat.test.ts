import { describe, expect, test } from 'vitest';
import type { PredictedDeadlock } from '../../harness/machine/lock-order-cycles.ts';
import { crowdedDeadlock, deadlock, hostile, race, UNPRINTABLE, widestLine } from '../recordings.fixture.ts';
import { predictedSplat, splat, splatReport } from './splat.ts';
import { REPRODUCE, reportOf, suiteOf } from './suites.fixture.ts';

const use = (lock: string) => ({ lock, shared: false });

describe('a splat', () => {
  const ABBA: PredictedDeadlock = {
    locks: ['a', 'b'],
    threads: [
      { actor: 'one', operation: 'x', held: use('a'), asks: use('b'), holds: [use('a')] },
      { actor: 'two', operation: 'y', held: use('b'), asks: use('a'), holds: [use('b')] },
    ],
    writers: [],
  };

  test('of each predicted cycle says that nothing ran, and how to see it again', async () => {
    const text = predictedSplat(deadlock().model, { predicted: [ABBA, ABBA] }, REPRODUCE);

    expect(text.match(/^zpci-fuzz: from a model, zpci-io\/v1\+hp \(inferred/gm)).toHaveLength(2);
    expect(text.match(/^reproduce: /gm)).toHaveLength(2);
    await expect(text).toMatchFileSnapshot('golden/predicted-splat.txt');
    expect(predictedSplat(deadlock().model, { predicted: [] }, REPRODUCE)).toBe('');
  });

  test('has 75 columns at most, the command at its end, and nothing that a terminal obeys', () => {
    for (const recording of [deadlock(), crowdedDeadlock()].flatMap((one) => [one, hostile(one)])) {
      const text = splat(recording, REPRODUCE);
      expect(widestLine(text)).toBeLessThanOrEqual(75);
      expect(text).toMatch(/\nreproduce: npx zpci-fuzz replay corpus\/x\.json\n$/);
      expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    }
  });

  test('is empty where nobody waits', () => expect(splat(race(), REPRODUCE)).toBe(''));

  test('is there once for each deadlock of a run, and behind them for each prediction', () => {
    const suite = { ...suiteOf(deadlock()), predicted: [ABBA], reproduce: 'npx zpci-fuzz run' };
    const sound = { ...suiteOf(race()), predicted: [], reproduce: 'npx zpci-fuzz run' };
    const lines = splatReport(reportOf([sound, suite])).split('\n');
    expect(lines.filter((line) => line.startsWith('zpci-fuzz: from a model'))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('reproduce: '))).toEqual([
      `reproduce: ${REPRODUCE}`,
      'reproduce: npx zpci-fuzz run',
    ]);
    expect(splatReport(reportOf([sound]))).toMatch(/^zpci-fuzz: from a model .*\nNo deadlock was found/);
  });

  test('names a wait for an event only where there is one', () => {
    const { waiting, ...rest } = deadlock();
    const locks = waiting.map((wait) => ({ ...wait, edge: 'lock' as const }));
    expect(splat({ ...rest, waiting }, REPRODUCE)).toContain('lockdep could not have seen this');
    expect(splat({ ...rest, waiting: locks }, REPRODUCE)).not.toContain('could not have seen');
  });
});
