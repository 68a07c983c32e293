import { expect, test } from 'vitest';
import { mutationsOf } from '../../harness/campaign/mutations.ts';
import { mutationName } from '../../harness/model/mutation.ts';
import { series } from './series.ts';

/** Mutations of v3 first; those that only others have are named for those. */
const STATES = ['v3', 'v1', 'v2', 'mainline'];

test('each mutation that may survive is one of a state', () => {
  const there = new Set(STATES.flatMap((state) => mutationsOf(series.model(state)!).map(mutationName)));
  const named = series.survivors.flatMap(({ mutations }) => mutations);
  expect(named.filter((name) => !there.has(name))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
});
