/** Annotations and a job summary for GitHub Actions. */
import { count } from '../count.ts';
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import { cut } from '../wrap.ts';
import {
  type Case,
  caseLines,
  coverageLine,
  failureLines,
  isBad,
  type SuiteReport,
  tallyOf,
} from './suite.ts';

/** GitHub shows ten annotations of a kind for each step, and leaves out the others without a word. */
const ANNOTATIONS_MAX = 10;
/** What the API behind annotations takes: characters of a title, bytes of a message. */
const TITLE_MAX = 255;
const MESSAGE_MAX = 64 << 10;
/** Bytes of a step's summary above which GitHub shows nothing of it: 1 MiB. */
export const SUMMARY_MAX = 1 << 20;

/** Workflow commands: one error for each counterexample, the last of the ten for those that do not fit. */
export function githubAnnotations({ suites, incomplete }: SuiteReport, hasSummary = true): string {
  const failures = suites.flatMap(({ model, cases }) =>
    cases.flatMap((one) => broken(one).map(({ title, body, file }) => ({ model, title, body, file }))),
  );
  const fitting = failures.length > ANNOTATIONS_MAX ? ANNOTATIONS_MAX - 1 : failures.length;
  const shown = failures.slice(0, fitting).map(({ model, title, body, file }) => {
    const place = file === null ? '' : `file=${escapeProperty(file)},`;
    const name = cut(plain(`${stateName(model)}: ${title}`), TITLE_MAX);
    return `::error ${place}title=${escapeProperty(name)}::${escapeData(shortened(body, MESSAGE_MAX))}`;
  });
  const left = failures.length - fitting;
  const rest =
    left === 0
      ? []
      : [
          `::error title=zpci-fuzz::${count(left, 'more counterexample')}${hasSummary ? '; the job summary has them' : ''}.`,
        ];
  const unseen = incomplete === null ? [] : [`::warning title=zpci-fuzz::${escapeData(plain(incomplete))}`];
  return [...shown, ...rest, ...unseen].map((line) => `${line}\n`).join('');
}

interface Broken {
  readonly title: string;
  readonly body: string;
  readonly file: string | null;
}

function broken(one: Case): Broken[] {
  if (!isBad(one)) return [];
  const { name, failures } = one;
  if (failures.length === 0) return [{ title: name, body: caseLines(one).join('\n'), file: null }];
  return failures.map((failure) => ({
    title: `${name}: ${failure.violation.kind}`,
    body: failureLines(failure).slice(1).join('\n'),
    file: failure.entry,
  }));
}

/** Lines in the middle are left out, so that the last one, which says how to reproduce, is not lost. */
function shortened(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const lines = text.split('\n');
  const end = `\n…\n${lines.at(-1)}`;
  let room = bytesMax - Buffer.byteLength(end);
  const kept = lines.slice(0, -1).filter((line) => {
    room -= Buffer.byteLength(line) + 1;
    return room >= 0;
  });
  return kept.join('\n') + end;
}

/** As the runner reads them back: @actions/core escapes the same characters (toolkit, packages/core/src/command.ts). */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string =>
  escapeData(plain(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Markdown for `$GITHUB_STEP_SUMMARY`, cut where it would get larger than GitHub shows. */
export function githubSummary(
  { version, about, judges, incomplete, suites }: SuiteReport,
  bytesMax = SUMMARY_MAX,
): string {
  const tally = tallyOf(suites);
  const head = [
    '## zpci-fuzz',
    '',
    `${judges === 'claims' ? count(tally.failure + tally.error, 'broken claim') : `${count(tally.failure + tally.error, 'verdict')} not as expected`}, ${tally.pass} hold, ${count(tally['expected-failure'], 'expected failure')}, ${tally.skip} inconclusive. zpci-fuzz ${version}: ${html(about)}.`,
    '',
    ...(incomplete === null ? [] : [html(incomplete), '']),
    `| state | ${judges === 'claims' ? 'broken' : 'not as expected'} | expected to be broken | holds | inconclusive | covered |`,
    '| --- | --- | --- | --- | --- | --- |',
    '',
  ].join('\n');
  const rows = suites.map((suite) => {
    const own = tallyOf([suite]);
    const cells = [
      cell(stateName(suite.model)),
      own.failure + own.error,
      own['expected-failure'],
      own.pass,
      own.skip,
      coverageLine(suite),
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  const details = suites.flatMap(({ model, cases }) =>
    cases.flatMap((one) =>
      broken(one).map(
        ({ title, body }) =>
          `<details><summary>${html(`${stateName(model)}: ${title}`)}</summary>\n\n${fenced(body)}\n\n</details>\n`,
      ),
    ),
  );
  const table = joinedWithin(head, rows, 'state', bytesMax / 2);
  return joinedWithin(`${table}\n`, details, 'counterexample', bytesMax);
}

/** As many whole parts as fit, and how many did not. */
function joinedWithin(head: string, parts: readonly string[], what: string, bytesMax: number): string {
  const note = (left: number): string => `\n${count(left, `more ${what}`)} did not fit here.\n`;
  let text = head;
  let bytes = Buffer.byteLength(head);
  for (const [at, part] of parts.entries()) {
    const left = note(parts.length - at);
    bytes += Buffer.byteLength(part);
    if (bytes + Buffer.byteLength(left) > bytesMax) return text + left;
    text += part;
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
