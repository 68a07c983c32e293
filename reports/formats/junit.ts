/** JUnit XML in the shape of the kernel's tools/testing/kunit/kunit_junit.py. */
import junitReportBuilder, { type Builder } from 'junit-report-builder';
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import { coverageLine, failureLines, type Suite } from './suite.ts';

/** A suite for each state, a test case for each claim. No times: the same run gives the same bytes. */
export function junit(suites: readonly Suite[]): string {
  // Its types say that what it exports is a member of what it exports.
  const report = (junitReportBuilder as unknown as Builder).newBuilder();
  for (const one of suites) {
    const { model, cases } = one;
    const suite = report.testSuite().name(plain(stateName(model)));
    suite.property('covered', coverageLine(one));
    for (const { name, claim, outcome, reason, failures } of cases) {
      const test = suite.testCase().className(plain(model.id)).name(plain(name));
      test.property('claim', plain(claim));
      const text = failures.map((failure) => failureLines(failure).join('\n')).join('\n\n');
      switch (outcome) {
        case 'failure':
          for (const { violation } of failures.slice(0, 1))
            test.failure(plain(violation.message), plain(violation.kind));
          if (failures.length === 0) test.failure(plain(reason));
          if (text !== '') test.standardOutput(text);
          break;
        case 'error':
          test.error(plain(reason));
          break;
        case 'skip':
          test.skipped();
          test.standardOutput(plain(reason));
          break;
        case 'expected-failure':
          // JUnit has no word for it: it passes, and says why.
          test.standardOutput(
            [`expected failure: ${plain(reason)}`, text].filter((part) => part !== '').join('\n'),
          );
          break;
        case 'pass':
          break;
        default:
          outcome satisfies never;
      }
    }
  }
  return `${report.build().trimEnd()}\n`;
}
