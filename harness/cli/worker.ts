/** One worker thread: loads the models once, then runs jobs as they come. */
import type { ChunkResult } from '../campaign/chunk.ts';
import type { Counterexample } from '../campaign/result.ts';
import { type Job, runChunkJob, runShrinkJob } from './job.ts';
import { loadSeries } from './registry.ts';

const series = await loadSeries();

export default function work(job: Job): ChunkResult | Counterexample {
  switch (job.kind) {
    case 'chunk':
      return runChunkJob(series, job);
    case 'shrink':
      return runShrinkJob(series, job);
    default:
      return job satisfies never;
  }
}
