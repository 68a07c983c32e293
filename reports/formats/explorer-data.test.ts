/** What becomes of a run's verdicts on the page. */
import { describe, expect, test } from 'vitest';
import { deadlock, race } from '../recordings.fixture.ts';
import { explorerData } from './explorer-data.ts';
import type { Case, Failure } from './suite.ts';
import { reportOf, suiteOf } from './suites.fixture.ts';

const failureOf = (recording: Failure['recording'], entry: string | null): Failure => ({
  recording,
  violation: recording.violations[0]!,
  reproduce: 'npx zpci-fuzz exec x.json',
  entry,
});

const caseOf = (outcome: Case['outcome'], more: Partial<Case> = {}): Case => ({
  name: `claim-${outcome}`,
  claim: 'a claim',
  outcome,
  reason: '',
  failures: [],
  reproduce: '',
  ...more,
});

const dataOf = (cases: readonly Case[]) => explorerData(reportOf([{ ...suiteOf(race()), cases }]));

describe('the page of a run', () => {
  test('has a verdict for each outcome, with what it rests on', () => {
    const { states, verdicts } = dataOf([
      caseOf('pass', { exercised: 5 }),
      caseOf('failure', { exercised: 2, reason: 'violated: twice' }),
      caseOf('expected-failure'),
      caseOf('skip', { exercised: 0 }),
      caseOf('error'),
    ]);
    expect(verdicts).toBe('found');
    expect(states).toHaveLength(1);
    expect(states[0]).toMatchObject({
      model: 'zpci-io/v1',
      label: 'posted 2021-01-19',
      status: 'posted',
      coverage: '4,000 executions of 250 operation sequences, 3,000 distinct schedules',
    });
    expect(states[0]!.verdicts).toEqual([
      { property: 'claim-pass', verdict: 'holds', remark: '', exercised: 5 },
      { property: 'claim-failure', verdict: 'violated', remark: 'violated: twice', exercised: 2 },
      { property: 'claim-expected-failure', verdict: 'violated', remark: '', exercised: null },
      { property: 'claim-skip', verdict: 'inconclusive', remark: '', exercised: 0 },
      { property: 'claim-error', verdict: 'inconclusive', remark: '', exercised: null },
    ]);
  });

  test('has every counterexample once, by its entry or by what it is', () => {
    const failures = [
      failureOf(race(), 'corpus/zpci-io/v1/x/abc.json'),
      failureOf(deadlock(), 'elsewhere/abc.json'),
      failureOf(deadlock(), null),
    ];
    const run = () => dataOf([caseOf('failure', { failures })]).counterexamples;
    const ids = run().map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual(['abc', 'abc-2']);
    expect(ids[2]).toMatch(/^[0-9a-f]{12}$/);
    expect(run()).toEqual(run());
    expect(run()[0]!.scenario).toEqual(race().scenario);
  });
});
