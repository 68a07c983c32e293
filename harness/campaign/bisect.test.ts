import { describe, expect, test } from 'vitest';
import type { Patch } from '../model/patch.ts';
import {
  type BisectState,
  type BisectVerdict,
  brokenBetween,
  selectionTurns,
  turnsOf,
  undecidedBetween,
} from './bisect.ts';
import { series as dial } from './dial.fixture.ts';

const CLAIM = 'it-works';
const model = dial.model('pre')!;

/** Verdicts on the claim by state; null: it does not apply, `unbuilt`: nothing does. */
type Way = readonly (BisectVerdict | 'unbuilt' | null)[];

const statesOf = (way: Way): BisectState[] =>
  way.map((verdict, at) => {
    const id = `v1:${at}`;
    const patch: Patch<unknown> | null = at === 0 ? null : dial.model('many')!.patches[at - 1]!;
    const selection = Array.from({ length: at }, (_, patch) => patch + 1);
    return verdict === 'unbuilt'
      ? { id, selection, patch, model: null, problem: 'does not build', verdicts: new Map() }
      : {
          id,
          selection,
          patch,
          model: { ...model, id },
          problem: null,
          verdicts: new Map(verdict === null ? [] : [[CLAIM, verdict]]),
        };
  });

const turns = (way: Way): string[] =>
  turnsOf(statesOf(way), CLAIM).map(
    ({ to, state, before, between, isExact }) =>
      `${to} ${state.id} after ${before?.id ?? '-'}${between.map(({ id }) => ` ?${id}`).join('')}${isExact ? '' : ', not exact'}`,
  );

describe('a claim turns', () => {
  test.each<[string, Way, readonly string[]]>([
    ['never, where it holds throughout', ['proved', 'proved'], []],
    ['never again, where it was broken from the start', ['violated', 'violated'], ['bad v1:0 after -']],
    ['bad', ['proved', 'violated', 'violated'], ['bad v1:1 after v1:0']],
    ['good', ['violated', 'violated', 'proved'], ['bad v1:0 after -', 'good v1:2 after v1:1']],
    ['both', ['proved', 'violated', 'proved'], ['bad v1:1 after v1:0', 'good v1:2 after v1:1']],
    [
      'as often as it does',
      ['proved', 'violated', 'proved', 'violated'],
      ['bad v1:1 after v1:0', 'good v1:2 after v1:1', 'bad v1:3 after v1:2'],
    ],
    ['exactly, where it did not apply before', [null, 'violated'], ['bad v1:1 after v1:0']],
    ['good, where it applies no more', ['violated', null], ['bad v1:0 after -', 'good v1:1 after v1:0']],
    ['not between what neither breaks', ['proved', 'inconclusive', 'searched', null], []],
    ['not exactly after a search', ['searched', 'violated'], ['bad v1:1 after v1:0, not exact']],
    [
      'to nobody knows what where nothing can be said any more',
      ['violated', 'inconclusive', 'inconclusive'],
      ['bad v1:0 after -', 'open v1:1 after v1:0 ?v1:1 ?v1:2, not exact'],
    ],
    ['never, where nothing can be said any more of what held', ['proved', 'inconclusive'], []],
    [
      'bad somewhere between, where nothing can be said of some',
      ['proved', 'inconclusive', 'inconclusive', 'violated'],
      ['bad v1:3 after v1:0 ?v1:1 ?v1:2, not exact'],
    ],
    [
      'bad at the latest where nothing can be said before',
      ['inconclusive', 'violated'],
      ['bad v1:1 after - ?v1:0, not exact'],
    ],
    [
      'good somewhere between',
      ['violated', 'inconclusive', 'proved'],
      ['bad v1:0 after -', 'good v1:2 after v1:0 ?v1:1, not exact'],
    ],
    ['not where it is broken on both sides', ['violated', 'inconclusive', 'violated'], ['bad v1:0 after -']],
    ['beside what does not build', ['proved', 'unbuilt', 'violated'], ['bad v1:2 after v1:0']],
    ['from the first that builds', ['unbuilt', 'violated'], ['bad v1:1 after -']],
  ])('%s', (_how, way, expected) => {
    expect(turns(way)).toEqual(expected);
  });

  test('by itself', () => {
    expect(turnsOf(statesOf(['proved', 'violated']), 'another')).toEqual([]);
  });
});

