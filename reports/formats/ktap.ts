/**
 * KTAP version 1 (Documentation/dev-tools/ktap.rst), as kunit.py and kselftest read it: what kunit_parser.py takes for
 * the beginning or the end of something must stand nowhere in a text.
 */
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import {
  type Case,
  caseLines,
  coverageLine,
  failureLines,
  isBad,
  type Suite,
  type SuiteReport,
  tallyOf,
} from './suite.ts';

/** A state is a subtest, a claim a test. What is said of a test stands before its result line. */
export function ktap({ version, about, incomplete, suites }: SuiteReport): string {
  const { pass, failure, 'expected-failure': xfail, skip, error } = tallyOf(suites);
  return lines([
    'KTAP version 1',
    diagnostic(`zpci-fuzz ${version}: ${about}`),
    `1..${suites.length + (incomplete === null ? 0 : 1)}`,
    ...suites.flatMap((suite, at) => [
      ...subtest(suite).map((line) => `  ${line}`),
      suiteResult(suite, at + 1),
    ]),
    ...(incomplete === null
      ? []
      : [
          `not ok ${suites.length + 1} everything-is-looked-at${directive({ outcome: 'error', reason: incomplete })}`,
        ]),
    `# Totals: pass:${pass} fail:${failure} xfail:${xfail} xpass:0 skip:${skip} error:${error + (incomplete === null ? 0 : 1)}`,
  ]);
}

function subtest(suite: Suite): string[] {
  return [
    'KTAP version 1',
    `# Subtest: ${nameOf(suite.model.id)}`,
    diagnostic(`state: ${stateName(suite.model)}`),
    diagnostic(`covered: ${coverageLine(suite)}`),
    `1..${suite.cases.length}`,
    ...suite.cases.flatMap((one, at) => [
      ...diagnostics(one).map(diagnostic),
      `${isOk(one.outcome) ? 'ok' : 'not ok'} ${at + 1} ${nameOf(one.name)}${directive(one)}`,
    ]),
  ];
}

function diagnostics(one: Case): string[] {
  if (one.failures.length > 0) return one.failures.flatMap(failureLines);
  return isBad(one) ? caseLines(one) : [];
}

/** Fails with any of its cases, and is skipped where all of them are. */
function suiteResult({ model, cases }: Suite, number: number): string {
  const ok = cases.every(({ outcome }) => isOk(outcome)) ? 'ok' : 'not ok';
  const isSkipped = cases.every(({ outcome }) => outcome === 'skip');
  return `${ok} ${number} ${nameOf(model.id)}${isSkipped ? ' # SKIP no claim was exercised' : ''}`;
}

/** `Subtest:` behind the mark would begin one, and these messages of a booting kernel end the results. */
const diagnostic = (text: string): string =>
  `# ${plain(text)
    .replace(/^\s*Subtest:/, 'subtest:')
    .replace(/(List of all partitions|Kernel panic - not syncing: VFS):/g, '$1 :')
    .replaceAll('reboot: System halted', 'reboot, System halted')
    .replace(/: kunit test case crashed!$/, ' - kunit test case crashed!')}`.trimEnd();

const isOk = (outcome: Case['outcome']): boolean => outcome !== 'failure' && outcome !== 'error';

/** Of two directives kunit.py would read the last. */
function directive({ outcome, reason }: Pick<Case, 'outcome' | 'reason'>): string {
  const said = reason === '' ? '' : ` ${plain(reason).replace(/(?: #)+ /g, ' ')}`.trimEnd();
  switch (outcome) {
    case 'skip':
      return ` # SKIP${said}`;
    case 'expected-failure':
      return ` # XFAIL${said}`;
    case 'error':
      return ` # ERROR${said}`;
    case 'pass':
    case 'failure':
      return '';
    default:
      return outcome satisfies never;
  }
}

/** A `#` in a name would begin a directive, and spaces at its end are not read back. */
const nameOf = (text: string): string => plain(text).replaceAll('#', '_').trim();

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
