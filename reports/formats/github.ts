/** Annotations and a job summary for GitHub Actions. */
import { count } from '../count.ts';
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import { type Case, coverageLine, failureLines, type Suite, tallyOf } from './suite.ts';

/** GitHub shows ten annotations of a kind for each step, and leaves out the others without a word. */
const ANNOTATIONS_MAX = 10;
/** Bytes of a step's summary above which GitHub shows nothing of it: 1 MiB. */
export const SUMMARY_MAX = 1 << 20;

/** Workflow commands: one error for each failure, the last of the ten for those that do not fit. */
export function githubAnnotations(suites: readonly Suite[]): string {
  const failures = suites.flatMap(({ model, cases }) =>
    cases.flatMap((one) => broken(one).map(({ title, body, file }) => ({ model, title, body, file }))),
  );
  const fitting = failures.length > ANNOTATIONS_MAX ? ANNOTATIONS_MAX - 1 : failures.length;
  const shown = failures.slice(0, fitting).map(({ model, title, body, file }) => {
    const place = file === null ? '' : `file=${escapeProperty(file)},`;
    return `::error ${place}title=${escapeProperty(`${stateName(model)}: ${title}`)}::${escapeData(body)}`;
  });
  const left = failures.length - fitting;
  const rest =
    left === 0 ? [] : [`::error title=zpci-fuzz::${count(left, 'more failure')}; the job summary has them.`];
  return [...shown, ...rest].map((line) => `${line}\n`).join('');
}

interface Broken {
  readonly title: string;
  readonly body: string;
  readonly file: string | null;
}

function broken({ name, outcome, reason, failures }: Case): Broken[] {
  if (outcome !== 'failure' && outcome !== 'error') return [];
  if (failures.length === 0) return [{ title: name, body: reason, file: null }];
  return failures.map((failure) => ({
    title: `${name}: ${failure.violation.kind}`,
    body: failureLines(failure).slice(1).join('\n'),
    file: failure.entry,
  }));
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string =>
  escapeData(plain(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Markdown for `$GITHUB_STEP_SUMMARY`, cut where it would get larger than GitHub shows. */
export function githubSummary(suites: readonly Suite[], bytesMax = SUMMARY_MAX): string {
  const tally = tallyOf(suites);
  const head = [
    '## zpci-fuzz',
    '',
    `${count(tally.failure + tally.error, 'failure')}, ${tally.pass} hold, ${count(tally['expected-failure'], 'expected failure')}, ${tally.skip} inconclusive.`,
    '',
    '| state | broken | expected | holds | inconclusive | covered |',
    '| --- | --- | --- | --- | --- | --- |',
    ...suites.map((suite) => {
      const own = tallyOf([suite]);
      const cells = [
        cell(stateName(suite.model)),
        own.failure + own.error,
        own['expected-failure'],
        own.pass,
        own.skip,
        coverageLine(suite),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
  ].join('\n');
  const details = suites.flatMap(({ model, cases }) =>
    cases.flatMap((one) =>
      broken(one).map(
        ({ title, body }) =>
          `<details><summary>${html(`${stateName(model)}: ${title}`)}</summary>\n\n${fenced(body)}\n\n</details>\n`,
      ),
    ),
  );
  return joinedWithin(head, details, bytesMax);
}

/** As many whole details as fit, and how many did not. */
function joinedWithin(head: string, details: readonly string[], bytesMax: number): string {
  const note = (left: number): string => `\n${count(left, 'more failure')} did not fit here.\n`;
  let text = `${head}\n`;
  for (const [at, detail] of details.entries()) {
    const left = details.length - at;
    if (Buffer.byteLength(text + detail + note(left)) > bytesMax) return text + note(left);
    text += detail;
  }
  return text;
}

const html = (text: string): string =>
  plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const cell = (text: string): string => html(text).replaceAll('|', '\\|');

/** A fence longer than any run of backticks in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
