import type { Model, Operation, SeriesInfo, WorldConfig } from '../model/model.ts';
import { candidates, type Draft, normalize, sizeOf } from './reduce.ts';
import { FORMAT, type Scenario } from './scenario.ts';
import {
  type Failing,
  ScheduleSearch,
  SEARCH_MAX,
  type ShrinkTarget,
  SWITCHES_MAX,
  switchesOf,
} from './schedule-search.ts';
import { pairs, singles } from './smallest.ts';

export interface Shrunk {
  readonly scenario: Scenario;
  /** Every single reduction was tried, and each makes the scenario pass. */
  readonly minimal: boolean;
  readonly executions: number;
}

/** Executions one search for a schedule may take while the point is only to see which kinds of operation matter. */
const SKETCH_MAX = 2_500;
const SKETCH_TOTAL_MAX = 80_000;
/** Executions of all searches after that, some ten seconds; most failures need a tenth. Then `minimal` is false. */
const TOTAL_MAX = 500_000;

/**
 * Shrinks operations, field values, actors, world and context switches jointly, to a scenario from which nothing can
 * be taken: fewest operations, then fewest threads, then fewest context switches, then the most usual values.
 *
 * A reduction counts as failing if *any* schedule with as few switches as now breaks the same claim in the same way,
 * and those schedules are all tried in a fixed order. So the schedule is never a leftover of the run that found it.
 * And before anything else, all scenarios of one or two operations that are nearly typical are tried, in a fixed
 * order too: what breaks first among those does not depend on the run at all, and different seeds end in the same
 * entry. (fast-check's scheduler does not shrink schedules, and a schedule kept as it is makes most reductions of
 * the operations pass.)
 */
export function shrink(
  model: Model,
  target: ShrinkTarget,
  found: { world: WorldConfig; ops: readonly Operation[]; schedule: readonly string[] },
  stepsMax: number,
): Shrunk {
  const series = model.series;
  const search = new ScheduleSearch(model, target, stepsMax);
  const finish = (start: Draft, failing: Failing): Shrunk => {
    search.gaveUp = false;
    const { draft, failing: least } = reduce(search, series, normalize(series, start), failing);
    return {
      scenario: {
        format: FORMAT,
        model: model.id,
        ...(Object.keys(draft.world).length === 0 ? {} : { world: draft.world }),
        ops: draft.ops,
        schedule: search.scheduleOf(draft, least.deviations),
      },
      minimal: !search.gaveUp,
      executions: search.executions,
    };
  };

  const single = firstFailing(search, {}, singles(series), 0);
  if (single !== null) return finish(single.draft, single.failing);

  const whole = normalize(series, found);
  const shown = search.guided(whole, found.schedule);
  if (shown === null) {
    throw new Error(
      `${model.id}: ${target.property.id} (${target.kind}) does not show again under its own schedule`,
    );
  }
  search.limit = SKETCH_MAX;
  search.executionsMax = search.executions + SKETCH_TOTAL_MAX;
  const reduced = reduce(search, series, whole, shown);
  search.limit = SEARCH_MAX;
  search.executionsMax = search.executions + TOTAL_MAX;
  const { world, ops } = reduced.draft;
  const kinds = new Set(ops.map(({ op }) => op));
  const inWorld = Object.keys(world).length > 0;
  const smaller =
    (inWorld ? firstFailing(search, world, singles(series), 0) : null) ??
    (ops.length >= 2 ? firstFailing(search, {}, pairs(series, kinds), 1) : null) ??
    (ops.length >= 2 && inWorld ? firstFailing(search, world, pairs(series, kinds), 1) : null);
  if (smaller === null) return finish(reduced.draft, reduced.failing);
  return finish(smaller.draft, smaller.failing);
}

/** The first of some scenarios that breaks the claim under a schedule with at most so many switches. */
function firstFailing(
  search: ScheduleSearch,
  world: WorldConfig,
  sequences: Iterable<readonly Operation[]>,
  switchesMax: number,
): { draft: Draft; failing: Failing } | null {
  for (const ops of sequences) {
    const draft = { world, ops };
    const failing = search.least(draft, switchesMax);
    if (failing !== null) return { draft, failing };
  }
  return null;
}

/** Takes one reduction after the other, the first that works, until none does. */
function reduce(
  search: ScheduleSearch,
  series: SeriesInfo,
  start: Draft,
  shown: Failing,
): { draft: Draft; failing: Failing } {
  let draft = start;
  let failing = search.least(start, SWITCHES_MAX) ?? shown;
  for (let reduced = true; reduced; ) {
    reduced = false;
    for (const candidate of candidates(series, draft)) {
      if (search.executions >= search.executionsMax) {
        search.gaveUp = true;
        return { draft, failing };
      }
      // Fewer operations are worth more switches; nothing else is.
      const switches = candidate.ops.length < draft.ops.length ? SWITCHES_MAX : switchesOf(failing);
      const smaller = search.least(candidate, switches) ?? search.random(candidate, draft);
      if (smaller === null || !isSmaller(series, candidate, smaller, draft, failing)) continue;
      draft = candidate;
      failing = smaller;
      reduced = true;
      break;
    }
  }
  return { draft, failing };
}

/** Lexicographic: what `reduce.ts` counts, with the switches between actors and values. */
function isSmaller(
  series: SeriesInfo,
  candidate: Draft,
  smaller: Failing,
  draft: Draft,
  before: Failing,
): boolean {
  const a = sizeOf(series, candidate, smaller.threads, switchesOf(smaller));
  const b = sizeOf(series, draft, before.threads, switchesOf(before));
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}