describe('broken only on the way is what', () => {
  test.each<[string, Way, readonly string[]]>([
    ['a state between breaks', ['proved', 'violated', 'violated', 'proved'], ['v1:1', 'v1:2']],
    ['is broken where it did not apply before', [null, 'violated', 'proved'], ['v1:1']],
    ['is not known to be broken at the end', ['searched', 'violated', 'inconclusive'], ['v1:1']],
    ['is not broken before', ['violated', 'violated', 'proved'], []],
    ['is not broken after', ['proved', 'violated', 'violated'], []],
    ['holds between', ['proved', 'proved', 'proved'], []],
    ['is not the only state', ['violated'], []],
    ['lies between those that build', ['unbuilt', 'violated', 'proved', 'unbuilt'], []],
  ])('%s', (_what, way, expected) => {
    expect(brokenBetween(statesOf(way)).map(({ state, property }) => `${state.id} ${property}`)).toEqual(
      expected.map((id) => `${id} ${CLAIM}`),
    );
  });

  test('and nothing, of no states', () => expect(brokenBetween([])).toEqual([]));
});

test('broken between ends of which nothing is known is told apart', () => {
  const known = (way: Way): boolean[] => brokenBetween(statesOf(way)).map(({ isKnown }) => isKnown);
  expect(known(['proved', 'violated', 'searched'])).toEqual([true]);
  expect(known([null, 'violated', 'proved'])).toEqual([true]);
  expect(known(['inconclusive', 'violated', 'proved'])).toEqual([false]);
  expect(known(['proved', 'violated', 'inconclusive'])).toEqual([false]);
});

describe('nobody can say whether it is broken only on the way', () => {
  test.each<[string, Way, boolean]>([
    ['where nothing is known of a state between', ['proved', 'inconclusive', 'proved'], true],
    ['where nothing is known of an end', ['inconclusive', 'violated', 'proved'], true],
    ['except where an end breaks it', ['violated', 'inconclusive', 'proved'], false],
    ['except where all is known', ['proved', 'searched', null], false],
  ])('%s', (_where, way, expected) => {
    expect(undecidedBetween(statesOf(way)).includes(CLAIM)).toBe(expected);
  });
});

describe('of selections', () => {
  /** Verdicts on selections. */
  const turned = (verdicts: Readonly<Record<string, BisectVerdict | null>>, isOrdered = false): string[] => {
    const states = Object.entries(verdicts).map(([patches, verdict]): BisectState => {
      const selection = patches === 'none' ? [] : [...patches].map(Number);
      const id = `v1:${selection.join('+') || '0'}`;
      return {
        id,
        selection,
        patch: null,
        model: { ...model, id },
        problem: null,
        verdicts: new Map(verdict === null ? [] : [[CLAIM, verdict]]),
      };
    });
    return selectionTurns(states, CLAIM, isOrdered).map(
      ({ to, state, between }) => `${to} ${state.id}${between.map(({ id }) => ` ?${id}`).join('')}`,
    );
  };
  const [bad, good, open] = ['violated', 'proved', 'inconclusive'] as const;

  test('the first bad are those with the fewest patches', () => {
    expect(turned({ none: good, 1: good, 2: bad, 3: good, 12: good, 13: bad, 23: bad, 123: bad })).toEqual([
      'bad v1:2',
      'bad v1:1+3',
    ]);
  });

  test('the first good are those that mend it', () => {
    expect(turned({ none: bad, 1: bad, 2: good, 12: good })).toEqual(['good v1:2', 'bad v1:0']);
  });

  test('what is inconclusive with a patch less is named', () => {
    expect(turned({ none: open, 1: bad, 2: open, 12: bad })).toEqual(['bad v1:1 ?v1:0']);
  });

  test('in an order, what comes before is all but the last', () => {
    expect(turned({ none: good, 1: good, 2: bad, 12: bad, 21: bad }, true)).toEqual([
      'bad v1:2',
      'bad v1:1+2',
    ]);
  });
});
