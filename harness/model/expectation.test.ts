/** What the series say they expect: of what there is, once, and with a reason that somebody wrote. */
import { describe, expect, test } from 'vitest';
import { expectationProblems } from '../cli/gate-models.ts';
import { loadSeries } from '../cli/registry.ts';
import type { Expectation } from './expectation.ts';
import type { Series } from './series.ts';

const all = await loadSeries();

describe.each(all.map((series) => [series.name, series] as const))('%s', (_name, series) => {
  test('expects nothing of states and claims that there are not, and nothing twice', () => {
    expect(expectationProblems(series)).toEqual([]);
  });

  test('calls a mutant what is one', () => {
    const statusOf = (id: string) => series.model(id)!.state.source.status;
    const ofMutants = series.expectations.filter(({ source }) => source.status === 'mutant');
    const named = ofMutants.flatMap(({ states }) => states);
    expect(named.filter((id) => statusOf(id) !== 'mutant')).toEqual([]);
  });

  test('has a reason for everything, in a sentence of its own', () => {
    expect(series.expectations.flatMap((one) => reasonProblem(series, one) ?? [])).toEqual([]);
  });
});

/** What is wrong with a reason; null if nothing. */
function reasonProblem(
  { properties, stateClaims }: Series,
  { property, states, reason, source }: Expectation,
): string | null {
  const claim = [...properties, ...stateClaims].find(({ id }) => id === property)!;
  const where = `${property} on ${states[0]}: "${reason}"`;
  if (!/^\S.*\S\.$/.test(reason) || /[.!?] [A-Z]/.test(reason)) return `${where} is not one sentence`;
  if (reason.split(' ').length < 5) return `${where} says too little`;
  const others = [claim.claim, claim.source.note, source.note].flatMap((text) => text ?? []);
  return others.some((text) => plain(text) === plain(reason)) ? `${where} says what is said already` : null;
}

const plain = (text: string): string => text.toLowerCase().replace(/\.$/, '').trim();

test.each<[string, Partial<Expectation>, string | null]>([
  ['a sentence', {}, null],
  ['no full stop', { reason: 'the lock of the remover is waited for' }, 'not one sentence'],
  ['nothing', { reason: '' }, 'not one sentence'],
  ['two sentences', { reason: 'Somebody holds the lock. Others wait for it.' }, 'not one sentence'],
  ['three words', { reason: 'It does so.' }, 'too little'],
  ['the claim', { reason: 'No set of threads waits for each other for ever.' }, 'said already'],
  ["the note of the claim's source", { reason: 'A demand on every kernel.' }, 'said already'],
])('of reasons: %s', (_, change, problem) => {
  const series = all.find(({ name }) => name === 'zpci-io')!;
  const one = series.expectations.find(({ property }) => property === 'no-deadlock')!;
  const found = reasonProblem(series, { ...one, ...change });
  if (problem === null) expect(found).toBeNull();
  else expect(found).toContain(problem);
});
