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
  const chunks = await chunksIn(pool, jobs, () => budget.isOver());
  return models.map((model) => {
    const own = chunks.flatMap(({ job, result }) => (job.model === model.id ? [result] : []));
    const stopped = own.length < pieces.length ? 'time' : null;
    return { model, result: mergeResult(model, options, own, [], stopped), found: mergeFound(model, own) };
  });
}

/** What some executions break on a state. */
export async function replayOn(
  pool: Pool,
  model: Model,
  options: SearchOptions,
  known: readonly KnownFailure[],
): Promise<Found[]> {
  if (known.length === 0) return [];
  const sequences = known.length;
  const [done] = await chunksIn(pool, [
    { kind: 'chunk', model: model.id, options, chunk: KNOWN_CHUNK, sequences, known },
  ]);
  return mergeFound(model, [done!.result]);
}

/** Schedules of one scenario's operations, a tenth of a second; what a patch breaks mostly has some dozens. */
const SCHEDULES_MAX = 1_000;

/** Whether a state breaks a claim in the operations of a scenario under any schedule. */
export async function breaksUnder(
  pool: Pool,
  model: Model,
  scenario: Scenario,
  property: string,
  { stepsMax }: SearchOptions,
): Promise<{
  readonly kinds: readonly string[];
  readonly isComplete: boolean;
  readonly wasExercised: boolean;
}> {
  const options = {
    stepsMax,
    schedulesMax: SCHEDULES_MAX,
    preemptionsMax: null,
    count: false,
    properties: [property],
  };
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { violations, explored, verdicts } = await pool.ends({
    kind: 'ends',
    model: model.id,
    scenario,
    options,
    stop,
  });
  return {
    kinds: violations.map(({ kind }) => kind),
    isComplete: explored.complete,
    wasExercised: verdicts.some(({ exercised }) => exercised > 0),
  };
}

interface Done {
  readonly job: ChunkJob;
  readonly result: ChunkResult;
}

async function chunksIn(
  pool: Pool,
  jobs: readonly ChunkJob[],
  isOver: () => boolean = () => false,
): Promise<Done[]> {
  const done: Done[] = [];
  await inTurn(pool, jobs, async (job) => {
    const isHung = done.some(({ result }) => result.hangs.length > 0);
    if (!isHung && !isOver()) done.push({ job, result: await pool.chunk(job) });
  });
  const hung = done.find(({ result }) => result.hangs.length > 0);
  if (hung === undefined) return done;
  const [hang] = hung.result.hangs;
  throw new BrokenContract(
    `${hung.job.model} does not come back from ${hang?.operation ?? hang?.during ?? 'an operation'}: nothing can be said of the patch. \`zpci-fuzz run --model ${hung.job.model}\` shows where; mend the model.`,
  );
}

/** As many at a time as there are workers: what waits for one would count as hung. */
export async function inTurn<T>(
  { size }: Pool,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: size }, worker));
}

/** An execution as a scenario that replays it. */
export const scenarioOf = (model: string, { world, ops, schedule }: Found): Scenario => ({
  format: FORMAT,
  model,
  ...(Object.keys(world).length === 0 ? {} : { world }),
  ops,
  schedule,
});
