/** What the gate says of verdicts that are not as expected: a paragraph for each, one for those of one cause. */
import type { GateCell, Problem } from '../harness/campaign/gate.ts';
import type { Coverage, Verdict } from '../harness/campaign/result.ts';
import type { Beside } from '../harness/campaign/standing.ts';
import { citation, sourceLabel } from '../harness/model/source.ts';
import { count, thousands } from './count.ts';
import type { GateChanges, GateEntry, GatePage, GateReport } from './gate.ts';
import { type Line, paragraph, span } from './page.ts';
import { reproduceLine } from './reproduce-line.ts';
import { labelledName, stateName } from './state-name.ts';
import { wrap } from './wrap.ts';

/** A verdict that is not as expected. */
interface Finding {
  readonly entry: GateEntry;
  readonly cell: GateCell;
  readonly problem: Problem;
}

/** Paragraphs in full; of what is beyond them the headings remain. */
const IN_FULL = 20;

/** A section for each cause. With `all`, for each verdict. */
export function problemSections(
  { entries, profile, changes }: Pick<GateReport, 'entries' | 'profile' | 'changes'>,
  { all = false, width }: GatePage,
): Line[][] {
  const findings = entries.flatMap((entry) =>
    entry.cells.flatMap((cell) => (cell.problem === null ? [] : [{ entry, cell, problem: cell.problem }])),
  );
  const groups = all ? findings.map((finding) => [finding]) : grouped(findings);
  const isCut = !all && (groups.length > IN_FULL || groups.length < findings.length);
  return [
    ...groups.map(([first, ...others], at) => [
      ...paragraph(headingOf(first!), width, 'bad', 4),
      ...(all || at < IN_FULL ? details(first!, profile, changes, width) : []),
      ...othersText(others).flatMap((text) => indented(text, width)),
      ...(all || at < IN_FULL ? reproduce(first!, width) : []),
    ]),
    isCut ? paragraph('--all shows each of them in full.', width, 'faint') : [],
  ];
}

