import { expect, test } from 'vitest';
import { mutationsOf } from '../../harness/campaign/mutations.ts';
import { mutationName } from '../../harness/model/mutation.ts';
import { series } from './series.ts';

test('each mutation that may survive is one of v3', () => {
  const there = new Set(mutationsOf(series.model('v3')!).map(mutationName));
  const named = series.survivors.flatMap(({ mutations }) => mutations);
  expect(named.filter((name) => !there.has(name))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
});
