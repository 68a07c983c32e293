import { describe, expect, test } from 'vitest';
import { alone } from './call-results.fixture.ts';

/** What stage2_set_prot_attr() wrote: the type, executable or not, after a warning or not; or its error. */
function cell(state: string, prot: string): string {
  const { results, evidence } = alone(state, [{ op: 'set_prot_attr', prot }]);
  const { attr, exec, warned, ret } = evidence.encodings[0]!;
  expect(results).toEqual([ret]);
  return `${warned ? 'WARN ' : ''}${attr ?? ret}${exec ? ' X' : ''}`;
}

const WB = 'normal';
const NC = 'normal-nc';
const DEV = 'device-nGnRE';

const early = { '': WB, D: DEV, X: `${WB} X`, DX: '-22' };
const withBit = { ...early, N: NC, NX: `${NC} X` };
const strict = { ...early, N: NC, NX: '-22', DN: '-22', DNX: '-22' };

/** By state, every cell of the table of the facts. Before there is a bit for Normal-NC, nobody can ask for it. */
const TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pre: early,
  'v1:1': early,
  v1: { ...early, D: NC },
  v2: { ...withBit, DN: DEV, DNX: '-22' },
  'v3:1': { ...withBit, DN: DEV, DNX: '-22' },
  v3: { ...withBit, DN: '-22', DNX: '-22' },
  'v4:1': { ...withBit, DN: `WARN ${DEV}`, DNX: 'WARN -22' },
  v4: { ...withBit, DN: `WARN ${DEV}`, DNX: 'WARN -22' },
  v5: { ...withBit, DN: 'WARN uninitialised', DNX: 'WARN uninitialised X' },
  v6: { ...withBit, DN: 'WARN uninitialised', DNX: 'WARN uninitialised X' },
  v7: strict,
  v8: strict,
  'v9:1': strict,
  v9: strict,
  merged: strict,
  'merged+nvgrace': strict,
  post: strict,
};

describe.each(Object.entries(TABLE))('stage2_set_prot_attr of %s', (state, cells) => {
  test.each(Object.entries(cells))('of bits "%s" is %s', (prot, expected) => {
    expect(cell(state, prot)).toBe(expected);
  });
});
