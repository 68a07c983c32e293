import { expect, test } from 'vitest';
import { mutationsOf } from '../../harness/campaign/mutations.ts';
import { mutationName } from '../../harness/model/mutation.ts';
import { series } from './series.ts';
import { survivors } from './survivors.ts';

/** The newest that was merged, the posting that the thread is about, and the merged state that has neither's fixes. */
const STATES = ['v5.11', 'rfc4', 'v4.8'];

test('what may survive is a mutation of a state', () => {
  const names = new Set(STATES.flatMap((id) => mutationsOf(series.model(id)!).map(mutationName)));
  const named = survivors.flatMap(({ mutations }) => mutations);
  expect(named.filter((name) => !names.has(name))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
});
