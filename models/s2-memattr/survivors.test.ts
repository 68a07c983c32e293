import { expect, test } from 'vitest';
import { mutationsOf } from '../../harness/campaign/mutations.ts';
import { mutationName } from '../../harness/model/mutation.ts';
import { series as s2MemAttr } from './series.ts';
import { survivors } from './survivors.ts';

const named = survivors.flatMap(({ mutations }) => mutations);

test('each is named once', () => {
  expect(named).toEqual([...new Set(named)]);
});

test.each(['v3', 'v9'])('each is a mutation of %s', (state) => {
  const names = mutationsOf(s2MemAttr.model(state)!).map(mutationName);
  expect(names).toEqual(expect.arrayContaining(named));
});
