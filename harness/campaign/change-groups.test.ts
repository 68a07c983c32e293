import { describe, expect, test } from 'vitest';
import type { Operation } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { changeGroups } from './change-groups.ts';
import type { CompareChunk, Differing } from './compare.ts';
import type { Change } from './difference.ts';

const change = (text: string): Change => ({ of: text, before: [], after: [], text });

/** A scenario of so many operations that differs in these respects. */
function differing(name: string, ops: number, ...texts: readonly string[]): Differing {
  const operations = Array.from({ length: ops }, (): Operation => ({ actor: 'user0', op: name }));
  return {
    marker: '!',
    changes: texts.map(change),
    class: name,
    draft: { world: {}, ops: operations },
    index: 0,
  };
}

const chunk = (...some: readonly Differing[]): CompareChunk => ({ classes: [], differing: some });
const typical = (ops: number): Bound => ({ kind: 'typical', ops, changes: 1 });
const SMALL: Bound = { kind: 'small world', id: 'small' };

const groupsOf = (bounds: Parameters<typeof changeGroups>[0]) =>
  changeGroups(bounds).map(({ changes, smallest, bound, scenarios }) => ({
    changes: changes.map(({ text }) => text),
    smallest: smallest.class,
    bound,
    scenarios,
  }));

test('where nothing differs there is no group', () => {
  expect(changeGroups([{ bound: typical(1), chunks: [chunk(), chunk()] }])).toEqual([]);
});

describe('each change is shown once', () => {
  test('with the first of the smallest scenarios, and counted in all', () => {
    const bounds = [
      { bound: typical(1), chunks: [chunk(differing('a', 1, 'x')), chunk(differing('b', 1, 'x'))] },
      { bound: typical(2), chunks: [chunk(differing('c', 2, 'x'))] },
    ];
    expect(groupsOf(bounds)).toEqual([{ changes: ['x'], smallest: 'a', bound: typical(1), scenarios: 3 }]);
  });

  test('with the smallest scenario though a larger one came before', () => {
    const bounds = [
      { bound: typical(3), chunks: [chunk(differing('large', 3, 'x'))] },
      { bound: SMALL, chunks: [chunk(differing('small', 2, 'x'))] },
    ];
    expect(groupsOf(bounds)).toEqual([{ changes: ['x'], smallest: 'small', bound: SMALL, scenarios: 2 }]);
  });

  test('apart from others that a smaller scenario shows', () => {
    const bounds = [
      { bound: typical(1), chunks: [chunk(differing('a', 1, 'x'))] },
      { bound: typical(2), chunks: [chunk(differing('b', 2, 'x', 'y'), differing('c', 2, 'y'))] },
    ];
    expect(groupsOf(bounds)).toEqual([
      { changes: ['x'], smallest: 'a', bound: typical(1), scenarios: 2 },
      { changes: ['y'], smallest: 'b', bound: typical(2), scenarios: 2 },
    ]);
  });

  test('together with others that come with it', () => {
    const bounds = [
      { bound: typical(1), chunks: [chunk(differing('a', 1, 'x', 'y'), differing('b', 1, 'y'))] },
    ];
    expect(groupsOf(bounds)).toEqual([
      { changes: ['x', 'y'], smallest: 'a', bound: typical(1), scenarios: 2 },
    ]);
  });
});
