import { describe, expect, test } from 'vitest';
import { series as dial } from '../campaign/dial.fixture.ts';
import { nursery } from '../model/nursery.fixture.ts';
import { selectionState, selectionsOf, versionOf } from './selections.ts';

const series = [nursery, dial];

describe('selections of three patches are', () => {
  test('prefixes', () => {
    expect(selectionsOf('v1', 3, 'prefixes')).toEqual([[], [1], [1, 2], [1, 2, 3]]);
  });

  test('subsets, small ones first', () => {
    expect(selectionsOf('v1', 3, 'subsets')).toEqual([[], [1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]]);
  });

  test('orders of all subsets', () => {
    const orders = selectionsOf('v1', 3, 'orders').map((one) => one.join('+'));
    expect(orders.slice(0, 7)).toEqual(['', '1', '2', '3', '1+2', '1+3', '2+1']);
    expect(orders).toHaveLength(16);
    expect(new Set(orders).size).toBe(16);
    expect(orders.at(-1)).toBe('3+2+1');
  });
});

test('of one patch and of none', () => {
  expect(selectionsOf('v1', 1, 'orders')).toEqual([[], [1]]);
  expect(selectionsOf('v1', 0, 'prefixes')).toEqual([[]]);
  expect(selectionsOf('v1', 0, 'subsets')).toEqual([[]]);
  expect(selectionsOf('v1', 0, 'orders')).toEqual([[]]);
});

describe('too many selections are refused', () => {
  test.each([
    [7, 'subsets', null],
    [8, 'subsets', '--subsets of dial/many would be 256 states, and at most 130 are looked at; '],
    [4, 'orders', null],
    [5, 'orders', '--orders of dial/many would be 326 states, and at most 130 are looked at; '],
    [100, 'prefixes', null],
  ] as const)('%i patches, %s: %s', (count, ways, says) => {
    const select = () => selectionsOf('dial/many', count, ways);
    if (says === null) expect(select().length).toBeLessThanOrEqual(130);
    else {
      expect(select).toThrow(
        expect.objectContaining({
          name: 'UsageError',
          message: `${says}name selections of interest with \`zpci-fuzz verify dial/many:1+3\`.`,
        }),
      );
    }
  });
});

describe('a version', () => {
  test('has its numbered patches', () => {
    const { id, patches } = versionOf(series, dial.model('between')!);
    expect(id).toBe('between');
    // Not what its tree had before.
    expect(patches.map((patch) => patch.id)).toEqual(['1/2', '2/2', '3/3']);
    expect(versionOf(series, nursery.model('mainline')!)).toMatchObject({
      id: 'mainline',
      patches: [{}, {}],
    });
  });

  test.each(['pre', 'v1+extra', 'v1:1', 'v1:0'])('is not %s', (id) => {
    expect(() => versionOf(series, dial.model(id)!)).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: `"dial/${id}" is no version with numbered patches to go through; bisect takes one of dial/v1, dial/v2, dial/atomic, dial/told, dial/tired, dial/between, dial/swings, dial/pair, dial/many.`,
      }),
    );
  });
});

describe('the state of a selection', () => {
  const stateOf = (id: string, selection: readonly number[], of = dial) => {
    const { model, ...rest } = selectionState(versionOf(series, of.model(id)!), selection);
    return { ...rest, model: model?.id ?? null };
  };

  test.each([
    [[], 'v1:0'],
    [[1], 'v1:1'],
    [[2, 1], 'v1:2+1'],
    [[1, 2], 'v1'],
  ])('%j goes by %s', (selection, id) => {
    expect(stateOf('v1', selection)).toEqual({ id, model: `dial/${id}`, problem: null });
  });

  test('that does not build says why', () => {
    expect(stateOf('v2', [2], nursery)).toEqual({
      id: 'v2:2',
      model: null,
      problem:
        'nursery/v2:2 does not build: patch 2/2 ("nursery: add 2/2") uses what patch 1/2 introduces, and that one is not applied before it.',
    });
  });
});
