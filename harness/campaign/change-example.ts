/** A change shown on the smallest scenario that has it, and the patches that brought it. */
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
import { byText, type Change, differenceOf } from './difference.ts';

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
}

/** Scenarios that are tried to make one smaller; most need a tenth. */
const TRIES_MAX = 150;

/** The scenario without what the changes do not need. */
export function shrinkChange(
  a: Model,
  b: Model,
  draft: Draft,
  changes: readonly Change[],
  limits: BehaviourLimits,
): Draft {
  const wanted = changes.map(({ text }) => text);
  let tries = 0;
  const shows = (one: Draft): boolean => {
    if (++tries > TRIES_MAX) return false;
    const [first, second] = [behavioursOf(a, one, limits), behavioursOf(b, one, limits)];
    if (!first.complete || !second.complete) return false;
    const found = new Set((differenceOf(first, second)?.changes ?? []).map(({ text }) => text));
    return wanted.every((text) => found.has(text));
  };
  let least = normalize(a.series, draft);
  if (!shows(least)) return draft;
  for (let smaller: Draft | undefined = least; smaller !== undefined; ) {
    least = smaller;
    smaller = undefined;
    for (const one of candidates(a.series, least)) {
      if (!isSmaller(a.series, one, least) || !shows(one)) continue;
      smaller = one;
      break;
    }
  }
  return least;
}

/** Two actors can be swapped and swapped back: only what is smaller is a step. */
function isSmaller(series: SeriesInfo, one: Draft, other: Draft): boolean {
  const size = (draft: Draft): number[] =>
    sizeOf(series, draft, new Set(draft.ops.map(({ actor }) => actor)).size, 0);
  const [a, b] = [size(one), size(other)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

/** Both states on one scenario that tells them apart: an end that only one has, beside what the other does. */
export function exampleOf(a: Model, b: Model, draft: Draft, limits: BehaviourLimits): ChangeExample {
  const [first, second] = [behavioursOf(a, draft, limits), behavioursOf(b, draft, limits)];
  return { first: shown(a, draft, first, second, limits), second: shown(b, draft, second, first, limits) };
}

/** Ends among which the one with the fewest switches is looked for. */
const ENDS_MAX = 8;

function shown(
  model: Model,
  draft: Draft,
  own: Behaviours,
  other: Behaviours,
  limits: BehaviourLimits,
): ShownEnd {
  const only = [...own.ends.keys()].filter((key) => !other.ends.has(key)).sort(byText);
  const keys = (only.length > 0 ? only : [...own.ends.keys()].sort(byText)).slice(0, ENDS_MAX);
  const found = keys
    .map((key) => ({ key, ...scheduleTo(model, draft, key, limits) }))
    .reduce((best, one) => (one.switches < best.switches ? one : best));
  return { behaviour: own.ends.get(found.key)!, scenario: found.scenario, isOwn: only.length > 0 };
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
  const keysOf = (model: Model): string =>
    [...behavioursOf(model, draft, limits).ends.keys()].sort(byText).join('\n');
  const whole = keysOf(series.model(stateId)!);
  const removable = series.withoutEach(stateId);
  const needed = removable.filter(({ patch, model }) => !others.includes(patch) && keysOf(model) !== whole);
  if (needed.length > 0) return needed.at(-1)!.patch;
  const from = lastThatChanges(series.prefixes(stateId), keysOf, whole);
  const isOut = from === null || others.includes(from) || removable.some(({ patch }) => patch === from);
  return isOut ? null : from;
}

function lastThatChanges(
  prefixes: ReturnType<Series['prefixes']>,
  keysOf: (model: Model) => string,
  whole: string,
): Patch<unknown> | null {
  let patch = prefixes.at(-1)!.patch;
  for (let at = prefixes.length - 2; at >= 0; at--) {
    if (keysOf(prefixes[at]!.model) !== whole) return patch;
    patch = prefixes[at]!.patch;
  }
  return patch;
}
