import type { Problem } from '../harness/campaign/gate.ts';
import type { Hang } from '../harness/campaign/hang.ts';
import type { Verdict } from '../harness/campaign/result.ts';
import type { ExpectedVerdict } from '../harness/model/expectation.ts';
import { count, thousands } from './count.ts';
import { hangLines } from './hang-lines.ts';
import { type Line, type PageOptions, paragraph, printPage } from './page.ts';
import { labelledName } from './state-name.ts';

/** What one look at a state came to; plain data, since another process looks. */
export interface WatchedState {
  readonly model: string;
  /** Where the state comes from: `posted 2021-01-19`. */
  readonly label: string;
  readonly claims: readonly WatchedClaim[];
  readonly entries: readonly WatchedEntry[];
  readonly executions: number;
  readonly hangs: readonly Hang[];
}

export interface WatchedClaim {
  readonly property: string;
  readonly found: Verdict['verdict'];
  /** Why it is inconclusive; empty otherwise. */
  readonly reason: string;
  /** Ways in which it is violated. */
  readonly kinds: readonly string[];
  readonly expected: ExpectedVerdict;
  readonly problem: Problem | null;
}

/** A stored counterexample and what became of it: `reproduced`, or what is amiss in words. */
export interface WatchedEntry {
  readonly path: string;
  readonly fate: string;
}

export const REPRODUCED = 'reproduced';

/** What a look could not get past: sources that do not load, a model or a claim that throws. */
export interface Breakage {
  /** The state that was looked at; null where none could be. */
  readonly state: string | null;
  readonly message: string;
  /** `models/zpci-io/kernel.ts:12:5`; null where nobody can say. */
  readonly place: string | null;
}

/** A series that was looked at to the end. */
export interface WatchedSeries {
  readonly name: string;
  readonly states: readonly WatchedState[];
  /** Ids of states that there were at the look before, and are no more. */
  readonly gone: readonly string[];
  /** Lines that were printed of it as changes; null at the first look. */
  readonly changes: number | null;
  /** States that could not be looked at. */
  readonly broken: number;
}

interface Change {
  readonly text: string;
  readonly style: 'bad' | 'good' | 'unsure' | 'plain';
}

/** What is other than at the look before; at the first one, what is not as expected. */
export function watchChanges(before: WatchedState | null, after: WatchedState): readonly Change[] {
  return [...claimChanges(before, after), ...entryChanges(before, after)];
}

function claimChanges(before: WatchedState | null, after: WatchedState): Change[] {
  const known = new Map(before?.claims.map((claim) => [claim.property, claim]));
  const names = new Set(after.claims.map(({ property }) => property));
  const gone = [...known.keys()].filter((property) => !names.has(property));
  return [
    ...after.claims.flatMap((claim) => {
      if (before === null)
        return claim.problem === null ? [] : [{ text: nowText(claim), style: styleOf(claim) }];
      return claimChange(known.get(claim.property), claim);
    }),
    ...gone.map((property): Change => ({ text: `${property} is not judged any more`, style: 'plain' })),
  ];
}

function claimChange(before: WatchedClaim | undefined, after: WatchedClaim): Change[] {
  const style = styleOf(after);
  if (before === undefined) return [{ text: `new claim: ${nowText(after)}`, style }];
  if (before.found !== after.found) return [{ text: `${nowText(after)} (before: ${before.found})`, style }];
  const added = after.kinds.filter((kind) => !before.kinds.includes(kind));
  const removed = before.kinds.filter((kind) => !after.kinds.includes(kind));
  return [
    ...(added.length === 0
      ? []
      : [{ text: `${after.property} is violated in a new way: ${added.join(', ')}`, style }]),
    ...(removed.length === 0
      ? []
      : [
          {
            text: `${after.property} is no longer violated by ${removed.join(', ')}`,
            style: 'plain' as const,
          },
        ]),
    ...(before.problem === after.problem ? [] : [{ text: nowText(after), style }]),
  ];
}

function nowText({ property, found, kinds, reason, expected, problem }: WatchedClaim): string {
  const asked = problem === 'expired' ? ', as expected until now' : askedText(found, expected);
  switch (found) {
    case 'violated':
      return `${property} is violated${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}${asked}`;
    case 'holds':
      return `${property} holds${asked}`;
    case 'inconclusive':
      return `${property} is inconclusive${reason === '' ? '' : `: ${reason}`}${asked}`;
    default:
      return found satisfies never;
  }
}