/** Of one cause, most likely: the same claim of a series, not as expected in the same way. */
function grouped(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { entry, cell, problem } = finding;
    const ways = problem === 'unexpected-violation' ? kindsOf(finding) : [];
    const key = [entry.model.series.name, problem, cell.property, ...ways].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

const verdictOf = ({ entry, cell }: Finding): Verdict | undefined =>
  entry.result.verdicts.find(({ property }) => property === cell.property);

const factsOf = ({ entry, cell }: Finding) =>
  entry.result.facts.find(({ property }) => property === cell.property)?.findings ?? [];

const kindsOf = (finding: Finding): string[] =>
  [...(verdictOf(finding)?.kinds ?? []), ...factsOf(finding)].map(({ kind }) => kind);

function headingOf(finding: Finding): string {
  const { entry, cell } = finding;
  return `${stateName(entry.model)}: ${cell.property} ${whatIsWrong(finding)}`;
}

function whatIsWrong(finding: Finding): string {
  const { entry, cell, problem } = finding;
  const verdict = verdictOf(finding);
  switch (problem) {
    case 'unexpected-violation':
      return `is violated, and was expected to ${cell.expected === 'inconclusive' ? 'be inconclusive' : 'hold'}`;
    case 'missing-violation': {
      const expected = 'was expected to be violated, and';
      if (cell.found !== 'inconclusive') return `${expected} was not found to be`;
      const { executions } = entry.result.coverage;
      return verdict?.exercised === 0
        ? `${expected} is inconclusive: never exercised in ${count(executions, 'execution')}`
        : `${expected} is inconclusive`;
    }
    case 'nothing-said':
      return 'was to be decided, and is inconclusive';
    case 'decided':
      return 'was expected to be inconclusive, and holds';
    case 'expired':
      return 'is as expected, but that expectation has expired';
    default:
      return problem satisfies never;
  }
}

function details(finding: Finding, profile: string, changes: GateChanges | null, width: number): Line[] {
  const { entry, cell, problem } = finding;
  const texts = [
    ...expectationText(cell),
    ...says(finding, profile),
    ...(problem === 'expired' ? [] : changedText(entry, cell, changes)),
  ];
  return texts.flatMap((text) => indented(text, width));
}

function says(finding: Finding, profile: string): string[] {
  const { entry, cell, problem } = finding;
  const { model, result, stored } = entry;
  const verdict = verdictOf(finding);
  const searched =
    verdict === undefined
      ? 'Decided by cited facts, not by executions.'
      : `Searched: ${searchedText(result.coverage)}; its precondition happened in ${count(verdict.exercised, 'execution')}.`;
  const why = verdict?.reason === undefined ? [] : [`${verdict.reason}.`];
  switch (problem) {
    case 'unexpected-violation':
      return [
        ...standingText(cell),
        ...(verdict?.kinds ?? []).map(
          ({ kind, executions }) => `${kind}, in ${count(executions, 'execution')}.`,
        ),
        ...factsOf(finding).map(({ kind, message }) => `${kind}: ${message}`),
        `If that is right, say why in models/${model.series.name}/expectations.ts.`,
      ];
    case 'missing-violation': {
      const isStored = (stored.get(cell.property) ?? 0) > 0;
      const longer = `search longer (${LONGER[profile] ?? '--runs N'})`;
      return [
        searched,
        ...(cell.found === 'inconclusive' && verdict?.exercised !== 0 ? why : []),
        ...(verdict === undefined || isStored
          ? []
          : [
              `The corpus has no counterexample to it to begin with, and so short a search may miss it: ${longer}, or store one with npx zpci-fuzz run --model ${model.id} --property ${cell.property}.`,
            ]),
        `If it is mended, take the expectation away. If the model or the claim has changed, look at that change first${verdict === undefined || !isStored ? '' : `; if not, ${longer}`}.`,
      ];
    }
    case 'nothing-said':
      return [searched, ...why];
    case 'decided':
      return [searched, 'Take the expectation away, or say why it may be decided.'];
    case 'expired':
      return ['Look at it again: take the expectation away, or give it another date.'];
    default:
      return problem satisfies never;
  }
}

/** What to give for a longer search than that of a profile. */
const LONGER: Readonly<Record<string, string>> = { quick: '--profile ci', ci: '--profile nightly' };

function reproduce(finding: Finding, width: number): Line[] {
  const { entry, cell, problem } = finding;
  const verdict = verdictOf(finding);
  if (problem === 'expired' || verdict === undefined) return [];
  const stored =
    problem === 'unexpected-violation'
      ? verdict.kinds.flatMap(({ kind }) => entry.replays.get(`${cell.property} ${kind}`) ?? [])
      : [];
  const commands = stored.length > 0 ? stored : [entry.searchAgain(cell.property)];
  return commands.flatMap((command) => reproduceLine(command, width));
}

/** The states of one cause beyond the first, by where they stand. */
function othersText(others: readonly Finding[]): string[] {
  if (others.length === 0) return [];
  const on = new Map<string, string[]>();
  for (const { entry, cell, problem } of others) {
    const { id, source } = entry.model.state;
    const standing =
      problem === 'unexpected-violation' && cell.standing !== null ? `${cell.standing} on ` : '';
    on.set(standing, [...(on.get(standing) ?? []), labelledName(id, sourceLabel(source))]);
  }
  const texts = [...on].map(([standing, states]) => `${standing}${states.join(', ')}`);
  return [`So also on ${count(others.length, 'other state')}: ${texts.join('; ')}.`];
}

const indented = (text: string, width: number): Line[] =>
  wrap(text, width - 2, 2).map((line) => [span(`  ${line}`)]);

function expectationText({ expectation, inheritedFrom }: GateCell): string[] {
  if (expectation === null) return [];
  const { reason, source, expires } = expectation;
  const until = expires === undefined ? '' : `, until ${expires}`;
  const from = inheritedFrom === null ? '' : ` of ${inheritedFrom}`;
  return [`Expected${from}: ${reason} (${citation(source)})${until}`];
}

function standingText({ standing, beside }: GateCell): string[] {
  const [first] = beside;
  switch (standing) {
    case 'new':
      return [
        first === undefined
          ? 'New: there is no state before.'
          : `New: no state before breaks it (${besideText(beside)}).`,
      ];
    case 'still':
      return [`Still: the state before breaks it, too (${besideText(beside)}).`];
    case 'regressed':
      return [
        `Regressed: an earlier state breaks it (${besideText(beside.slice(0, 1))}), and the state before does not (${besideText(beside.slice(1))}).`,
      ];
    case 'pre-existing':
      return [`Pre-existing: it was so before the series (${besideText(beside)}).`];
    case 'fixed':
    case null:
      return [];
    default:
      return standing satisfies never;
  }
}

/** Whether that is known, or taken from what is expected. */
function besideText(beside: readonly Beside[]): string {
  const on = (by: Beside['by']): string[] => {
    const states = beside.filter((one) => one.by === by).map(({ state }) => state);
    return states.length === 0 ? [] : [states.join(', ')];
  };
  const isBroken = beside.some(({ broken }) => broken);
  return [
    ...on('found').map((states) =>
      isBroken ? `found on ${states} in this run` : `held on ${states} in this run`,
    ),
    ...on('expected').map((states) => `as expected of ${states}`),
    ...on('undecided').map((states) => `either is expected of ${states}`),
    ...on('not applicable').map((states) => `it does not apply to ${states}`),
  ].join('; ');
}

/** The files that may be why, those first that have the claim or the state in their names. */
function changedText({ model }: GateEntry, { property }: GateCell, changes: GateChanges | null): string[] {
  const change = changes?.series.find(({ name }) => name === model.series.name);
  if (changes === null || change === undefined) return [];
  const version = model.state.id.split(/[:+]/, 1)[0]!;
  const nearness = (path: string): number =>
    path.includes(`/${property}`) ? 0 : path.split(/[/.]/).includes(version) ? 1 : 2;
  const own = change.own.toSorted((a, b) => nearness(a) - nearness(b));
  return [`Changed since ${changes.since}: ${firstOf([...own, ...change.shared])}.`];
}

const NAMED = 3;

function firstOf(paths: readonly string[]): string {
  const more = paths.length - NAMED;
  const named = paths.slice(0, NAMED).join(', ');
  return more > 0 ? `${named}, and ${count(more, 'more file')}` : named;
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
