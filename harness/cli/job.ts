import type { BehaviourLimits } from '../campaign/behaviour.ts';
import {
  type ChangeExample,
  exampleOf,
  responsiblePatches,
  shrinkChange,
} from '../campaign/change-example.ts';
import { type ChunkResult, runChunk, type SearchOptions } from '../campaign/chunk.ts';
import { type CompareChunk, compareChunk } from '../campaign/compare.ts';
import { pairPatches } from '../campaign/diff-result.ts';
import type { Change } from '../campaign/difference.ts';
import { type Ends, type EndsOptions, endsOf } from '../campaign/ends.ts';
import { type ExhaustChunk, type ExhaustOptions, exhaustChunk } from '../campaign/exhaust.ts';
import type { Found } from '../campaign/found.ts';
import { KNOWN_CHUNK, type KnownFailure, runKnown, runSmall, SMALL_CHUNK } from '../campaign/opening.ts';
import type { Counterexample, FailureIdentity } from '../campaign/result.ts';
import type { CorpusEntry } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Series } from '../model/series.ts';
import type { Workload } from '../scenario/arbitrary.ts';
import { record } from '../scenario/recording.ts';
import type { Draft } from '../scenario/reduce.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { shrink } from '../scenario/shrink.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { findModel } from './select.ts';

/** A piece of work as a worker gets it: plain data. */
export type Job =
  | {
      readonly kind: 'chunk';
      readonly model: string;
      readonly options: SearchOptions;
      readonly chunk: number;
      readonly sequences: number;
      /** Sequences to leave out, since they do not end. */
      readonly skip?: readonly number[];
      /** For the piece that replays them. */
      readonly known?: readonly KnownFailure[];
    }
  | {
      readonly kind: 'exhaust';
      readonly model: string;
      readonly bound: Bound;
      readonly options: ExhaustOptions;
      readonly from: number;
      readonly to: number;
      readonly known: readonly string[];
    }
  | {
      readonly kind: 'ends';
      readonly model: string;
      readonly scenario: Scenario;
      readonly options: EndsOptions;
      /** Not 0 once it is to come to its end. */
      readonly stop: Int32Array<SharedArrayBuffer>;
    }
  | {
      readonly kind: 'compare';
      readonly model: string;
      /** The state that it is compared with. */
      readonly other: string;
      readonly bound: Bound;
      readonly options: BehaviourLimits;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: 'change';
      readonly model: string;
      readonly other: string;
      readonly draft: Draft;
      readonly changes: readonly Change[];
      readonly options: BehaviourLimits;
    }
  | { readonly kind: 'shrink'; readonly model: string; readonly found: Found; readonly stepsMax: number }
  | {
      readonly kind: 'record';
      readonly model: string;
      readonly scenario: Scenario;
      readonly stepsMax: number;
    }
  | {
      readonly kind: 'save';
      readonly model: string;
      readonly found: Counterexample;
      readonly corpus: string;
      readonly stepsMax: number;
      readonly notes: CorpusEntry['notes'];
    }
  | {
      readonly kind: 'replay';
      readonly model: string;
      readonly entries: readonly CorpusEntry[];
      readonly stepsMax: number;
    };

export type SaveJob = Extract<Job, { kind: 'save' }>;
export type ChunkJob = Extract<Job, { kind: 'chunk' }>;
export type ExhaustJob = Extract<Job, { kind: 'exhaust' }>;
export type EndsJob = Extract<Job, { kind: 'ends' }>;
export type ShrinkJob = Extract<Job, { kind: 'shrink' }>;
export type CompareJob = Extract<Job, { kind: 'compare' }>;
export type ChangeJob = Extract<Job, { kind: 'change' }>;
export type RecordJob = Extract<Job, { kind: 'record' }>;
export type ReplayJob = Extract<Job, { kind: 'replay' }>;

/** What became of an entry, without its recording, which cannot be sent. */
export type Replayed =
  | { readonly status: 'reproduced'; readonly traceChanged: boolean }
  | { readonly status: 'fixed' }
  | { readonly status: 'other violation'; readonly violations: readonly FailureIdentity[] }
  | { readonly status: 'stale'; readonly reason: string };

/** Told before each execution; with the sequence and its operations where the job knows them. */
export type Beat = (sequence: number, workload: Workload | null) => void;

export const stepsMaxOfJob = (job: Job): number => ('options' in job ? job.options.stepsMax : job.stepsMax);

export function runChunkJob(model: Model, job: ChunkJob, beat: Beat): ChunkResult {
  const { options, chunk, sequences, skip = [], known = [] } = job;
  switch (chunk) {
    case KNOWN_CHUNK:
      return runKnown(model, options, known.slice(0, sequences), { skip, beat });
    case SMALL_CHUNK:
      return runSmall(model, options, sequences, { skip, beat });
    default:
      return runChunk(model, options, chunk, sequences, { skip, beat });
  }
}

