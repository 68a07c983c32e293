/**
 * `npm run shortest`: is what shrinking ends in as short as anything can be?
 *
 * For each failure in the corpus, beside the shortest scenario that exhaustive exploration knows: operations, then
 * context switches. Exits with 1 if a stored one is longer.
 */
import { loadSeries } from '../cli/registry.ts';
import { selectModels } from '../cli/select.ts';
import { entryPaths, readEntry } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { compareStored, type Length } from './stored-shortest.ts';

const SCHEDULES_MAX = 2_000;
const BOUNDS: readonly Bound[] = [
  { kind: 'typical', ops: 0, changes: 2 },
  { kind: 'typical', ops: 1, changes: 2 },
  { kind: 'typical', ops: 2, changes: 1 },
];

const series = await loadSeries();
for (const id of process.argv.length > 2 ? process.argv.slice(2) : statesWithEntries()) {
  for (const model of selectModels(series, [id])) compare(model);
}

function statesWithEntries(): string[] {
  return [...new Set(entryPaths('corpus').map((path) => path.split('/').slice(1, 3).join('/')))];
}

function compare(model: Model): void {
  const entries = entryPaths(`corpus/${model.id}`).map((path) => readEntry(path, () => model.series));
  for (const { property, kind, stored, shortest, isLonger } of compareStored(
    model,
    entries,
    BOUNDS,
    SCHEDULES_MAX,
  )) {
    const other = shortest === null ? 'beyond the bounds' : inWords(shortest);
    const verdict = isLonger ? 'LONGER' : 'ok    ';
    console.log(
      `${verdict}  ${model.id}  ${property} ${kind}: stored with ${inWords(stored)}; shortest: ${other}`,
    );
    if (isLonger) process.exitCode = 1;
  }
}

function inWords({ ops, switches }: Length): string {
  return `${ops} operations, ${switches} switches`;
}
