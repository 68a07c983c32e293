import { exhaustChunk } from '../campaign/exhaust.ts';
import { mergeFoundOf } from '../campaign/exhausted.ts';
import type { CorpusEntry } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import { ScheduleSearch, SWITCHES_MAX, switchesOf } from '../scenario/schedule-search.ts';
import type { Bound } from '../scenario/small-scenarios.ts';

const STEPS_MAX = 10_000;

/** How short a scenario is: what is compared first, and what then. */
export interface Length {
  readonly ops: number;
  readonly switches: number;
}

export interface StoredShortest {
  readonly property: string;
  readonly kind: string;
  readonly stored: Length;
  /** The shortest that exhaustive exploration comes by; null if none within its bounds. */
  readonly shortest: Length | null;
  readonly isLonger: boolean;
}

/**
 * Compares stored counterexamples of a model, which shrinking made, with the shortest that there are. Sequences with
 * more than `schedulesMax` schedules are explored so far only.
 */
export function compareStored(
  model: Model,
  entries: readonly CorpusEntry[],
  bounds: readonly Bound[],
  schedulesMax: number,
): StoredShortest[] {
  const properties = [...new Set(entries.map(({ property }) => property))];
  const options = { stepsMax: STEPS_MAX, schedulesMax, preemptionsMax: null, properties };
  const shortest = new Map<string, Length>();
  for (const bound of bounds) {
    const all = Number.POSITIVE_INFINITY;
    const chunk = exhaustChunk(model, bound, options, 0, all, [...shortest.keys()], all);
    for (const { property, kind, shortest: found } of mergeFoundOf([chunk])) {
      if (found === null) continue;
      shortest.set(`${property} ${kind}`, { ops: found.scenario.ops.length, switches: found.switches });
    }
  }
  return entries.map(({ property, kind, scenario }) => {
    const claim = model.properties.find(({ id }) => id === property)!;
    const search = new ScheduleSearch(model, { property: claim, kind }, STEPS_MAX);
    const least = search.least({ world: scenario.world ?? {}, ops: scenario.ops }, SWITCHES_MAX);
    const switches = least === null ? Number.POSITIVE_INFINITY : switchesOf(least);
    const stored = { ops: scenario.ops.length, switches };
    const known = shortest.get(`${property} ${kind}`) ?? null;
    return { property, kind, stored, shortest: known, isLonger: known !== null && isLonger(stored, known) };
  });
}

const isLonger = (one: Length, other: Length): boolean =>
  one.ops > other.ops || (one.ops === other.ops && one.switches > other.switches);
