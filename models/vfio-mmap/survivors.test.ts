import { expect, test } from 'vitest';
import { mutationsOf } from '../../harness/campaign/mutations.ts';
import { mutationName } from '../../harness/model/mutation.ts';
import { series as vfioMmap } from './series.ts';
import { survivors } from './survivors.ts';

/** The newest version, which was merged, and the newest that was not. */
const MAIN = ['v7', 'v3'];

test('each survivor is a mutation of a state that is measured, and has one reason', () => {
  const known = new Set(MAIN.flatMap((state) => mutationsOf(vfioMmap.model(state)!).map(mutationName)));
  const named = survivors.flatMap(({ mutations }) => mutations);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
});
