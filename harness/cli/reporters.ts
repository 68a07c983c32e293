import { appendFileSync } from 'node:fs';
import { explorerData } from '../../reports/formats/explorer-data.ts';
import { githubAnnotations, githubSummary } from '../../reports/formats/github.ts';
import { junit } from '../../reports/formats/junit.ts';
import { ktap } from '../../reports/formats/ktap.ts';
import { mail } from '../../reports/formats/mail.ts';
import { sarif } from '../../reports/formats/sarif.ts';
import type { Suite } from '../../reports/formats/suite.ts';
import { explorerPage } from './explorer-page.ts';
import type { SuiteReporter } from './reporter-names.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Bytes of a comment that GitHub takes: 65,536 characters, with room for what a bot puts around it. */
const COMMENT_MAX = 64_000;

/** The text of a format. `github` adds its summary to the job's. */
export async function renderSuites(
  name: SuiteReporter,
  suites: readonly Suite[],
  { stepSummary }: Pick<Terminal, 'stepSummary'>,
): Promise<string> {
  switch (name) {
    case 'ktap':
      return ktap(suites);
    case 'junit':
      return junit(suites);
    case 'sarif':
      return sarif(suites, VERSION);
    case 'markdown':
      return githubSummary(suites, COMMENT_MAX);
    case 'mail':
      return mail(suites, VERSION);
    case 'html':
      return explorerPage(explorerData(suites, VERSION, 'verdicts and counterexamples of one run'));
    case 'github':
      if (stepSummary !== null) appendFileSync(stepSummary, githubSummary(suites));
      return githubAnnotations(suites);
    default:
      return name satisfies never;
  }
}
