import { expect, test } from 'vitest';
import { mutationsOf } from '../../harness/campaign/mutations.ts';
import { mutationName } from '../../harness/model/mutation.ts';
import { series } from './series.ts';
import { survivors } from './survivors.ts';

/** The main state of the series: README.md, "Mutants that survive". */
const MAIN = 'v4';

test('each mutation that may survive is one of the main state, and has one reason', () => {
  const names = survivors.flatMap(({ mutations }) => mutations);
  const all = new Set(mutationsOf(series.model(MAIN)!).map(mutationName));
  expect(names.filter((name) => !all.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
