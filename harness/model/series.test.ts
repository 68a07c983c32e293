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
