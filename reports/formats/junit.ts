/** JUnit XML in the shape of the kernel's tools/testing/kunit/kunit_junit.py, as Jenkins and GitLab read it. */
import junitReportBuilder, { type Builder } from 'junit-report-builder';
import { stateName } from '../state-name.ts';
import { caseLines, coverageLine, failureLines, type SuiteReport } from './suite.ts';
import { xmlText } from './xml-text.ts';

/**
 * A suite for each state, a test case for each claim. No times: the same run gives the same bytes. No properties of
 * cases: strict readers (the schema of Jenkins' xunit plugin) know those of suites only.
 */
export function junit({ version, about, incomplete, suites }: SuiteReport): string {
  // Its types say that what it exports is a member of what it exports.
  const report = (junitReportBuilder as unknown as Builder).newBuilder().name('zpci-fuzz');
  for (const whole of suites) {
    const { model, cases } = whole;
    const suite = report.testSuite().name(xmlText(stateName(model)));
    suite.property('zpci-fuzz', xmlText(`${version}: ${about}`));
    suite.property('covered', coverageLine(whole));
    for (const said of cases) {
      const { name, claim, outcome, reason, failures } = said;
      const one = suite.testCase().className(xmlText(model.id)).name(xmlText(name));
      const text = failures.map((failure) => lines(...failureLines(failure))).join('\n\n');
      switch (outcome) {
        case 'failure': {
          const [first] = failures;
          if (first === undefined) one.failure(xmlText(reason)).stacktrace(lines(...caseLines(said)));
          else one.failure(xmlText(first.violation.message), xmlText(first.violation.kind)).stacktrace(text);
          one.standardOutput(lines(`claim: ${claim}`, reason));
          break;
        }
        case 'error':
          one.error(xmlText(reason)).standardOutput(lines(`claim: ${claim}`, ...caseLines(said)));
          break;
        case 'skip':
          one.skipped().standardOutput(lines(`claim: ${claim}`, reason));
          break;
        case 'expected-failure':
          // JUnit has no word for it: it passes, and says why.
          one.standardOutput(lines(`claim: ${claim}`, `expected failure: ${reason}`) + (text && `\n${text}`));
          break;
        case 'pass':
          one.standardOutput(lines(`claim: ${claim}`));
          break;
        default:
          outcome satisfies never;
      }
    }
  }
  if (incomplete !== null) {
    const one = report.testSuite().name('zpci-fuzz').testCase();
    one.className('zpci-fuzz').name('everything-is-looked-at').error(xmlText(incomplete));
  }
  return `${report.build().trimEnd()}\n`;
}

const lines = (...all: readonly string[]): string =>
  all
    .map(xmlText)
    .filter((line) => line !== '')
    .join('\n');
