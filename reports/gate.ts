import type { GateCell, Problem } from '../harness/campaign/gate.ts';
import type { ModelResult } from '../harness/campaign/result.ts';
import type { Model } from '../harness/model/model.ts';
import { sourceLabel } from '../harness/model/source.ts';
import { count, thousands } from './count.ts';
import { problemSections } from './gate-problems.ts';
import { hangLines } from './hang-lines.ts';
import { type Line, type PageOptions, paragraph, printPage, sections, span, titled } from './page.ts';
import type { RunSettings } from './run-json.ts';
import { stateName } from './state-name.ts';
import { cut } from './wrap.ts';

/** What the gate has to say of one model. */
export interface GateEntry {
  readonly model: Model;
  readonly result: ModelResult;
  readonly cells: readonly GateCell[];
  /** Commands that show stored counterexamples again, by failure identity. */
  readonly replays: ReadonlyMap<string, string>;
  /** Stored counterexamples that were tried first, by claim. */
  readonly stored: ReadonlyMap<string, number>;
  /** The command that repeats the search of this model for one claim, or for all where it is null. */
  searchAgain(property: string | null): string;
}

/** Why these series were looked at: what differs from a commit. */
export interface GateChanges {
  readonly since: string;
  readonly series: readonly {
    readonly name: string;
    /** Files of its own. */
    readonly own: readonly string[];
    /** Files that all series share. */
    readonly shared: readonly string[];
  }[];
}

export interface GatePage extends PageOptions {
  /** Nothing but tables and what is not as expected. */
  readonly quiet?: boolean;
  /** Every failure in full, also where many are of one cause. */
  readonly all?: boolean;
}

export interface GateReport {
  readonly settings: RunSettings;
  readonly profile: string;
  readonly entries: readonly GateEntry[];
  /** What was to be looked at; nothing where nothing has changed. */
  readonly total: number;
  /** Models of these that time, --bail or a signal left out, or did not let come to an end. */
  readonly left: number;
  /** Null where all series were asked for. */
  readonly changes: GateChanges | null;
}

const STATE_WIDTH = 38;
const NUMBER_WIDTH = 6;
const COLUMNS = ['broken', 'new', 'still', 'again', 'before', 'fixed'] as const;

/** All verdicts beside what is expected of them: a table for each series, then what is not as expected. */
export function renderGate(report: GateReport, page: GatePage): string {
  const { settings, profile, entries, changes } = report;
  const { width, quiet = false } = page;
  const names = [...new Set(entries.map(({ model }) => model.series.name))];
  return printPage(
    sections(
      paragraph(
        `gate, profile ${profile}, seed 0x${settings.seed.toString(16)}, strategy ${settings.strategy}`,
        width,
        'strong',
      ),
      changes === null ? [] : changedLines(changes, width),
      ...names.map((name) =>
        table(
          name,
          entries.filter(({ model }) => model.series.name === name),
        ),
      ),
      names.length === 0 ? [] : legend(width),
      ...problemSections(report, page),
      ...entries
        .filter(hasHung)
        .map(({ result, model }) => [
          ...paragraph(stateName(model), width, 'bad'),
          ...hangLines(result.hangs, width),
        ]),
      inheritedLines(entries, width),
      ...(quiet ? [] : openSections(entries, width)),
      conclusion(report, width),
    ),
    page,
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
/** Nothing can be said, and nothing was asked to be. */
const isOpen = ({ problem, found }: GateCell): boolean => problem === null && found === 'inconclusive';
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
    'Claims that are broken: here for the first time, also on the state before, again after a state on which they held, before the series already; and those that the state before broke. A state before that was not searched counts as it is expected to be.',
    width,
    'faint',
    0,
  );

function changedLines({ since, series }: GateChanges, width: number): Line[] {
  const shared = series[0]?.shared ?? [];
  const lines = [
    ...(shared.length === 0 ? [] : [`all series: ${changedText(shared)}`]),
    ...series.flatMap(({ name, own }) => (own.length === 0 ? [] : [`${name}: ${changedText(own)}`])),
  ];
  return titled(
    `looked at since they differ from ${since}`,
    lines.flatMap((line) => paragraph(`  ${line}`, width, 'plain', 4)),
  );
}

const changedText = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? `${first} changed` : `${first} and ${count(others.length, 'more file')} changed`;

/** Violations that nobody was asked about, since the version or the base of the selection has them. */
function inheritedLines(entries: readonly GateEntry[], width: number): Line[] {
  const lines = entries.flatMap(({ model, cells }) => {
    const found = cells.filter(
      ({ found, problem, inheritedFrom }) =>
        found === 'violated' && problem === null && inheritedFrom !== null,
    );
    const names = found.map(({ property, inheritedFrom }) => `${property} (${inheritedFrom})`);
    return names.length === 0 ? [] : [`${model.id}: ${names.join(', ')}`];
  });
  return titled(
    'violated as inherited from the version of a selection, or from its base',
    lines.flatMap((line) => paragraph(`  ${line}`, width, 'plain', 4)),
  );
}

/** Which claims are inconclusive where that is no failure. */
function openSections(entries: readonly GateEntry[], width: number): Line[][] {
  const section = (title: string, isMeant: (cell: GateCell) => boolean): Line[] => {
    const found = entries.flatMap(({ model, cells }) =>
      cells.filter((cell) => isOpen(cell) && isMeant(cell)).map(({ property }) => ({ model, property })),
    );
    const claims = [...new Set(found.map(({ model, property }) => `${model.series.name} ${property}`))];
    return titled(
      `${title}: ${thousands(found.length)}`,
      claims.flatMap((claim) => {
        const [name, property] = claim.split(' ', 2);
        const states = found
          .filter(({ model, property: of }) => model.series.name === name && of === property)
          .map(({ model }) => model.state.id);
        return paragraph(`  ${name}: ${property} on ${states.join(', ')}`, width, 'faint', 4);
      }),
    );
  };
  return [
    section('inconclusive, as expected', ({ expected }) => expected !== 'holds'),
    section(
      'inconclusive, expected to hold, and not counted after so short a search',
      ({ expected }) => expected === 'holds',
    ),
  ];
}

function conclusion({ entries, left, total, changes }: GateReport, width: number): Line[] {
  if (total === 0) {
    return paragraph(
      `nothing to do: since ${changes?.since}, no file has changed that a verdict on these models depends on`,
      width,
      'strong',
    );
  }
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
  const open = cells.filter(isOpen).length;
  const rest = open === 0 ? '' : `; ${thousands(open)} inconclusive`;
  const unseen = `${thousands(left)} of ${count(total, 'state')} not searched to the end`;
  const sum =
    parts.length > 0
      ? `not as expected: ${parts.join(', ')}, of ${of}${rest}${left === 0 ? '' : `; ${unseen}`}`
      : left === 0
        ? `as expected: ${of}${rest}`
        : `incomplete: ${unseen}; as expected so far: ${of}${rest}`;
  return paragraph(sum, width, 'strong');
}
