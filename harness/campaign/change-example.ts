/** A change shown on the smallest scenario that has it, and the patches that brought it. */

import { byText } from '../by-text.ts';
import type { Model, SeriesInfo, World } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Property } from '../model/property.ts';
import type { Series } from '../model/series.ts';
import { candidates, type Draft, normalize, sizeOf } from '../scenario/reduce.ts';
import { FORMAT, type Scenario } from '../scenario/scenario.ts';
import { type Failing, ScheduleSearch, SWITCHES_MAX, switchesOf } from '../scenario/schedule-search.ts';
import {
  type Behaviour,
  type BehaviourLimits,
  type Behaviours,
  behaviourOf,
  behavioursOf,
  keyOf,
} from './behaviour.ts';
import type { PatchPair } from './diff-result.ts';
import { type Change, changeKey, filled, knownDifference, shows } from './difference.ts';

/** One end of the scenario, and the schedule of the fewest context switches that leads to it. */
export interface ShownEnd {
  readonly behaviour: Behaviour;
  readonly scenario: Scenario;
  /** Whether the other state has no such end. */
  readonly isOwn: boolean;
}

export interface ChangeExample {
  readonly first: ShownEnd;
  readonly second: ShownEnd;
  /** What these two ends show of the changes, as this scenario has it. */
  readonly changes: readonly Change[];
  /** The rest, which other ends of the scenario show. */
  readonly others: readonly Change[];
}

/** Scenarios that are tried to make one smaller; most need a tenth. */
const TRIES_MAX = 150;

export interface ShrunkChange {
  readonly draft: Draft;
  /** Whether nothing smaller was left to try. */
  readonly isMinimal: boolean;
}

/** The scenario without what the changes do not need. */
export function shrinkChange(
  a: Model,
  b: Model,
  draft: Draft,
  changes: readonly Change[],
  limits: BehaviourLimits,
  triesMax: number = TRIES_MAX,
): ShrunkChange {
  const wanted = changes.map(changeKey);
  let tries = 0;
  const shown = (one: Draft): boolean => {
    if (tries >= triesMax) return false;
    tries++;
    const [first, second] = [behavioursOf(a, one, limits), behavioursOf(b, one, limits)];
    const found = new Set((knownDifference(first, second)?.changes ?? []).map(changeKey));
    return wanted.every((key) => found.has(key));
  };
  const start = [normalize(a.series, draft), draft].find(shown);
  if (start === undefined) return { draft, isMinimal: false };
  let least = start;
  for (let smaller: Draft | undefined = least; smaller !== undefined; ) {
    least = smaller;
    smaller = undefined;
    for (const one of candidates(a.series, least)) {
      if (!isSmaller(a.series, one, least) || !shown(one)) continue;
      smaller = one;
      break;
    }
  }
  return { draft: least, isMinimal: tries < triesMax };
}