export function runExhaustJob(model: Model, job: ExhaustJob, beat: Beat): ExhaustChunk {
  return exhaustChunk(beating(model, beat), job.bound, job.options, job.from, job.to, job.known);
}

export function runEndsJob(model: Model, { scenario, options, stop }: EndsJob, beat: Beat): Ends {
  return endsOf(beating(model, beat), scenario, { ...options, stop: () => Atomics.load(stop, 0) !== 0 });
}

export function runCompareJob(model: Model, other: Model, job: CompareJob, beat: Beat): CompareChunk {
  const { bound, options, from, to } = job;
  return compareChunk(model, other, bound, beatingLimits(options, beat), from, to);
}

/** A change on the smallest scenario that shows it. */
export interface ShownChange extends ChangeExample {
  /** Whose doing the two ends are; null: none of the patches that only this state has. */
  readonly patches: readonly [PatchInfo | null, PatchInfo | null];
  /** Whether nothing of the scenario can be left out. */
  readonly isMinimal: boolean;
}

/** What of a patch can be sent. */
export type PatchInfo = Pick<Patch<unknown>, 'id' | 'subject' | 'source'>;

export function runChangeJob(series: readonly Series[], job: ChangeJob, beat: Beat): ShownChange {
  const limits = beatingLimits(job.options, beat);
  const [a, b] = [job.model, job.other].map((id) => findModel(series, id)!) as [Model, Model];
  const { draft, isMinimal } = shrinkChange(a, b, job.draft, job.changes, limits);
  const own = series.find(({ name }) => name === a.series.name)!;
  const pairs = pairPatches(a, b, own.base);
  const patches = responsiblePatches(own, [a, b], pairs, draft, limits);
  const infoOf = (patch: Patch<unknown> | null): PatchInfo | null =>
    patch === null ? null : { id: patch.id, subject: patch.subject, source: patch.source };
  return {
    ...exampleOf(a, b, draft, job.changes, limits),
    patches: [infoOf(patches[0]), infoOf(patches[1])],
    isMinimal,
  };
}

const beatingLimits = (limits: BehaviourLimits, beat: Beat): BehaviourLimits => ({
  ...limits,
  beat: () => beat(-1, null),
});

export function runShrinkJob(plain: Model, { found, stepsMax }: ShrinkJob, beat: Beat): Counterexample {
  const model = beating(plain, beat);
  const property = model.properties.find(({ id }) => id === found.property)!;
  const { scenario, minimal } = shrink(model, { property, kind: found.kind }, found, stepsMax);
  runRecordJob(model, { scenario, stepsMax }, beat);
  return {
    property: found.property,
    kind: found.kind,
    scenario,
    minimal,
    foundWith: { ops: found.ops.length, run: Math.max(0, found.chunk) },
  };
}

/**
 * Makes sure that a scenario can be recorded: reports do so where nobody can stop it, and they judge by all claims,
 * also by those that no search has tried on it.
 */
export function runRecordJob(
  model: Model,
  { scenario, stepsMax }: Pick<RecordJob, 'scenario' | 'stepsMax'>,
  beat: Beat,
): null {
  record(beating(model, beat), scenario, stepsMax);
  return null;
}

/** Stores a counterexample, unless an entry for its failure still shows it: which is executed to see that. */
export async function runSaveJob(
  plain: Model,
  { found, corpus, stepsMax, notes }: SaveJob,
  beat: Beat,
): Promise<string> {
  // Most workers store nothing, and need not load what that takes.
  const { makeEntry, saveEntry } = await import('../corpus.ts');
  const model = beating(plain, beat);
  return saveEntry(corpus, model, makeEntry(model, found, stepsMax, notes), stepsMax).path;
}

/** Replays stored entries on the state that they name. */
export async function runReplayJob(
  plain: Model,
  { entries, stepsMax }: ReplayJob,
  beat: Beat,
): Promise<Replayed[]> {
  // As for storing: most workers replay nothing.
  const { replayEntry } = await import('../corpus.ts');
  const model = beating(plain, beat);
  return entries.map((entry): Replayed => {
    const replayed = replayEntry(model, entry, stepsMax);
    switch (replayed.status) {
      case 'reproduced':
        return { status: replayed.status, traceChanged: replayed.traceChanged };
      case 'fixed':
        return { status: replayed.status };
      case 'other violation':
        return {
          status: replayed.status,
          violations: replayed.violations.map(({ property, kind }) => ({ property, kind })),
        };
      case 'stale':
        return { status: replayed.status, reason: replayed.reason };
      default:
        return replayed satisfies never;
    }
  });
}

/** A model whose every judgement is a beat: there is one after each execution, whoever executes. */
function beating(model: Model, beat: Beat): Model {
  return {
    ...model,
    properties: model.properties.map((property) => ({
      ...property,
      check(execution, report) {
        beat(-1, null);
        return property.check(execution, report);
      },
    })),
  };
}
