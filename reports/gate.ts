import type { GateCell, Problem } from '../harness/campaign/gate.ts';
import type { Coverage, ModelResult } from '../harness/campaign/result.ts';
import type { Model } from '../harness/model/model.ts';
import { citation, sourceLabel } from '../harness/model/source.ts';
import { count, thousands } from './count.ts';
import { hangLines } from './hang-lines.ts';
import { type Line, type PageOptions, paragraph, printPage, sections, span } from './page.ts';
import { reproduceLine } from './reproduce-line.ts';
import type { RunSettings } from './run-json.ts';
import { stateName } from './state-name.ts';
import { cut, wrap } from './wrap.ts';

/** What the gate has to say of one model. */
export interface GateEntry {
  readonly model: Model;
  readonly result: ModelResult;
  readonly cells: readonly GateCell[];
  /** Commands that show stored counterexamples again, by failure identity. */
  readonly replays: ReadonlyMap<string, string>;
  /** The command that repeats the search of this model. */
  readonly searchAgain: string;
}

export interface GateReport {
  readonly settings: RunSettings;
  readonly profile: string;
  readonly entries: readonly GateEntry[];
  /** Models that time, --bail or a signal left out, or did not let come to an end. */
  readonly left: number;
}

const STATE_WIDTH = 38;
const NUMBER_WIDTH = 6;
const COLUMNS = ['broken', 'new', 'still', 'again', 'before', 'fixed'] as const;

/** All verdicts beside what is expected of them: a table for each series, then what is not as expected. */
export function renderGate({ settings, profile, entries, left }: GateReport, options: PageOptions): string {
  const { width } = options;
  const names = [...new Set(entries.map(({ model }) => model.series.name))];
  return printPage(
    sections(
      paragraph(
        `gate, profile ${profile}, seed 0x${settings.seed.toString(16)}, strategy ${settings.strategy}`,
        width,
        'strong',
      ),
      ...names.map((name) =>
        table(
          name,
          entries.filter(({ model }) => model.series.name === name),
        ),
      ),
      names.length === 0 ? [] : legend(width),
      ...entries.flatMap((entry) => entry.cells.flatMap((cell) => problemLines(entry, cell, width))),
      ...entries
        .filter(hasHung)
        .map(({ result, model }) => [
          ...paragraph(stateName(model), width, 'bad'),
          ...hangLines(result.hangs, width),
        ]),
      conclusion(entries, left, width),
    ),
    options,
  );
}

function table(name: string, entries: readonly GateEntry[]): Line[] {
  const shown = entries.filter((entry) => !isMutant(entry.model) || isBad(entry));
  const mutants = entries.length - shown.length;
  return [
    [
      span(name.padEnd(STATE_WIDTH), 'strong'),
      span(COLUMNS.map((column) => column.padStart(NUMBER_WIDTH)).join(' '), 'faint'),
    ],
    ...shown.map(row),
    ...(mutants === 0 ? [] : [[span(`  ${count(mutants, 'mutant')}, each as expected`, 'faint')]]),
  ];
}

const isMutant = ({ state }: Model): boolean => state.source.status === 'mutant';
const isProblem = ({ problem }: GateCell): boolean => problem !== null;
const hasHung = ({ result }: GateEntry): boolean => result.hangs.length > 0;
const isBad = (entry: GateEntry): boolean => hasHung(entry) || entry.cells.some(isProblem);

function row(entry: GateEntry): Line {
  const { model, cells } = entry;
  const { state } = model;
  const violated = cells.filter(({ found }) => found === 'violated').length;
  const standing = (word: GateCell['standing']) => cells.filter((cell) => cell.standing === word).length;
  const numbers = [
    violated,
    standing('new'),
    standing('still'),
    standing('regressed'),
    standing('pre-existing'),
    standing('fixed'),
  ];
  const bad = isBad(entry);
  const name = cut(`${state.id} (${sourceLabel(state.source)})`, STATE_WIDTH - 3);
  return [
    span(bad ? '! ' : '  ', 'bad'),
    span(name.padEnd(STATE_WIDTH - 2), bad ? 'bad' : 'plain'),
    span(numbers.map((number) => String(number || '.').padStart(NUMBER_WIDTH)).join(' ')),
  ];
}

const legend = (width: number): Line[] =>
  paragraph(
    'Claims that are broken: here for the first time, also on the state before, again after a state on which they held, before the series already; and those that the state before broke.',
    width,
    'faint',
    0,
  );

