/** One worker thread: loads the models once, then runs jobs as they come. */
import { workerData } from 'node:worker_threads';
import { Trace } from '../campaign/trace.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import {
  type Beat,
  type Job,
  runChangeJob,
  runChunkJob,
  runCompareJob,
  runEndsJob,
  runExhaustJob,
  runRecordJob,
  runReplayJob,
  runSaveJob,
  runShrinkJob,
} from './job.ts';
import { LastWords } from './last-words.ts';
import { Pulse } from './pulse.ts';
import { loadSeries } from './registry.ts';
import { findModel } from './select.ts';

/** What every worker of a pool gets when it starts. */
export interface WorkerData {
  /** Null: those that the first task names. A worker that stands by must not load what is going to change. */
  readonly seriesModules: readonly string[] | null;
}

/** A job, and the memory in which to show that it goes on. */
export interface Task {
  readonly job: Job;
  /** Where the series are; loaded by the first task unless they were from the start. */
  readonly seriesModules: readonly string[];
  readonly pulse: Pulse['memory'];
  /** Set where it is done again since it hung: after how many beats, and where to leave what it was at. */
  readonly trace: { readonly from: number; readonly words: LastWords['memory'] } | null;
}

// Before ours, the pool puts what it needs itself.
const [, { seriesModules }] = workerData as [unknown, WorkerData];
let loaded: Promise<Series[]> | null = seriesModules === null ? null : loadSeries(seriesModules);
// What cannot be loaded is to fail here, before any task.
await loaded;
// Whoever stands by has time for what most workers never need.
if (seriesModules === null) await import('../corpus.ts');

export default async function work({
  job,
  seriesModules: named,
  pulse: memory,
  trace: traced,
}: Task): Promise<unknown> {
  loaded ??= loadSeries(named);
  const series = await loaded;
  const model = findModel(series, job.model)!;
  const pulse = new Pulse(memory);
  pulse.begin();
  if (traced === null) return run(series, model, job, (sequence) => pulse.beat(sequence));
  const words = new LastWords(traced.words);
  const trace = new Trace(traced.from, (place, machine) => {
    words.write(place, machine);
    pulse.live();
  });
  return run(series, trace.follow(model), job, (sequence, workload) => {
    pulse.beat(sequence);
    trace.beat(workload);
  });
}

/** What the pool expects of a job of its kind. */
function run(series: readonly Series[], model: Model, job: Job, beat: Beat): unknown {
  switch (job.kind) {
    case 'chunk':
      return runChunkJob(model, job, beat);
    case 'exhaust':
      return runExhaustJob(model, job, beat);
    case 'ends':
      return runEndsJob(model, job, beat);
    case 'compare':
      return runCompareJob(model, findModel(series, job.other)!, job, beat);
    case 'change':
      return runChangeJob(series, job, beat);
    case 'shrink':
      return runShrinkJob(model, job, beat);
    case 'record':
      return runRecordJob(model, job, beat);
    case 'save':
      return runSaveJob(model, job, beat);
    case 'replay':
      return runReplayJob(model, job, beat);
    default:
      return job satisfies never;
  }
}
