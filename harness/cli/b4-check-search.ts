import type { ChunkResult, SearchOptions } from '../campaign/chunk.ts';
import { chunksOf } from '../campaign/chunk-size.ts';
import type { Found } from '../campaign/found.ts';
import { mergeFound, mergeResult } from '../campaign/merge.ts';
import { KNOWN_CHUNK, type KnownFailure, SMALL_CHUNK } from '../campaign/opening.ts';
import type { ModelResult } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { FORMAT, type Scenario } from '../scenario/scenario.ts';
import { BrokenContract } from './exit.ts';
import type { ChunkJob } from './job.ts';
import type { Pool } from './pool.ts';

/** What a quick search found on one state; nothing of it is shrunk. */
export interface Probe {
  readonly model: Model;
  readonly result: ModelResult;
  /** The first of each failure: what a stored counterexample shows comes before what was searched for. */
  readonly found: readonly Found[];
}

export interface ProbeBudget {
  /** Operation sequences for each state. */
  readonly runs: number;
  /** Asked before each piece of work. */
  isOver(): boolean;
}

/** Stored counterexamples first, then the portfolio's opening and generated sequences, on each of some states. */
export async function probe(
  pool: Pool,
  models: readonly Model[],
  options: SearchOptions,
  known: readonly KnownFailure[],
  budget: ProbeBudget,
): Promise<Probe[]> {
  const pieces = [
    ...(known.length === 0 ? [] : [{ chunk: KNOWN_CHUNK, sequences: known.length }]),
    { chunk: SMALL_CHUNK, sequences: Number.MAX_SAFE_INTEGER },
    ...chunksOf(budget.runs),
  ];
  const jobs = pieces.flatMap(({ chunk, sequences }) =>
    models.map((model): ChunkJob => {
      const job = { kind: 'chunk', model: model.id, options, chunk, sequences } as const;
      return chunk === KNOWN_CHUNK ? { ...job, known } : job;
    }),
  );
  const chunks = await inTurn(pool, jobs, () => budget.isOver());
  return models.map((model) => {
    const own = chunks.flatMap(({ job, result }) => (job.model === model.id ? [result] : []));
    const stopped = own.length < pieces.length ? 'time' : null;
    return { model, result: mergeResult(model, options, own, [], stopped), found: mergeFound(model, own) };
  });
}

/** What some executions break on each of some states. */
export async function replayOn(
  pool: Pool,
  models: readonly Model[],
  options: SearchOptions,
  known: readonly KnownFailure[],
): Promise<Found[][]> {
  if (known.length === 0) return models.map(() => []);
  const jobs = models.map(
    (model): ChunkJob => ({
      kind: 'chunk',
      model: model.id,
      options,
      chunk: KNOWN_CHUNK,
      sequences: known.length,
      known,
    }),
  );
  const chunks = await inTurn(pool, jobs, () => false);
  return models.map((model) =>
    mergeFound(
      model,
      chunks.flatMap(({ job, result }) => (job.model === model.id ? [result] : [])),
    ),
  );
}

interface Done {
  readonly job: ChunkJob;
  readonly result: ChunkResult;
}

/** As many at a time as there are workers: one that waits for a worker would count as hung. */
async function inTurn(pool: Pool, jobs: readonly ChunkJob[], isOver: () => boolean): Promise<Done[]> {
  const done: Done[] = [];
  const left = jobs.values();
  const worker = async (): Promise<void> => {
    for (const job of left) {
      if (isOver()) return;
      done.push({ job, result: await pool.chunk(job) });
    }
  };
  await Promise.all(Array.from({ length: pool.size }, worker));
  const hung = done.find(({ result }) => result.hangs.length > 0);
  if (hung === undefined) return done;
  const [hang] = hung.result.hangs;
  throw new BrokenContract(
    `${hung.job.model} does not come back from ${hang?.operation ?? hang?.during ?? 'an operation'}: nothing can be said of the patch. \`zpci-fuzz run --model ${hung.job.model}\` shows where; mend the model.`,
  );
}

/** An execution as a scenario that replays it. */
export const scenarioOf = (model: string, { world, ops, schedule }: Found): Scenario => ({
  format: FORMAT,
  model,
  ...(Object.keys(world).length === 0 ? {} : { world }),
  ops,
  schedule,
});