function askedText(found: WatchedClaim['found'], expected: ExpectedVerdict): string {
  switch (expected) {
    case found:
      return ', as expected';
    case 'may be violated':
      return ', which it may or may not';
    case 'holds':
      return '; expected to hold';
    case 'violated':
      return '; expected to be violated';
    case 'inconclusive':
      return '; expected to be inconclusive';
    default:
      return expected satisfies never;
  }
}

function styleOf({ found, problem }: WatchedClaim): Change['style'] {
  if (problem !== null) return 'bad';
  return found === 'inconclusive' ? 'unsure' : 'good';
}

function entryChanges(before: WatchedState | null, after: WatchedState): Change[] {
  const known = new Map(before?.entries.map(({ path, fate }) => [path, fate]));
  const paths = new Set(after.entries.map(({ path }) => path));
  const gone = [...known.keys()].filter((path) => !paths.has(path));
  return [
    ...after.entries.flatMap(({ path, fate }): Change[] => {
      const was = before === null ? REPRODUCED : known.get(path);
      if (was === fate) return [];
      const isNew = was === undefined ? 'new entry ' : '';
      return [{ text: `${isNew}${path}: ${fate}`, style: fate === REPRODUCED ? 'good' : 'bad' }];
    }),
    ...gone.map((path): Change => ({ text: `${path} is removed`, style: 'plain' })),
  ];
}

/** The files of one save, and whose verdicts they may change. */
export function renderSaved(paths: readonly string[], series: readonly string[], page: PageOptions): string {
  const [first, ...others] = paths;
  const files = others.length === 0 ? first : `${first} and ${count(others.length, 'more file')}`;
  return `\n${printPage(paragraph(`${files} changed: looking at ${series.join(', ')}`, page.width, 'strong'), page)}`;
}

/** A state with what changed; its hangs whether they are new or not. Empty where there is nothing to say. */
export function renderWatchedState(
  state: WatchedState,
  changes: readonly Change[],
  page: PageOptions,
): string {
  const { width } = page;
  if (changes.length === 0 && state.hangs.length === 0) return '';
  const lines: Line[] = [
    ...paragraph(labelledName(state.model, state.label), width, 'strong'),
    ...changes.flatMap(({ text, style }) => paragraph(`  ${text}`, width, style, 4)),
    ...hangLines(state.hangs, width),
  ];
  return printPage(lines, page);
}

/** What a series comes to after a look. */
export function renderWatchedSeries(series: WatchedSeries, page: PageOptions): string {
  const { name, states, gone, changes, broken } = series;
  const sum = (pick: (state: WatchedState) => number): number =>
    states.reduce((total, state) => total + pick(state), 0);
  const stored = sum(({ entries }) => entries.length);
  const executions = sum((state) => state.executions);
  const verdicts = sum(({ claims }) => claims.length);
  const amiss = sum(
    ({ claims, entries, hangs }) =>
      claims.filter(({ problem }) => problem !== null).length +
      entries.filter(({ fate }) => fate !== REPRODUCED).length +
      hangs.length,
  );
  const parts = [
    ...(broken === 0 ? [] : [`${count(broken, 'state')} not looked at`]),
    ...(changes === null || (changes === 0 && broken > 0)
      ? []
      : [changes === 0 ? 'nothing changed' : count(changes, 'change')]),
    ...(amiss > 0 ? [`${thousands(amiss)} not as expected`] : changes === null ? ['as expected'] : []),
    `${count(verdicts, 'verdict')} on ${count(states.length, 'state')}`,
    count(stored, 'stored entry', 'stored entries'),
    count(executions, 'execution'),
  ];
  const isWell = amiss === 0 && broken === 0;
  return printPage(
    [
      ...gone.flatMap((id) => paragraph(`${id} is no state any more`, page.width)),
      ...paragraph(`${name}: ${parts.join(', ')}`, page.width, isWell ? 'good' : 'bad'),
    ],
    page,
  );
}

/** Why nothing can be said, and where to look. */
export function renderBreakage({ state, message, place }: Breakage, page: PageOptions): string {
  const where = place === null ? '' : `${place}: `;
  const what =
    state === null
      ? 'Nothing was looked at'
      : `${state} was not looked at, nor was what fails in the same way`;
  return printPage(
    [
      ...paragraph(`${where}${message}`, page.width, 'bad'),
      ...paragraph(`  ${what}; the next save is tried again.`, page.width, 'plain', 2),
    ],
    page,
  );
}