function problemLines(
  { model, result, replays, searchAgain }: GateEntry,
  cell: GateCell,
  width: number,
): Line[][] {
  const { problem, property } = cell;
  if (problem === null) return [];
  const verdict = result.verdicts.find((one) => one.property === property);
  const searched =
    verdict === undefined
      ? 'Decided by cited facts, not by executions.'
      : `Searched: ${searchedText(result.coverage)}; its precondition happened in ${count(verdict.exercised, 'execution')}.`;
  const stored = (verdict?.kinds ?? []).flatMap(({ kind }) => replays.get(`${property} ${kind}`) ?? []);
  const again = verdict === undefined ? [] : [searchAgain];
  const facts = result.facts.find((one) => one.property === property)?.findings ?? [];
  const says: Readonly<Record<Problem, readonly string[]>> = {
    'unexpected-violation': [
      ...standingText(cell),
      ...(verdict?.kinds ?? []).map(
        ({ kind, executions }) => `${kind}, in ${count(executions, 'execution')}.`,
      ),
      ...facts.map(({ kind, message }) => `${kind}: ${message}`),
      `If that is right, say why in models/${model.series.name}/expectations.ts.`,
    ],
    'missing-violation': [
      searched,
      `If it is mended, take the expectation away. If the model or the claim has changed, look at that change first${verdict === undefined ? '' : '; if not, search longer (--profile ci, nightly)'}.`,
    ],
    'nothing-said': [searched, ...(verdict?.reason === undefined ? [] : [`${verdict.reason}.`])],
    decided: [searched, 'Take the expectation away, or say why it may be decided.'],
    expired: ['Look at it again: take the expectation away, or give it another date.'],
  };
  const reproduce =
    problem === 'expired' ? [] : problem === 'unexpected-violation' && stored.length > 0 ? stored : again;
  return [
    [
      ...paragraph(`${stateName(model)}: ${property} ${HEADINGS[problem]}`, width, 'bad', 4),
      ...expectationText(cell).flatMap((text) => indented(text, width)),
      ...says[problem].flatMap((text) => indented(text, width)),
      ...reproduce.flatMap((command) => reproduceLine(command, width)),
    ],
  ];
}

const HEADINGS: Readonly<Record<Problem, string>> = {
  'unexpected-violation': 'is violated, and was expected to hold',
  'missing-violation': 'was expected to be violated, and was not found to be',
  'nothing-said': 'was to be decided, and is inconclusive',
  decided: 'was expected to be inconclusive, and holds',
  expired: 'is as expected, but that expectation has expired',
};

const indented = (text: string, width: number): Line[] =>
  wrap(text, width - 2, 2).map((line) => [span(`  ${line}`)]);

function expectationText({ expectation }: GateCell): string[] {
  if (expectation === null) return [];
  const { reason, source, expires } = expectation;
  const until = expires === undefined ? '' : `, until ${expires}`;
  return [`Expected: ${reason} (${citation(source)})${until}`];
}

function standingText({ standing }: GateCell): string[] {
  switch (standing) {
    case 'new':
      return ['New: no state before breaks it.'];
    case 'still':
      return ['Still: the state before breaks it, too.'];
    case 'regressed':
      return ['Regressed: it held on the state before, and not on an earlier one.'];
    case 'pre-existing':
      return ['Pre-existing: it was so before the series.'];
    case 'fixed':
    case null:
      return [];
    default:
      return standing satisfies never;
  }
}

function searchedText({ by, sequences, executions }: Coverage): string {
  const { corpus, exhaustive } = by;
  return [
    corpus.entries === 0
      ? 'no stored counterexample'
      : `${count(corpus.entries, 'stored counterexample')} (${thousands(corpus.reproduced)} still show theirs)`,
    ...(exhaustive.sequences === 0
      ? []
      : [
          `${count(exhaustive.sequences, 'small scenario')} under ${count(exhaustive.schedules, 'schedule')}`,
        ]),
    `${count(sequences, 'generated sequence')}, ${count(executions, 'execution')} in all`,
  ].join(', ');
}

function conclusion(entries: readonly GateEntry[], left: number, width: number): Line[] {
  const cells = entries.flatMap((entry) => entry.cells);
  const problems = cells.filter(isProblem);
  const by = (problem: Problem, name: (number: number) => string) => {
    const number = problems.filter((cell) => cell.problem === problem).length;
    return number === 0 ? [] : [name(number)];
  };
  const hung = entries.filter(hasHung).length;
  const parts = [
    ...by('unexpected-violation', (number) => `${thousands(number)} violated unexpectedly`),
    ...by('missing-violation', (number) => `${count(number, 'expected violation')} not found`),
    ...by('nothing-said', (number) => `${thousands(number)} not decided`),
    ...by('decided', (number) => `${thousands(number)} decided unexpectedly`),
    ...by('expired', (number) => `${count(number, 'expectation')} expired`),
    ...(hung === 0 ? [] : [count(hung, 'state that hangs', 'states that hang')]),
  ];
  const of = `${count(cells.length, 'verdict')} on ${count(entries.length, 'state')}`;
  const open = cells.filter(({ problem, found }) => problem === null && found === 'inconclusive').length;
  const rest = [
    ...(open === 0 ? [] : [`; ${thousands(open)} inconclusive`]),
    ...(left === 0 ? [] : [`; ${count(left, 'state')} not looked at to the end`]),
  ].join('');
  return paragraph(
    parts.length === 0
      ? `as expected: ${of}${rest}`
      : `not as expected: ${parts.join(', ')}, of ${of}${rest}`,
    width,
    'strong',
  );
}
