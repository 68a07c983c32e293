import { describe, expect, test } from 'vitest';
import { NOTHING_COVERED } from '../../harness/campaign/coverage-by.ts';
import type { Recording } from '../../harness/scenario/recording.ts';
import {
  deadlock,
  everyRecording,
  hostile,
  memoryDisabled,
  race,
  UNPRINTABLE,
} from '../recordings.fixture.ts';
import { githubAnnotations, githubSummary } from './github.ts';
import { junit } from './junit.ts';
import { ktap } from './ktap.ts';
import { ktapTests } from './ktap-grammar.fixture.ts';
import { findingMail, mail } from './mail.ts';
import { mermaid } from './mermaid.ts';
import { sarif } from './sarif.ts';
import { splat } from './splat.ts';
import { type Failure, type Suite, tallyOf } from './suite.ts';
import { svg } from './svg.ts';

const failureOf = (recording: Recording): Failure => ({
  recording,
  violation: recording.violations[0]!,
  reproduce: 'npx zpci-fuzz replay corpus/x.json',
  entry: 'corpus/x.json',
});

/** One state with a case of each outcome. */
function suiteOf(recording: Recording): Suite {
  const failures = [failureOf(recording)];
  const { property } = failures[0]!.violation;
  return {
    model: recording.model,
    stopped: null,
    coverage: {
      sequences: 250,
      executions: 4_000,
      distinctSchedules: 3_000,
      steps: 90_000,
      deadlocks: 0,
      endlessByDesign: 0,
      livelocks: 0,
      stepLimits: 0,
      by: NOTHING_COVERED,
      functions: 20,
      functionsNeverReached: [],
      returns: {},
    },
    cases: [
      { name: property, claim: 'it is so', outcome: 'failure', reason: 'violated', failures },
      { name: 'holds-always', claim: 'it holds', outcome: 'pass', reason: '', failures: [] },
      {
        name: 'broken-as-known',
        claim: 'it is known',
        outcome: 'expected-failure',
        reason: 'as posted',
        failures,
      },
      {
        name: 'nothing-said',
        claim: 'it may be',
        outcome: 'skip',
        reason: 'inconclusive: never exercised',
        failures: [],
      },
      {
        name: 'comes-back',
        claim: 'the model comes back',
        outcome: 'error',
        reason: 'it hangs',
        failures: [],
      },
    ],
  };
}

const SUITES = [suiteOf(race()), suiteOf(deadlock())];
const HOSTILE = everyRecording()
  .filter(({ violations }) => violations.length > 0)
  .map((recording) => suiteOf(hostile(recording)));

describe('golden', () => {
  test.each([
    ['ktap.txt', () => ktap(SUITES)],
    ['junit.xml', () => junit(SUITES)],
    ['sarif.txt', () => sarif(SUITES.slice(1), '0.1.0')],
    ['github.txt', () => githubAnnotations(SUITES)],
    ['github-summary.txt', () => githubSummary(SUITES)],
    ['mail.txt', () => findingMail(failureOf(deadlock()), '0.1.0')],
    ['mail-of-run.txt', () => mail(SUITES, '0.1.0')],
    ['mermaid.txt', () => mermaid(memoryDisabled(), 'a title', 9)],
    ['splat.txt', () => splat(deadlock())],
    ['deadlock.svg', () => svg(deadlock(), 'a title', 26)],
  ])('%s', async (name, render) => expect(render()).toMatchFileSnapshot(`golden/${name}`));
});

describe('KTAP', () => {
  test('is what its grammar takes, with a result for each case', () => {
    const tests = ktapTests(ktap(SUITES));

    expect(tests.map(({ name }) => name)).toEqual(SUITES.map(({ model }) => model.id));
    expect(tests[0]!.subtests.map(({ ok, directive }) => `${ok} ${directive}`)).toEqual([
      'false ',
      'true ',
      'true XFAIL',
      'true SKIP',
      'false ERROR',
    ]);
  });

  test('stays so whatever stands in a scenario', () => {
    for (const suite of HOSTILE) expect(ktapTests(ktap([suite]))[0]!.subtests).toHaveLength(5);
  });
});

