import { describe, expect, test } from 'vitest';
import { nursery } from './nursery.fixture.ts';
import { PatchesDoNotApply } from './series.ts';

const patchesOf = (state: string): string[] => nursery.model(state)!.patches.map(({ id }) => id);

describe('a state is made of', () => {
  test('what its tree has more than the base, its patches and what belongs to them, in that order', () => {
    expect(patchesOf('v1')).toEqual(['1/2', '2/2']);
    expect(patchesOf('v2')).toEqual(['tree', '1/2', '2/2', 'companion']);
    expect(patchesOf('v2:0')).toEqual(['tree', 'companion']);
    expect(patchesOf('v2:1')).toEqual(['tree', '1/2', 'companion']);
    expect(patchesOf('v1:2+1')).toEqual(['2/2', '1/2']);
  });

  test('patches whose requirements come before them', () => {
    expect(() => nursery.model('v2:2')).toThrow(PatchesDoNotApply);
    expect(() => nursery.model('v2:2+1')).toThrow(/2\/2 .* uses what patch 1\/2 introduces/);
  });
});

describe('another name of a state', () => {
  test('is kept, and says what it names', () => {
    const { id, state } = nursery.model('mainline')!;
    expect(id).toBe('nursery/mainline');
    expect(state.about).toBe('Another name of v2. On a newer tree.');
    expect(patchesOf('mainline')).toEqual(patchesOf('v2'));
  });

  test('picks patches too', () => expect(patchesOf('mainline:1')).toEqual(patchesOf('v2:1')));

  test('is not listed', () => expect(nursery.states.map(({ id }) => id)).toEqual(['v1', 'v2']));
});

describe('prefixes are', () => {
  const prefixesOf = (state: string) =>
    nursery.prefixes(state).map(({ patch, model }) => [patch?.id ?? null, model.patches.length, model.id]);

  test('the base, and each patch on top of those before', () => {
    expect(prefixesOf('v1')).toEqual([
      [null, 0, 'nursery/v1@0'],
      ['1/2', 1, 'nursery/v1@1'],
      ['2/2', 2, 'nursery/v1@2'],
    ]);
  });

  test('with what the tree had and what belongs to the version, each by itself', () => {
    expect(prefixesOf('v2').map(([patch]) => patch)).toEqual([null, 'tree', '1/2', '2/2', 'companion']);
    expect(prefixesOf('v2').at(-1)).toEqual(['companion', 4, 'nursery/v2@4']);
  });

  test('of a selection, in its order', () => {
    expect(prefixesOf('v1:2+1').map(([patch]) => patch)).toEqual([null, '2/2', '1/2']);
    expect(prefixesOf('v1:0')).toEqual([[null, 0, 'nursery/v1:0@0']]);
  });

  test('none of what there is not', () => {
    expect(nursery.prefixes('v9')).toEqual([]);
    expect(nursery.prefixes('v1:9')).toEqual([]);
  });

  test('only those that build', () => {
    // 2/2 before 1/2, which it needs: a selection that never builds has no whole.
    expect(prefixesOf('v2:2').map(([patch]) => patch)).toEqual([null, 'tree']);
  });
});

describe('numbered patches are', () => {
  const numbered = (version: string) => nursery.numberedPatches(version).map(({ id }) => id);

  test('those that selections pick from', () => {
    expect(numbered('v1')).toEqual(['1/2', '2/2']);
    expect(numbered('v2')).toEqual(['1/2', '2/2']);
    expect(numbered('mainline')).toEqual(['1/2', '2/2']);
  });

  test('none of a selection, nor of what there is not', () => {
    expect(numbered('v1:1')).toEqual([]);
    expect(numbered('v1:0')).toEqual([]);
    expect(numbered('v9')).toEqual([]);
  });
});

test('a prefix of a posted series is labelled as the series, any other selection as nobody’s', () => {
  const statusOf = (state: string) => nursery.model(state)!.state.source.status;
  expect(['v1', 'v1:0', 'v1:1', 'v1:1+2'].map(statusOf)).toEqual(['posted', 'posted', 'posted', 'posted']);
  expect(['v1:2', 'v1:2+1'].map(statusOf)).toEqual(['inferred', 'inferred']);
});

test('facts decide claims about the state itself', () => {
  const verdictOn = (state: string) => nursery.model(state)!.stateVerdicts;
  expect(verdictOn('v1:1')).toEqual([
    {
      property: 'second-patch-builds',
      claim: 'nothing but the companion needs the second patch',
      verdict: 'holds',
      findings: [],
    },
  ]);
  expect(verdictOn('v1')).toMatchObject([
    {
      verdict: 'violated',
      findings: [
        { kind: 'does-not-link', source: 'posted 2020-01-01, for tests', actual: ['undefined symbol'] },
      ],
    },
  ]);
  expect(verdictOn('v2')).toMatchObject([{ verdict: 'holds' }]);
});
