import { fileURLToPath } from 'node:url';
import type { ChunkResult } from '../campaign/chunk.ts';
import type { Counterexample } from '../campaign/result.ts';
import type { Series } from '../model/series.ts';
import { type ChunkJob, type Job, runChunkJob, runShrinkJob, type ShrinkJob } from './job.ts';

/** Runs jobs on this thread or on others; the results do not depend on which. */
export interface Pool {
  readonly size: number;
  chunk(job: ChunkJob): Promise<ChunkResult>;
  shrink(job: ShrinkJob): Promise<Counterexample>;
  close(): Promise<void>;
}

export async function makePool(series: readonly Series[], size: number): Promise<Pool> {
  return size <= 1 ? here(series) : threads(size);
}

/** How long a worker waits for the next job: from the end of a search into shrinking, and on to the next model. */
const IDLE_MS = 30_000;

/** Lets signals in between two jobs. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function here(series: readonly Series[]): Pool {
  return {
    size: 1,
    chunk: async (job) => {
      await breathe();
      return runChunkJob(series, job);
    },
    shrink: async (job) => {
      await breathe();
      return runShrinkJob(series, job);
    },
    close: async () => {},
  };
}

async function threads(size: number): Promise<Pool> {
  const { Tinypool } = await import('tinypool');
  const source = import.meta.url.endsWith('.ts');
  const pool = new Tinypool({
    filename: fileURLToPath(new URL(source ? './source-worker.js' : './worker.js', import.meta.url)),
    // As many as there is work for: starting a worker takes longer than a chunk.
    minThreads: 1,
    maxThreads: size,
    idleTimeout: IDLE_MS,
  });
  const run = <T>(job: Job): Promise<T> => pool.run(job) as Promise<T>;
  return { size, chunk: (job) => run(job), shrink: (job) => run(job), close: () => pool.destroy() };
}
