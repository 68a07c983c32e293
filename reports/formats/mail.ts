/** Findings as plain text for a mailing list, within 75 columns. Nothing here sends anything. */
import type { Model } from '../../harness/model/model.ts';
import type { Patch } from '../../harness/model/patch.ts';
import { count } from '../count.ts';
import { renderCounterexample } from '../counterexample.ts';
import { plain } from '../plain.ts';
import { reproduceLine } from '../reproduce-line.ts';
import { stateName } from '../state-name.ts';
import { wrap } from '../wrap.ts';
import { scenarioJson } from './scenario-json.ts';
import { type Case, coverageLine, type Failure, isBad, type Suite, type SuiteReport } from './suite.ts';

const WIDTH = 75;
const RULE = ['', '***', ''];

/** One finding. */
export const findingMail = (failure: Failure, version: string): string =>
  text([
    ...headLines(failure.recording.model, version),
    '',
    'and found the following issue:',
    ...findingLines(failure),
    ...RULE,
    ...footLines(),
  ]);

/** All findings of a run, state by state, in one message: readers of a list have no artifacts to open. */
export const mail = ({ version, about, judges, incomplete, suites }: SuiteReport): string =>
  text([
    ...suites.flatMap((suite) => [...suiteLines(suite, version, judges), ...RULE]),
    ...(incomplete === null ? [] : [...wrapped(incomplete), '']),
    ...wrapped(`Searched by: ${about}.`),
    ...footLines(),
  ]);

function suiteLines(suite: Suite, version: string, judges: SuiteReport['judges']): string[] {
  const { model, cases } = suite;
  const broken = cases.filter(isBad);
  return [
    ...headLines(model, version),
    '',
    ...(broken.length === 0
      ? [
          `and found no issue${cases.some(({ outcome }) => outcome === 'expected-failure') ? ' but what is known' : ''}.`,
        ]
      : [
          judges === 'claims'
            ? `and found ${broken.length === 1 ? 'the following issue' : 'the following issues'}:`
            : 'and found this not to be as expected:',
          ...broken.flatMap(({ name, reason, failures, reproduce }) => [
            ...wrapped(`- ${name}: ${reason}`),
            ...(failures.length === 0 ? commandLines(reproduce) : []),
          ]),
          ...broken.flatMap(({ failures }) => failures.flatMap(findingLines)),
          ...RULE.slice(0, -1),
        ]),
    '',
    ...otherLines(cases),
    ...wrapped(`Covered: ${coverageLine(suite)}.`),
  ];
}

/** What was looked at besides, so that nobody takes silence for more than it is. */
function otherLines(cases: readonly Case[]): string[] {
  const list = (title: string, outcome: Case['outcome']): string[] => {
    const names = cases.filter((one) => one.outcome === outcome).map(({ name }) => name);
    return names.length === 0
      ? []
      : wrapped(`${title} (${count(names.length, 'claim')}): ${names.join(', ')}.`);
  };
  return [
    ...list('Holds, as far as it was searched', 'pass'),
    ...list('Broken, and known to be', 'expected-failure'),
    ...list('Nothing can be said', 'skip'),
  ];
}

function headLines(model: Model, version: string): string[] {
  const { series, patches } = model;
  return [
    ...wrapped(
      `zpci-fuzz ${version} looked at a model of the following series. A model is not the kernel: where it differs from the patch, please say so.`,
    ),
    '',
    ...wrapped(`${series.title}: ${stateName(model)}`),
    ...(series.thread === '' ? [] : wrapped(`thread: <${series.thread}>`)),
    ...patches.map((patch) => patchLine(patch)).flatMap(wrapped),
  ];
}

function findingLines({ recording, violation, reproduce }: Failure): string[] {
  const body = renderCounterexample(recording, {
    color: false,
    width: WIDTH,
    reproduce,
    property: violation,
  });
  return [
    ...RULE,
    ...body.trimEnd().split('\n'),
    '',
    ...wrapped('or, from what follows as scenario.json: npx zpci-fuzz exec scenario.json'),
    '',
    ...scenarioJson(recording.scenario, WIDTH),
  ];
}

const commandLines = (command: string): string[] =>
  reproduceLine(command, WIDTH).map((line) => line.map(({ text: part }) => part).join(''));

const footLines = (): string[] =>
  wrapped('This report was written by a program, and sent by whoever you got it from.');

const patchLine = ({ id, subject, source }: Patch<unknown>): string =>
  `* [${id}] ${subject}${source.status === 'posted' || source.status === 'merged' ? '' : ` (${source.status})`}`;

const wrapped = (line: string): string[] => wrap(plain(line), WIDTH, 2);
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
