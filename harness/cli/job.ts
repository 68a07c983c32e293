import { type ChunkResult, runChunk, type SearchOptions } from '../campaign/chunk.ts';
import type { Found } from '../campaign/found.ts';
import type { Counterexample } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { shrink } from '../scenario/shrink.ts';
import { findModel } from './select.ts';

/** A piece of work as a worker gets it: plain data. */
export type Job =
  | {
      readonly kind: 'chunk';
      readonly model: string;
      readonly options: SearchOptions;
      readonly chunk: number;
      readonly sequences: number;
    }
  | { readonly kind: 'shrink'; readonly model: string; readonly found: Found; readonly stepsMax: number };

export type ChunkJob = Extract<Job, { kind: 'chunk' }>;
export type ShrinkJob = Extract<Job, { kind: 'shrink' }>;

export function runChunkJob(series: readonly Series[], job: ChunkJob): ChunkResult {
  return runChunk(modelOf(series, job), job.options, job.chunk, job.sequences);
}

export function runShrinkJob(
  series: readonly Series[],
  { found, stepsMax, ...job }: ShrinkJob,
): Counterexample {
  const model = modelOf(series, job);
  const property = model.properties.find(({ id }) => id === found.property)!;
  const { scenario, minimal } = shrink(model, { property, kind: found.kind }, found, stepsMax);
  return {
    property: found.property,
    kind: found.kind,
    scenario,
    minimal,
    foundWith: { ops: found.ops.length, run: found.chunk },
  };
}

const modelOf = (series: readonly Series[], { model }: { model: string }): Model => findModel(series, model)!;
