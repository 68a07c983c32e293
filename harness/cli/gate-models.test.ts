import { describe, expect, test } from 'vitest';
import { counterSeries } from '../campaign/counter.fixture.ts';
import type { Expectation } from '../model/expectation.ts';
import { nursery } from '../model/nursery.fixture.ts';
import type { Series } from '../model/series.ts';
import { expectationProblems, gateModels } from './gate-models.ts';
import { series as gated } from './gated.fixture.ts';
import { loadSeries } from './registry.ts';

const ALL: readonly Series[] = [counterSeries, nursery, gated];
const idsOf = (patterns: readonly string[], kept: readonly Series[] = ALL): string[] =>
  gateModels(ALL, patterns, kept).map(({ series, model }) => {
    expect(series.name).toBe(model.series.name);
    return model.id;
  });

describe('the gate looks at', () => {
  test('all states, mutants among them, and the selections that an expectation names', () => {
    expect(idsOf([])).toEqual([
      'counter/unlocked',
      'counter/locked',
      'nursery/v1',
      'nursery/v2',
      'gated/pre',
      'gated/v1',
      'gated/v1+hp',
      'gated/broken',
      'gated/blinded',
      'gated/dated',
      'gated/pre+mutant-again',
      'gated/v1:2',
    ]);
  });

  test('what patterns name, in that order', () => {
    expect(idsOf(['nursery/*', 'counter/locked', 'gated/v1:1+2'])).toEqual([
      'nursery/v1',
      'nursery/v2',
      'counter/locked',
      'gated/v1:1+2',
    ]);
  });

  test('a state once, under the name that it is listed under, whatever it is called', () => {
    expect(idsOf(['nursery/mainline', 'nursery/v2', 'nursery/mainline:1'])).toEqual([
      'nursery/v2',
      'nursery/v2:1',
    ]);
  });

  test('no name that there is not', () => {
    expect(() => idsOf(['nursery/v9'])).toThrow(/unknown model "nursery\/v9"/);
  });
});

describe('where only some series count, the gate looks at', () => {
  test('the models of these', () => expect(idsOf([], [nursery])).toEqual(['nursery/v1', 'nursery/v2']));

  test('of what patterns name, only that', () => {
    expect(idsOf(['nursery/v2', 'gated/v1'], [nursery])).toEqual(['nursery/v2']);
    expect(idsOf(['gated/v1'], [nursery])).toEqual([]);
  });

  test('no name that there is not', () => {
    expect(() => idsOf(['gated/v9'], [nursery])).toThrow(/unknown model "gated\/v9"/);
  });
});

describe('an expectation is refused', () => {
  const expecting = (series: Series, ...expectations: readonly Partial<Expectation>[]): Series => ({
    ...series,
    expectations: expectations.map((one) => ({
      property: 'no-lost-update',
      states: ['unlocked'],
      verdict: 'violated',
      reason: 'Nobody takes the lock.',
      source: { status: 'inferred' },
      ...one,
    })),
  });
  const ofFact = { property: 'second-patch-builds' };

  test.each<[string, Series, string]>([
    [
      'of a claim that there is not',
      expecting(counterSeries, { property: 'no-lost-updaet' }),
      'models/counter/expectations.ts: no-lost-updaet on unlocked: there is no such claim; nearest: no-lost-update, never-exercised.',
    ],
    [
      'of a state that there is not',
      expecting(counterSeries, { states: ['unlocked', 'lokced'] }),
      'models/counter/expectations.ts: no-lost-update on lokced: there is no such state; nearest: locked, unlocked.',
    ],
    [
      'of patches that there are not',
      expecting(nursery, { ...ofFact, states: ['v1:3'] }),
      'models/nursery/expectations.ts: second-patch-builds on v1:3: there is no such state; nearest: v1, v2.',
    ],
    [
      'of patches that do not apply',
      expecting(nursery, { ...ofFact, states: ['v2:2'] }),
      'models/nursery/expectations.ts: second-patch-builds on v2:2: nursery/v2:2 does not build: patch 2/2 ("nursery: add 2/2") uses what patch 1/2 introduces, and that one is not applied before it.',
    ],
    [
      'of a state by its other name, which would never be found',
      expecting(nursery, { ...ofFact, states: ['mainline:1'] }),
      'models/nursery/expectations.ts: second-patch-builds on mainline:1: expectations go by the name that a state is listed under, here v2:1.',
    ],
    [
      'of a claim that does not apply there, and would never fail',
      expecting(gated, { property: 'blind', states: ['v1', 'pre'] }),
      'models/gated/expectations.ts: blind on pre: the claim does not apply to that state: it lacks what the claim requires.',
    ],
    [
      'that is there twice',
      expecting(counterSeries, {}, { states: ['locked', 'unlocked'], verdict: 'may be violated' }),
      'models/counter/expectations.ts: no-lost-update on unlocked: it is expected twice, and the second counts for nothing.',
    ],
    [
      'until a day that there is not',
      expecting(counterSeries, { expires: '2026-02-30' }),
      'models/counter/expectations.ts: no-lost-update expires on "2026-02-30", which is no date such as 2026-12-31.',
    ],
    [
      'until a day that does not compare',
      expecting(counterSeries, { expires: '1 May 2026' }),
      'models/counter/expectations.ts: no-lost-update expires on "1 May 2026", which is no date such as 2026-12-31.',
    ],
  ])('%s', (_what, series, says) => expect(expectationProblems(series)).toEqual([says]));

  test('never, where it means something', () => {
    expect(
      expectationProblems(expecting(counterSeries, { expires: '2026-02-28' }, { states: ['locked'] })),
    ).toEqual([]);
    expect(expectationProblems(expecting(nursery, { ...ofFact, states: ['v1', 'v2:1'] }))).toEqual([]);
    expect(expectationProblems(gated)).toEqual([]);
  });

  test('never, of those that are kept', async () => {
    for (const one of await loadSeries()) expect(expectationProblems(one)).toEqual([]);
  });
});
