import { describe, expect, test } from 'vitest';
import { loadSeries } from '../cli/registry.ts';
import { findModel } from '../cli/select.ts';
import { entryPaths, readEntry } from '../corpus.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { compareStored } from './stored-shortest.ts';

const series = await loadSeries();

const SINGLES: readonly Bound[] = [
  { kind: 'typical', ops: 0, changes: 2 },
  { kind: 'typical', ops: 1, changes: 2 },
];
const PAIRS: readonly Bound[] = [...SINGLES, { kind: 'typical', ops: 2, changes: 1 }];

// The other states take minutes: `npm run shortest` has them all.
describe('no stored counterexample is longer than the shortest there is', () => {
  test.each([
    { state: 'pre', bounds: PAIRS, within: 4 },
    { state: 'v2', bounds: PAIRS, within: 10 },
    { state: 'mainline', bounds: PAIRS, within: 1 },
    { state: 'mainline+mutant-blocking-reset', bounds: PAIRS, within: 1 },
    { state: 'v1', bounds: SINGLES, within: 15 },
  ])('on $state, of which $within or more are within the bounds', ({ state, bounds, within }) => {
    const model = findModel(series, `zpci-io/${state}`)!;
    const entries = entryPaths(`corpus/${model.id}`).map((path) => readEntry(path, () => model.series));
    const rows = compareStored(model, entries, bounds, 1_000);
    expect(rows.filter(({ isLonger }) => isLonger)).toEqual([]);
    expect(rows.filter(({ shortest }) => shortest !== null).length).toBeGreaterThanOrEqual(within);
  });
});
