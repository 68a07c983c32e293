import { describe, expect, test } from 'vitest';
import type { Patch } from '../model/patch.ts';
import { type BisectState, type BisectVerdict, brokenBetween, turnsOf } from './bisect.ts';
import { series as dial } from './dial.fixture.ts';

const CLAIM = 'it-works';
const model = dial.model('pre')!;

/** Verdicts on the claim by state; null: it does not apply, `unbuilt`: nothing does. */
type Way = readonly (BisectVerdict | 'unbuilt' | null)[];

const statesOf = (way: Way): BisectState[] =>
  way.map((verdict, at) => {
    const id = `v1:${at}`;
    const patch: Patch<unknown> | null = at === 0 ? null : dial.model('many')!.patches[at - 1]!;
    return verdict === 'unbuilt'
      ? { id, patch, model: null, problem: 'does not build', verdicts: new Map() }
      : {
          id,
          patch,
          model: { ...model, id },
          problem: null,
          verdicts: new Map(verdict === null ? [] : [[CLAIM, verdict]]),
        };
  });

const turns = (way: Way): string[] =>
  turnsOf(statesOf(way), CLAIM).map(
    ({ to, state, before, isExact }) =>
      `${to} ${state.id} after ${before?.id ?? '-'}${isExact ? '' : ', not exact'}`,
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
      'not exactly to what nothing can be said of',
      ['violated', 'inconclusive'],
      ['bad v1:0 after -', 'good v1:1 after v1:0, not exact'],
    ],
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
