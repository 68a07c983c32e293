/**
 * `npm run shortest`: is what shrinking ends in as short as anything can be?
 *
 * For each failure in the corpus, beside the shortest scenario that exhaustive exploration knows: operations, then
 * context switches. Exits with 1 if a stored one is longer.
 */

import { exhaustChunk } from '../campaign/exhaust.ts';
import { mergeFoundOf } from '../campaign/exhausted.ts';
import { loadSeries } from '../cli/registry.ts';
import { findModel, selectModels } from '../cli/select.ts';
import { entryPaths, readEntry } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import { ScheduleSearch, SWITCHES_MAX, switchesOf } from '../scenario/schedule-search.ts';
import type { Bound } from '../scenario/small-scenarios.ts';

const STEPS_MAX = 10_000;
/** Sequences with more schedules than this are looked at so far only. */
const SCHEDULES_MAX = 2_000;
const BOUNDS: readonly Bound[] = [
  { kind: 'typical', ops: 0, changes: 2 },
  { kind: 'typical', ops: 1, changes: 2 },
  { kind: 'typical', ops: 2, changes: 1 },
];

const series = await loadSeries();
let longer = 0;
for (const id of process.argv.length > 2 ? process.argv.slice(2) : statesWithEntries()) {
  for (const model of selectModels(series, [id])) longer += compare(model);
}
process.exitCode = longer > 0 ? 1 : 0;

function statesWithEntries(): string[] {
  return [...new Set(entryPaths('corpus').map((path) => path.split('/').slice(1, 3).join('/')))];
}

/** Prints a line for each failure of a model; returns how many have a shorter scenario than the stored one. */
function compare(model: Model): number {
  const entries = entryPaths(`corpus/${model.id}`).map((path) =>
    readEntry(path, () => findModel(series, model.id)!.series),
  );
  const properties = [...new Set(entries.map(({ property }) => property))];
  const options = { stepsMax: STEPS_MAX, schedulesMax: SCHEDULES_MAX, preemptionsMax: null, properties };
  const shortest = new Map<string, { readonly ops: number; readonly switches: number }>();
  for (const bound of BOUNDS) {
    const chunk = exhaustChunk(
      model,
      bound,
      options,
      0,
      Number.POSITIVE_INFINITY,
      [...shortest.keys()],
      Number.POSITIVE_INFINITY,
    );
    for (const { property, kind, shortest: found } of mergeFoundOf([chunk])) {
      if (found !== null)
        shortest.set(`${property} ${kind}`, { ops: found.scenario.ops.length, switches: found.switches });
    }
  }
  let longer = 0;
  for (const { property: id, kind, scenario } of entries) {
    const property = model.properties.find((one) => one.id === id)!;
    const search = new ScheduleSearch(model, { property, kind }, STEPS_MAX);
    const least = search.least({ world: scenario.world ?? {}, ops: scenario.ops }, SWITCHES_MAX);
    const stored = {
      ops: scenario.ops.length,
      switches: least === null ? Number.POSITIVE_INFINITY : switchesOf(least),
    };
    const known = shortest.get(`${id} ${kind}`);
    const isLonger =
      known !== undefined &&
      (stored.ops > known.ops || (stored.ops === known.ops && stored.switches > known.switches));
    if (isLonger) longer++;
    const beyond = known === undefined ? 'beyond the bounds' : `${known.ops} ops, ${known.switches} switches`;
    console.log(
      `${isLonger ? 'LONGER' : 'ok    '}  ${model.id}  ${id} ${kind}: shrunk to ${stored.ops} ops, ${stored.switches} switches; shortest ${beyond}`,
    );
  }
  return longer;
}
