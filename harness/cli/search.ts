import { count } from '../../reports/count.ts';
import type { ChunkResult, SearchOptions } from '../campaign/chunk.ts';
import { CHUNK_SEQUENCES, chunksOf } from '../campaign/chunk-size.ts';
import { HANGS_MAX } from '../campaign/hang.ts';
import { mergeFound, mergeResult } from '../campaign/merge.ts';
import { KNOWN_CHUNK, type KnownFailure, SMALL_CHUNK } from '../campaign/opening.ts';
import type { ModelResult } from '../campaign/result.ts';
import type { StrategyName } from '../explore/strategies.ts';
import type { Model } from '../model/model.ts';
import { InOrder } from './in-order.ts';
import type { Pool } from './pool.ts';
import type { Progress } from './progress.ts';
import { labelled } from './select.ts';

/** How much of a search to do, and what ends it early. */
export interface Budget {
  /** Operation sequences; infinite if only time ends it. */
  readonly runs: number;
  readonly shard: { readonly index: number; readonly count: number };
  /** Milliseconds left, asked again before each chunk; infinite without --time. */
  timeLeftMs(): number;
  readonly bail: boolean;
  interrupted(): boolean;
  /** Stored counterexamples of the model, which the portfolio replays first. */
  readonly known: readonly KnownFailure[];
  /** Told after each chunk, in their order. */
  tell?(soFar: SoFar): void;
}

/** What a search has done until now. */
export interface SoFar {
  readonly sequences: number;
  readonly executions: number;
  /** Different ones. */
  readonly failures: number;
}

/** Searches one model, chunk by chunk, and shrinks what it found. */
export async function searchModel(
  pool: Pool,
  model: Model,
  options: SearchOptions,
  budget: Budget,
  progress: Progress,
): Promise<ModelResult> {
  const results: ChunkResult[] = [];
  let stopped: ModelResult['stopped'] = null;
  const chunks = piecesOf(budget, options.strategy);
  const { known } = budget;
  progress.start(labelled(model), budget.runs);

  const order = new InOrder<number, ChunkResult>();
  const told: ChunkResult[] = [];
  const worker = async (): Promise<void> => {
    for (const { chunk, sequences } of chunks) {
      if (budget.interrupted()) stopped = 'interrupt';
      else if (budget.timeLeftMs() <= 0) stopped ??= 'time';
      if (stopped !== null || endOf(results, budget) !== null) return;
      const job = { kind: 'chunk', model: model.id, options, chunk, sequences } as const;
      order.begin(chunk);
      const result = await pool.chunk(chunk === KNOWN_CHUNK ? { ...job, known } : job);
      results.push(result);
      const { sequences: done, failures } = soFarOf(results);
      progress.advance(done, `${count(done, 'sequence')}, ${count(failures, 'failure')}`);
      for (const next of order.finish(chunk, result)) {
        // What other workers do beyond the end is thrown away.
        if (endOf(told, budget) !== null) break;
        told.push(next);
        budget.tell?.(soFarOf(told));
      }
    }
  };
  await Promise.all(Array.from({ length: pool.size }, worker));

  const end = endOf(results, budget);
  // What other workers did beyond the end depends on who was faster.
  const kept = results.filter(({ chunk }) => end === null || chunk <= end.chunk);
  if (end?.isEarly === true) stopped ??= end.why;
  const shrunk = await Promise.all(
    mergeFound(model, kept).map((found) =>
      pool.shrink({ kind: 'shrink', model: model.id, found, stepsMax: options.stepsMax }),
    ),
  );
  progress.stop();
  return mergeResult(model, options, kept, shrunk, stopped);
}

function soFarOf(results: readonly ChunkResult[]): SoFar {
  const failures = results.flatMap(({ found }) => found.map(({ property, kind }) => `${property} ${kind}`));
  return {
    sequences: results.reduce((sum, { sequences }) => sum + sequences, 0),
    executions: results.reduce((sum, { executions }) => sum + executions, 0),
    failures: new Set(failures).size,
  };
}

/** The chunk with which a search ends before its budget is used, the same for any number of workers; null for none. */
function endOf(results: readonly ChunkResult[], budget: Budget): End | null {
  let hangs = 0;
  for (const { chunk, found, hangs: more } of [...results].sort((a, b) => a.chunk - b.chunk)) {
    hangs += more.length;
    if (hangs >= HANGS_MAX) return { chunk, why: 'hang', isEarly: true };
    // What comes before the first generated chunk is followed by that one at least.
    const isEarly = chunk < 0 || (chunk + budget.shard.count) * CHUNK_SEQUENCES < budget.runs;
    if (budget.bail && found.length > 0) return { chunk, why: 'bail', isEarly };
  }
  return null;
}

interface End {
  readonly chunk: number;
  readonly why: 'bail' | 'hang';
  /** Whether it leaves anything out. */
  readonly isEarly: boolean;
}

/** The chunks of this shard, in order; one iterator that all workers take from. */
function* piecesOf(
  { runs, shard, known }: Budget,
  strategy: StrategyName,
): Generator<{ chunk: number; sequences: number }> {
  // Not cut up, so that shards add up to the whole.
  if (strategy === 'portfolio' && shard.index === 1) {
    if (known.length > 0) yield { chunk: KNOWN_CHUNK, sequences: known.length };
    yield { chunk: SMALL_CHUNK, sequences: Number.MAX_SAFE_INTEGER };
  }
  for (const piece of chunksOf(runs)) if (piece.chunk % shard.count === shard.index - 1) yield piece;
}

/** Whether a shard has no chunk at all; `runs` is null where only time ends a search. */
export const isEmptyShard = ({ runs, shard }: { runs: number | null; shard: Budget['shard'] }): boolean =>
  runs !== null && Math.ceil(runs / CHUNK_SEQUENCES) < shard.index;
