import { appendFileSync } from 'node:fs';
import { explorerData } from '../../reports/formats/explorer-data.ts';
import { githubAnnotations, githubSummary } from '../../reports/formats/github.ts';
import { junit } from '../../reports/formats/junit.ts';
import { ktap } from '../../reports/formats/ktap.ts';
import { mail } from '../../reports/formats/mail.ts';
import { sarif } from '../../reports/formats/sarif.ts';
import { splatReport } from '../../reports/formats/splat.ts';
import type { SuiteReport } from '../../reports/formats/suite.ts';
import { tame } from '../quote.ts';
import { explorerPage } from './explorer-page.ts';
import { reasonOf } from './report-file.ts';
import type { SuiteReporter } from './reporter-names.ts';
import type { Terminal } from './terminal.ts';

/** Bytes of a comment that GitHub takes: 65,536 characters, with room for what a bot puts around it. */
const COMMENT_MAX = 64_000;

/** The text of a format. `github` adds its summary to the job's. */
export async function renderSuites(
  name: SuiteReporter,
  report: SuiteReport,
  { stepSummary, error }: Pick<Terminal, 'stepSummary' | 'error'>,
): Promise<string> {
  switch (name) {
    case 'ktap':
      return ktap(report);
    case 'junit':
      return junit(report);
    case 'sarif':
      return sarif(report);
    case 'splat':
      return splatReport(report);
    case 'markdown':
      return githubSummary(report, COMMENT_MAX);
    case 'mail':
      return mail(report);
    case 'html':
      return explorerPage(explorerData(report));
    case 'github':
      if (stepSummary !== null) addSummary(stepSummary, githubSummary(report), error);
      return githubAnnotations(report, stepSummary !== null);
    default:
      return name satisfies never;
  }
}

/** The annotations are worth something without it. */
function addSummary(file: string, text: string, error: Terminal['error']): void {
  try {
    appendFileSync(file, text);
  } catch (why) {
    error(`the summary of the job is lost: ${tame(file)} cannot be written (${reasonOf(why)}).`);
  }
}
