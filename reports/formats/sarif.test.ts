import type { Log, Result } from 'sarif';
import { describe, expect, test } from 'vitest';
import { deadlock, longRun, race } from '../recordings.fixture.ts';
import { sarif } from './sarif.ts';
import { sarifProblem } from './sarif-schema.fixture.ts';
import type { Suite } from './suite.ts';
import { exotic, failureOf, HOSTILE, reportOf, SUITES, saying, suiteOf } from './suites.fixture.ts';

describe('SARIF', () => {
  const logOf = (suites: readonly Suite[], resultsMax?: number): Log =>
    JSON.parse(sarif(reportOf(suites), resultsMax)) as Log;
  const resultsOf = (suites: readonly Suite[]): Result[] => logOf(suites).runs[0]!.results!;
  /** The message of one failure whose claim says this. */
  const messageOf = (said: string): string => resultsOf([saying(said)])[0]!.message.text!;

  test('has a rule for each claim, and a thread flow for each actor', () => {
    const { tool, results } = logOf(SUITES).runs[0]!;
    const ids = tool.driver.rules!.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const { ruleId, ruleIndex } of results!) expect(ids[ruleIndex!]).toBe(ruleId);
    const deadlocked = results!.findLast(({ ruleId }) => ruleId === deadlock().violations[0]!.property)!;
    const [flow] = deadlocked.codeFlows!;
    expect(flow!.threadFlows.map(({ id }) => id)).toEqual(['admin', 'qemu', 'guest']);
    const orders = flow!.threadFlows.flatMap(({ locations }) => locations.map((one) => one.executionOrder!));
    expect(orders.sort((one, other) => one - other)).toEqual(deadlock().steps.map((_, at) => at));
    // What is expected to be broken is no result.
    expect(results!.map(({ ruleId }) => ruleId)).not.toContain('broken-as-known');
  });

  test('is what the standard says, whatever stands in a scenario', () => {
    for (const suites of [SUITES, HOSTILE, [suiteOf(longRun())], [suiteOf(exotic(race()))], []])
      expect(sarifProblem(logOf(suites))).toBe('');
  });

  test.each([
    ['a property that there is not', (log: Log) => ({ ...log, more: 1 })],
    ['another version', (log: Log) => ({ ...log, version: '2.0.0' })],
    ['no run', (log: Log) => ({ ...log, runs: [] })],
    ['a run without a tool', (log: Log) => ({ ...log, runs: [{ results: log.runs[0]!.results }] })],
  ])('with %s is refused', (_, change) => expect(sarifProblem(change(logOf(SUITES)))).not.toBe(''));

  test('names files by paths in the repository only', () => {
    const [one] = SUITES;
    const uriOf = (entry: string | null): string => {
      const failures = [{ ...failureOf(race()), entry }];
      const [result] = resultsOf([{ ...one!, cases: [{ ...one!.cases[0]!, failures }] }]);
      return result!.locations![0]!.physicalLocation!.artifactLocation!.uri!;
    };
    expect(uriOf('./corpus/a b/#1.json')).toBe('corpus/a%20b/%231.json');
    for (const outside of [null, '/tmp/corpus/x.json', '../corpus/x.json', 'C:\\corpus\\x.json'])
      expect(uriOf(outside)).toBe('models/zpci-io/README.md');
  });

  test('means what it says where that looks like a placeholder or a link', () => {
    expect(messageOf('a {0} and {x}')).toContain('a {{0}} and {x}');
    expect(messageOf('see [here](https://x)')).toContain('see \\[here](https://x)');
    expect(messageOf('regs[0] (of 4)')).toContain('regs[0] (of 4)');
  });

  test('says which mail a claim comes from', () => {
    const [one] = SUITES;
    const cited = one!.model.properties.find(({ source }) => source.messageId !== undefined)!;
    const cases = [{ ...one!.cases[0]!, name: cited.id }];
    const [rule] = logOf([{ ...one!, cases }]).runs[0]!.tool.driver.rules!;
    expect(rule!.helpUri).toBe(`https://lore.kernel.org/all/${cited.source.messageId}/`);
    expect(rule!.fullDescription!.text).toContain(cited.source.messageId);
  });

  test('has no more results than GitHub takes, and says so', () => {
    const { results, invocations } = logOf(SUITES, 1).runs[0]!;
    expect(results).toHaveLength(1);
    expect(invocations![0]!.toolExecutionNotifications!.at(-1)!.message.text).toBe(
      '3 more results did not fit here.',
    );
  });

  test('shows no more steps than GitHub does, the one that breaks the claim among them', () => {
    const [step] = race().steps;
    const steps = Array.from({ length: 2_500 }, (_, at) => ({
      ...step!,
      actor: `user${at % 2}`,
      text: `write a = ${at}`,
    }));
    const violation = { ...race().violations[0]!, step: 2_400 };
    const recording = { ...race(), steps, violations: [violation] };
    const [result] = resultsOf([suiteOf(recording)]);
    const locations = result!.codeFlows![0]!.threadFlows.flatMap((flow) => flow.locations);
    expect(locations.length).toBeLessThanOrEqual(1_000);
    expect(locations.find(({ importance }) => importance === 'essential')?.executionOrder).toBe(2_400);
    expect(result!.message.text).toMatch(/[\d,]+ steps of the interleaving are left out\.$/);
  });

  test('identifies a failure the same way in each run, and no two by one name', () => {
    const prints = (suites: readonly Suite[]): string[] =>
      [...sarif(reportOf(suites)).matchAll(/"zpciFuzzFailure\/v1": "(\w+)"/g)].map(([, print]) => print!);

    expect(prints(SUITES)).toEqual(prints(SUITES));
    expect(new Set(prints(SUITES)).size).toBe(prints(SUITES).length);
  });
});