test('each format says how to reproduce, and has nothing that a terminal obeys', () => {
  for (const suite of [...SUITES, ...HOSTILE]) {
    const [failure] = suite.cases[0]!.failures;
    const texts = [
      ktap([suite]),
      junit([suite]),
      sarif([suite], '0.1.0'),
      githubAnnotations([suite]),
      githubSummary([suite]),
      findingMail(failure!, '0.1.0'),
      mail([suite], '0.1.0'),
    ];
    for (const text of texts) {
      expect(text).toContain('npx zpci-fuzz replay corpus/x.json');
      expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    }
  }
});

describe('a mail', () => {
  test('has at most 75 columns', () => {
    for (const recording of everyRecording()) {
      if (recording.violations.length === 0) continue;
      const texts = [findingMail(failureOf(recording), '0.1.0'), mail([suiteOf(recording)], '0.1.0')];
      for (const line of texts.join('').split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(75);
    }
  });

  test('has the scenario in it, which gives the same execution', () => {
    for (const recording of everyRecording()) {
      if (recording.violations.length === 0) continue;
      const text = findingMail(failureOf(recording), '0.1.0');
      const scenario = JSON.parse(text.slice(text.indexOf('\n{\n'), text.lastIndexOf('\n}\n') + 2));
      expect(scenario).toEqual(recording.scenario);
    }
  });

  test('of a run says what holds, and what nothing can be said of', () => {
    const text = mail([suiteOf(race())], '0.1.0').replace(/\s+/g, ' ');
    expect(text).toContain('Holds, as far as it was searched (1 claim): holds-always.');
    expect(text).toContain('Nothing can be said (1 claim): nothing-said.');
    expect(text).toContain('Broken, and known to be (1 claim): broken-as-known.');
  });

  test('says so where there is no issue', () => {
    const { cases, ...suite } = suiteOf(race());
    const text = mail([{ ...suite, cases: cases.filter(({ outcome }) => outcome === 'pass') }], '0.1.0');
    expect(text).toContain('and found no issue.');
    expect(text).toContain('Covered: 4,000 executions');
  });
});

describe('GitHub', () => {
  test('gets ten annotations at most, the last for those that are left', () => {
    const many = Array.from({ length: 12 }, () => SUITES[0]!);
    const lines = githubAnnotations(many).trimEnd().split('\n');

    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain('15 more failures');
  });

  test('gets a summary that it shows', () => {
    const text = githubSummary(SUITES, 1_500);

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_500);
    expect(text).toMatch(/\d+ more failures? did not fit here/);
  });

  test('reads no tag and no command out of a scenario', () => {
    const nasty = suiteOf(race());
    const failure = failureOf(race());
    const violation = { ...failure.violation, kind: '</details>|::set-output', message: '```\n::error::x' };
    const cases = [{ ...nasty.cases[0]!, failures: [{ ...failure, violation }] }];
    const text = githubAnnotations([{ ...nasty, cases }]);

    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(githubSummary([{ ...nasty, cases }])).not.toContain(
      '<summary>zpci-io/v1 (posted 2021-01-19): </details>',
    );
  });
});

describe('SARIF', () => {
  test('has a rule for each claim, and a thread flow for each actor', () => {
    const { runs } = JSON.parse(sarif(SUITES, '0.1.0')) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: {
          ruleId: string;
          suppressions?: unknown[];
          codeFlows: { threadFlows: { id: string }[] }[];
        }[];
      }[];
    };
    const { tool, results } = runs[0]!;
    const ids = tool.driver.rules.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const { ruleId } of results) expect(ids).toContain(ruleId);
    const deadlocked = results.findLast(({ ruleId }) => ruleId === deadlock().violations[0]!.property)!;
    expect(deadlocked.codeFlows[0]!.threadFlows.map(({ id }) => id)).toEqual(['admin', 'qemu', 'guest']);
    expect(results.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(2);
  });

  test('identifies a failure the same way in each run, and no two by one name', () => {
    const prints = (suites: readonly Suite[]): string[] =>
      [...sarif(suites, '0.1.0').matchAll(/"zpciFuzzFailure\/v1": "(\w+)"/g)].map(([, print]) => print!);

    expect(prints(SUITES)).toEqual(prints(SUITES));
    expect(new Set(prints(SUITES)).size).toBe(prints(SUITES).length);
  });
});

test('outcomes are counted', () => {
  expect(tallyOf(SUITES)).toEqual({ pass: 2, failure: 2, 'expected-failure': 2, skip: 2, error: 2 });
});
