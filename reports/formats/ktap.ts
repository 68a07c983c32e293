/** KTAP version 1 (Documentation/dev-tools/ktap.rst), as kunit.py and kselftest read it. */
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import { type Case, coverageLine, failureLines, type Suite, tallyOf } from './suite.ts';

/** A state is a subtest, a claim a test. What is said of a test stands before its result line. */
export function ktap(suites: readonly Suite[]): string {
  const { pass, failure, 'expected-failure': xfail, skip, error } = tallyOf(suites);
  return lines([
    'KTAP version 1',
    `1..${suites.length}`,
    ...suites.flatMap((suite, at) => [
      ...subtest(suite).map((line) => `  ${line}`),
      `${suite.cases.every(({ outcome }) => isOk(outcome)) ? 'ok' : 'not ok'} ${at + 1} ${nameOf(suite.model.id)}`,
    ]),
    `# Totals: pass:${pass} fail:${failure} xfail:${xfail} xpass:0 skip:${skip} error:${error}`,
  ]);
}

function subtest(suite: Suite): string[] {
  return [
    'KTAP version 1',
    `# Subtest: ${nameOf(suite.model.id)}`,
    `# state: ${plain(stateName(suite.model))}`,
    `# covered: ${coverageLine(suite)}`,
    `1..${suite.cases.length}`,
    ...suite.cases.flatMap((one, at) => [
      ...diagnostics(one).map((line) => `# ${line}`),
      `${isOk(one.outcome) ? 'ok' : 'not ok'} ${at + 1} ${nameOf(one.name)}${directive(one)}`,
    ]),
  ];
}

function diagnostics({ outcome, reason, failures }: Case): string[] {
  if (failures.length > 0) return failures.flatMap(failureLines);
  return outcome === 'failure' ? [plain(reason)] : [];
}

const isOk = (outcome: Case['outcome']): boolean => outcome !== 'failure' && outcome !== 'error';

function directive({ outcome, reason }: Case): string {
  const said = reason === '' ? '' : ` ${plain(reason)}`;
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

/** A `#` in a name would begin a directive. */
const nameOf = (text: string): string => plain(text).replaceAll('#', '_');

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
