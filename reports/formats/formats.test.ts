import { describe, expect, test } from 'vitest';
import { deadlock, everyRecording, memoryDisabled, race, UNPRINTABLE } from '../recordings.fixture.ts';
import { ascii } from './ascii.ts';
import { githubAnnotations, githubSummary } from './github.ts';
import { junit } from './junit.ts';
import { ktap } from './ktap.ts';
import { ktapTests } from './ktap-grammar.fixture.ts';
import { findingMail, mail } from './mail.ts';
import { mermaid } from './mermaid.ts';
import { sarif } from './sarif.ts';
import { splat, splatReport } from './splat.ts';
import { tallyOf } from './suite.ts';
import { diagramOf, failureOf, HOSTILE, REPRODUCE, reportOf, SUITES, suiteOf } from './suites.fixture.ts';
import { svg } from './svg.ts';

describe('golden', () => {
  test.each([
    ['ktap.txt', () => ktap(reportOf(SUITES))],
    ['junit.xml', () => junit(reportOf(SUITES))],
    ['sarif.txt', () => sarif(reportOf(SUITES.slice(1)))],
    ['github.txt', () => githubAnnotations(reportOf(SUITES))],
    ['github-summary.txt', () => githubSummary(reportOf(SUITES))],
    ['mail.txt', () => findingMail(failureOf(deadlock()), '0.1.0')],
    ['mail-of-run.txt', () => mail(reportOf(SUITES))],
    ['mermaid.txt', () => mermaid(diagramOf(memoryDisabled()))],
    ['ascii.txt', () => ascii(diagramOf(deadlock()))],
    ['splat.txt', () => splat(deadlock(), REPRODUCE)],
    ['deadlock.svg', () => svg(diagramOf(deadlock()))],
  ])('%s', async (name, render) => expect(render()).toMatchFileSnapshot(`golden/${name}`));
});

test('each format says how to reproduce, and has nothing that a terminal obeys', () => {
  for (const suite of [...SUITES, ...HOSTILE]) {
    const [failure] = suite.cases[0]!.failures;
    const texts = [
      ktap(reportOf([suite])),
      junit(reportOf([suite])),
      sarif(reportOf([suite])),
      githubAnnotations(reportOf([suite])),
      githubSummary(reportOf([suite])),
      findingMail(failure!, '0.1.0'),
      mail(reportOf([suite])),
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
      const texts = [findingMail(failureOf(recording), '0.1.0'), mail(reportOf([suiteOf(recording)]))];
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
    const text = mail(reportOf([suiteOf(race())])).replace(/\s+/g, ' ');
    expect(text).toContain('Holds, as far as it was searched (1 claim): holds-always.');
    expect(text).toContain('Nothing can be said (1 claim): nothing-said.');
    expect(text).toContain('Broken, and known to be (1 claim): broken-as-known.');
  });

  test('says so where there is no issue', () => {
    const { cases, ...suite } = suiteOf(race());
    const text = mail(reportOf([{ ...suite, cases: cases.filter(({ outcome }) => outcome === 'pass') }]));
    expect(text).toContain('and found no issue.');
    expect(text).toContain('Covered: 4,000 executions');
  });
});

test('outcomes are counted', () => {
  expect(tallyOf(SUITES)).toEqual({ pass: 2, failure: 2, 'expected-failure': 2, skip: 2, error: 2 });
});

describe('what was not looked at', () => {
  const whole = reportOf([suiteOf(race())]);
  const part = { ...whole, incomplete: '2 states of 3 not searched to the end' };

  test.each([
    ['KTAP', ktap, 'not ok 2 everything-is-looked-at'],
    ['JUnit', junit, 'everything-is-looked-at'],
    ['SARIF', sarif, '"executionSuccessful": false'],
    ['GitHub', githubAnnotations, '::warning title=zpci-fuzz::'],
    ['a summary', githubSummary, '2 states'],
    ['a mail', mail, '2 states'],
    ['a splat', splatReport, '2 states'],
  ])('is said in %s', (_name, render, mark) => {
    expect(render(part)).toContain(part.incomplete);
    expect(render(part)).toContain(mark);
    expect(render(whole)).not.toContain(mark);
  });

  test('is a test of its own in KTAP', () => {
    expect(ktapTests(ktap(part)).map(({ ok }) => ok)).toEqual([false, false]);
  });
});