/** Two actors can be swapped and swapped back: only what is smaller is a step. */
function isSmaller(series: SeriesInfo, one: Draft, other: Draft): boolean {
  const size = (draft: Draft): number[] =>
    sizeOf(series, draft, new Set(draft.ops.map(({ actor }) => actor)).size, 0);
  const [a, b] = [size(one), size(other)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

/** Ends among which the one with the fewest switches is looked for. */
const ENDS_MAX = 8;

interface Candidate {
  readonly key: string;
  readonly behaviour: Behaviour;
  readonly isOwn: boolean;
}

/** Both states on one scenario that tells them apart: an end that only one has, beside the likest that shows the change. */
export function exampleOf(
  a: Model,
  b: Model,
  draft: Draft,
  wanted: readonly Change[],
  limits: BehaviourLimits,
): ChangeExample {
  const [left, right] = [behavioursOf(a, draft, limits), behavioursOf(b, draft, limits)];
  const keys = new Set(wanted.map(changeKey));
  const changes = (knownDifference(left, right)?.changes ?? []).filter((one) => keys.has(changeKey(one)));
  const onFirst = (end: Candidate, change: Change): boolean =>
    shows(change, change.before, end.behaviour, end.isOwn);
  const onSecond = (end: Candidate, change: Change): boolean =>
    shows(change, change.after, end.behaviour, end.isOwn);

  const firsts = best(
    candidatesOf(left, filled(right, left)),
    (end) => -changes.filter((one) => onFirst(end, one)).length,
  );
  const first = fewestSwitches(a, draft, firsts, limits);
  const begun = changes.filter((one) => onFirst(first.end, one));
  const seconds = best(
    best(
      candidatesOf(right, filled(left, right)),
      (end) => -begun.filter((one) => onSecond(end, one)).length,
    ),
    (end) => unlikeness(first.end.behaviour, end.behaviour),
  );
  const second = fewestSwitches(b, draft, seconds, limits);
  const shown = begun.filter((one) => onSecond(second.end, one));
  return {
    first: { behaviour: first.end.behaviour, scenario: first.scenario, isOwn: first.end.isOwn },
    second: { behaviour: second.end.behaviour, scenario: second.scenario, isOwn: second.end.isOwn },
    changes: shown,
    others: changes.filter((one) => !shown.includes(one)),
  };
}

/** Ends of a state that the other does not have, or all where it has no such. */
function candidatesOf(own: Behaviours, other: Behaviours): Candidate[] {
  const all = [...own.ends]
    .sort(([a], [b]) => byText(a, b))
    .map(([key, behaviour]): Candidate => ({ key, behaviour, isOwn: !other.ends.has(key) }));
  const only = all.filter(({ isOwn }) => isOwn);
  return only.length > 0 ? only : all;
}

function best<T>(all: readonly T[], cost: (one: T) => number): T[] {
  const costs = all.map(cost);
  const least = Math.min(...costs);
  return all.filter((_, at) => costs[at] === least);
}

/** Parts in which two ends differ. */
function unlikeness(a: Behaviour, b: Behaviour): number {
  const partsOf = ({ outcome, calls, device, seen }: Behaviour): string[] =>
    [[outcome], calls, device, seen].flatMap((some, kind) =>
      some.map((one, at) => `${kind} ${at} ${JSON.stringify(one)}`),
    );
  const [first, second] = [new Set(partsOf(a)), new Set(partsOf(b))];
  return (
    [...first].filter((one) => !second.has(one)).length + [...second].filter((one) => !first.has(one)).length
  );
}

function fewestSwitches(
  model: Model,
  draft: Draft,
  ends: readonly Candidate[],
  limits: BehaviourLimits,
): { readonly end: Candidate; readonly scenario: Scenario } {
  return ends
    .slice(0, ENDS_MAX)
    .map((end) => ({ end, ...scheduleTo(model, draft, end.key, limits) }))
    .reduce((least, one) => (one.switches < least.switches ? one : least));
}

function scheduleTo(
  model: Model,
  draft: Draft,
  key: string,
  { stepsMax, beat = () => {} }: BehaviourLimits,
): { readonly scenario: Scenario; readonly switches: number } {
  const ends: Property<World> = {
    id: 'ends-so',
    claim: 'the scenario does not end in this way',
    source: { status: 'inferred' },
    check({ machine, outcome, evidence }, report) {
      beat();
      if (keyOf(behaviourOf(machine, outcome, evidence)) === key) {
        report('end', 0, () => ({ message: key, expected: [], actual: [] }));
      }
      return true;
    },
  };
  const search = new ScheduleSearch(model, { property: ends, kind: 'end' }, stepsMax);
  const least: Failing | null = search.least(draft, SWITCHES_MAX);
  const { world, ops } = draft;
  return {
    scenario: {
      format: FORMAT,
      model: model.id,
      ...(Object.keys(world).length === 0 ? {} : { world }),
      ops,
      ...(least === null ? {} : { schedule: search.scheduleOf(draft, least.deviations) }),
    },
    switches: least === null ? Number.POSITIVE_INFINITY : switchesOf(least),
  };
}

/**
 * The patches of two states that make each end as it does. Where one state ends as it would without its patch, as where
 * both refuse what it refuses, that patch is the counterpart of the other state's.
 */
export function responsiblePatches(
  series: Pick<Series, 'model' | 'prefixes' | 'withoutEach'>,
  [a, b]: readonly [Model, Model],
  pairs: readonly PatchPair[],
  draft: Draft,
  limits: BehaviourLimits,
): [Patch<unknown> | null, Patch<unknown> | null] {
  const alike = pairs.filter(({ marker }) => marker === '=');
  const first = responsiblePatch(
    series,
    a.state.id,
    alike.map((pair) => pair.first!),
    draft,
    limits,
  );
  const second = responsiblePatch(
    series,
    b.state.id,
    alike.map((pair) => pair.second!),
    draft,
    limits,
  );
  const counterpart = (of: 'first' | 'second', patch: Patch<unknown> | null): Patch<unknown> | null => {
    const pair = pairs.find((one) => patch !== null && one[of] === patch);
    const other = pair?.[of === 'first' ? 'second' : 'first'] ?? null;
    // What only changes the same of the kernel need not be there for the same.
    return other !== null && (other.id === patch?.id || other.subject === patch?.subject) ? other : null;
  };
  return [first ?? counterpart('second', second), second ?? counterpart('first', first)];
}

/**
 * The patch that makes a state end a scenario as it does: the last without which it ends otherwise; where the others do not
 * build without any, the one from which on no further patch changes it. Patches that the other state has, too, are not
 * what makes the difference. Null where the base ends so already.
 */
export function responsiblePatch(
  series: Pick<Series, 'model' | 'prefixes' | 'withoutEach'>,
  stateId: string,
  others: readonly Patch<unknown>[],
  draft: Draft,
  limits: BehaviourLimits,
): Patch<unknown> | null {
  const keysOf = (model: Model): string | null => {
    const { ends, complete } = behavioursOf(model, draft, limits);
    return complete ? [...ends.keys()].sort(byText).join('\n') : null;
  };
  const whole = keysOf(series.model(stateId)!);
  // Of some of its ends nobody can say whether another state has the same.
  if (whole === null) return null;
  const removable = series.withoutEach(stateId);
  const needed = removable.filter(({ patch, model }) => !others.includes(patch) && keysOf(model) !== whole);
  if (needed.length > 0) return needed.at(-1)!.patch;
  const from = lastThatChanges(series.prefixes(stateId), keysOf, whole);
  const isOut = from === null || others.includes(from) || removable.some(({ patch }) => patch === from);
  return isOut ? null : from;
}

function lastThatChanges(
  prefixes: ReturnType<Series['prefixes']>,
  keysOf: (model: Model) => string | null,
  whole: string,
): Patch<unknown> | null {
  let patch = prefixes.at(-1)!.patch;
  for (let at = prefixes.length - 2; at >= 0; at--) {
    if (keysOf(prefixes[at]!.model) !== whole) return patch;
    patch = prefixes[at]!.patch;
  }
  return patch;
}
