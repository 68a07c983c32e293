/**
 * `npm run seeds`: how surely a random seed finds each known failure within the default budget.
 *
 * For each model and seed, the search runs until every failure known for the model was found or the budget ends.
 * A table says for each failure in how many seeds it was found, and after how many operation sequences.
 */
import { CHUNK_SEQUENCES, type ChunkResult, runChunk, type SearchOptions } from '../campaign/chunk.ts';
import { runSmall } from '../campaign/opening.ts';
import { loadSeries } from '../cli/registry.ts';
import { selectModels } from '../cli/select.ts';
import { entryPaths, readEntry } from '../corpus.ts';
import type { StrategyName } from '../explore/strategies.ts';
import type { Model } from '../model/model.ts';

const SEEDS = Number(process.argv[2] ?? 100);
const MODELS = process.argv.length > 3 ? process.argv.slice(3) : ['v1', 'v1+hp', 'v2-min'];
const BUDGET_SEQUENCES = 20_000;
/** `STRATEGY=pct npm run seeds` compares. */
const STRATEGY = (process.env.STRATEGY ?? 'portfolio') as StrategyName;
const openings = new Map<Model, ChunkResult['found']>();

const series = await loadSeries();
for (const model of selectModels(series, MODELS)) table(model, known(model), SEEDS);

/** Failures that the checked-in corpus has for a model. */
function known(model: Model): string[] {
  const entries = entryPaths(`corpus/${model.id}`).map((path) => readEntry(path, () => model.series));
  return [...new Set(entries.map(({ property, kind }) => `${property} ${kind}`))];
}

function table(model: Model, failures: readonly string[], seeds: number): void {
  const needed = new Map<string, number[]>(failures.map((failure) => [failure, []]));
  for (let seed = 1; seed <= seeds; seed++) {
    const found = firstFound(model, seed, new Set(failures));
    for (const [failure, sequences] of found) needed.get(failure)!.push(sequences);
  }
  console.log(`\n${model.id}: found by seeds 1 to ${seeds} within ${BUDGET_SEQUENCES} operation sequences`);
  for (const [failure, sequences] of needed) {
    sequences.sort((a, b) => a - b);
    const [median, worst] = [sequences[Math.floor(sequences.length / 2)], sequences.at(-1)];
    console.log(
      `  ${String(sequences.length).padStart(4)} of ${seeds}  median ${median ?? '-'}  worst ${worst ?? '-'}  ${failure}`,
    );
  }
}

/** Sequences after which each failure had shown, to the end of its chunk; 0 for what shows in the opening. */
function firstFound(model: Model, seed: number, wanted: ReadonlySet<string>): Map<string, number> {
  const options: SearchOptions = {
    seed,
    strategy: STRATEGY,
    opsMax: 6,
    stepsMax: 10_000,
    schedulesMax: 2_000,
    properties: model.properties.map(({ id }) => id),
  };
  const found = new Map<string, number>();
  const note = (failures: ChunkResult['found'], sequences: number) => {
    for (const { property, kind } of failures) {
      const failure = `${property} ${kind}`;
      if (wanted.has(failure) && !found.has(failure)) found.set(failure, sequences);
    }
  };
  if (STRATEGY === 'portfolio') note(openingOf(model, options), 0);
  for (let chunk = 0; chunk * CHUNK_SEQUENCES < BUDGET_SEQUENCES && found.size < wanted.size; chunk++) {
    note(runChunk(model, options, chunk, CHUNK_SEQUENCES).found, (chunk + 1) * CHUNK_SEQUENCES);
  }
  return found;
}

/** The same for every seed. */
function openingOf(model: Model, options: SearchOptions): ChunkResult['found'] {
  const known = openings.get(model) ?? runSmall(model, options, Number.MAX_SAFE_INTEGER).found;
  openings.set(model, known);
  return known;
}
