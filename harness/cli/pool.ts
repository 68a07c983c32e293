import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { ChunkResult } from '../campaign/chunk.ts';
import type { CompareChunk } from '../campaign/compare.ts';
import type { Ends } from '../campaign/ends.ts';
import type { ExhaustChunk } from '../campaign/exhaust.ts';
import { HANGS_MAX, type Hang, type HangPlace } from '../campaign/hang.ts';
import type { Counterexample, Shrunk } from '../campaign/result.ts';
import { FORMAT, type Scenario } from '../scenario/scenario.ts';
import { BrokenContract } from './exit.ts';
import {
  type ChangeJob,
  type ChunkJob,
  type CompareJob,
  type EndsJob,
  type ExhaustJob,
  type Job,
  type Replayed,
  type ReplayJob,
  type SaveJob,
  type ShownChange,
  type ShrinkJob,
  stepsMaxOfJob,
} from './job.ts';
import { LastWords } from './last-words.ts';
import { Pulse } from './pulse.ts';
import { seriesModules } from './registry.ts';
import { watched } from './watched.ts';
import type { Task, WorkerData } from './worker.ts';

/**
 * Runs jobs on other threads; the results do not depend on how many there are. This thread runs no model: a step that
 * never returns could not be stopped here.
 */
export interface Pool {
  readonly size: number;
  /** Sequences that hang are left out, and told in `hangs`. */
  chunk(job: ChunkJob): Promise<ChunkResult>;
  exhaust(job: ExhaustJob): Promise<ExhaustChunk>;
  ends(job: EndsJob): Promise<Ends>;
  compare(job: CompareJob): Promise<CompareChunk>;
  change(job: ChangeJob): Promise<ShownChange>;
  shrink(job: ShrinkJob): Promise<Shrunk>;
  save(job: SaveJob): Promise<Saved>;
  replay(job: ReplayJob): Promise<readonly Replayed[]>;
  close(): Promise<void>;
}

/** What came of storing a counterexample. */
export interface Saved {
  /** Null where an entry that is stored for the same failure hangs. */
  readonly path: string | null;
  readonly hangs: readonly Hang[];
}

/** How long a worker waits for the next job: from the end of a search into shrinking, and on to the next model. */
const IDLE_MS = 30_000;
/** Most executions take some 20 microseconds; the longest a tenth of this. */
const PATIENCE_MS = 500;
/** So many times as much for the second look, which decides: by then nobody waits for the worker any more. */
const PATIENCE_AGAIN = 4;
/** So many times as much for what does other things between two executions: exploring all thinks, storing waits. */
const PATIENCE_LONG = 20;
/**
 * How often a job that stood still and then did not is tried again, each time with twice the patience: a machine can be
 * that busy. Whether a sequence counts as hung must not depend on it.
 */
const ATTEMPTS_MAX = 6;

/**
 * How many share a core, 1 at least. A worker that waits for one looks as if it hung, and what it did would be done again.
 * Only how long is waited depends on it, nothing that is found.
 */
const crowd = (): number => Math.max(1, loadavg()[0]! / availableParallelism());

/**
 * `modules`: where workers find the series; a function where they are to stand by, and load only what it names at the
 * first job. `patienceMs`: how long an execution may go without a sign of life; tests
 * have less.
 */
export async function makePool(
  size: number,
  modules: readonly string[] | (() => readonly string[]) = seriesModules(),
  patienceMs = PATIENCE_MS,
): Promise<Pool> {
  const source = import.meta.url.endsWith('.ts');
  const standsBy = typeof modules === 'function';
  const workerData: WorkerData = { seriesModules: standsBy ? null : modules };
  const named = (): readonly string[] => (standsBy ? modules() : modules);
  const pool = new Tinypool({
    filename: fileURLToPath(new URL(source ? './source-worker.js' : './worker.js', import.meta.url)),
    workerData,
    // As many as there is work for: starting a worker takes longer than a chunk.
    minThreads: standsBy ? size : 1,
    maxThreads: size,
    idleTimeout: standsBy ? Number.POSITIVE_INFINITY : IDLE_MS,
  });
  const once = <T>(pulse: Pulse, patience: number, task: Task): Promise<{ readonly value: T } | null> =>
    watched(pulse, patience, (signal) => pool.run(task, { signal }) as Promise<T>);

  /** Does a job again that hung after so many beats, to see where. Null if it does not hang. */
  const locate = async (job: Job, beats: number, patience: number): Promise<HangPlace | null> => {
    const pulse = new Pulse();
    const words = LastWords.ofSteps(stepsMaxOfJob(job));
    const task: Task = {
      job,
      seriesModules: named(),
      pulse: pulse.memory,
      trace: { from: beats, words: words.memory },
    };
    if ((await once(pulse, patience, task)) !== null) return null;
    const place = words.read();
    // Operations are generated without any code of a model: what stood still there was only slow.
    return place?.during === 'generation' ? null : place;
  };

  const run = async <T>(job: Job, firstMs = patienceMs): Promise<Ended<T>> => {
    let patience = firstMs * crowd();
    for (let attempt = 1; ; attempt++) {
      const pulse = new Pulse();
      const task: Task = { job, seriesModules: named(), pulse: pulse.memory, trace: null };
      const done = await once<T>(pulse, patience, task);
      if (done !== null) return done;
      const place = await locate(job, pulse.beats, patience * PATIENCE_AGAIN);
      if (place !== null) return { place, sequence: pulse.sequence };
      if (attempt === ATTEMPTS_MAX) return { place: NOWHERE, sequence: pulse.sequence };
      patience *= 2;
    }
  };

  /** For what cannot leave anything out: a hang ends it. */
  const orThrow = async <T>(job: Job): Promise<T> => {
    const ended = await run<T>(job, patienceMs * PATIENCE_LONG);
    if ('value' in ended) return ended.value;
    throw new BrokenContract(endlessly(job.model, ended.place));
  };

  return {
    size,
    chunk: (job) => chunkWithoutHangs(run, job),
    shrink: (job) => shrinkOrNot(run, job),
    save: (job) => saveOrNot((again) => run(again, patienceMs * PATIENCE_LONG), job),
    exhaust: (job) => orThrow<ExhaustChunk>(job),
    ends: (job) => orThrow<Ends>(job),
    compare: (job) => orThrow<CompareChunk>(job),
    change: (job) => orThrow<ShownChange>(job),
    replay: (job) => orThrow<readonly Replayed[]>(job),
    close: () => pool.destroy(),
  };
}

type Ended<T> = { readonly value: T } | { readonly place: HangPlace; readonly sequence: number };
type Run = <T>(job: Job) => Promise<Ended<T>>;

const NOWHERE: HangPlace = {
  during: 'unknown',
  actor: null,
  operation: null,
  function: null,
  claim: null,
  step: null,
  world: {},
  ops: [],
  schedule: [],
};

/** Runs a chunk again and again, each time without one more sequence that hangs, until it ends. */
async function chunkWithoutHangs(run: Run, job: ChunkJob): Promise<ChunkResult> {
  const hangs: Hang[] = [];
  const skip: number[] = [];
  let { sequences } = job;
  for (;;) {
    const ended = await run<ChunkResult>({ ...job, sequences, skip });
    if ('value' in ended) return { ...ended.value, hangs };
    const { place, sequence } = ended;
    if (sequence < 0) throw new BrokenContract(endlessly(job.model, place));
    hangs.push({ ...place, times: 1, foundWith: { run: Math.max(0, job.chunk), sequence, shrinking: null } });
    // The rest is left out together with this one.
    if (hangs.length >= HANGS_MAX) sequences = ended.sequence;
    else skip.push(sequence);
  }
}

/** A failure that cannot be shrunk is shown as it was found, which needs only executions that are known to end. */
async function shrinkOrNot(run: Run, job: ShrinkJob): Promise<Shrunk> {
  const ended = await run<Counterexample>(job);
  if ('value' in ended) return { counterexample: ended.value, hangs: [] };
  const { found, model, stepsMax } = job;
  const { property, kind, chunk, sequence, world, ops, schedule } = found;
  const hangOf = ({ place }: { readonly place: HangPlace }): Hang => {
    return {
      ...place,
      times: 1,
      foundWith: { run: Math.max(0, chunk), sequence, shrinking: { property, kind } },
    };
  };
  const scenario: Scenario = {
    format: FORMAT,
    model,
    ...(Object.keys(world).length === 0 ? {} : { world }),
    ops,
    schedule,
  };
  const recorded = await run<null>({ kind: 'record', model, scenario, stepsMax });
  if (!('value' in recorded)) return { counterexample: null, hangs: [hangOf(ended), hangOf(recorded)] };
  return {
    counterexample: {
      property,
      kind,
      scenario,
      minimal: false,
      foundWith: { ops: ops.length, run: Math.max(0, chunk) },
    },
    hangs: [hangOf(ended)],
  };
}

async function saveOrNot(run: Run, job: SaveJob): Promise<Saved> {
  const ended = await run<string>(job);
  if ('value' in ended) return { path: ended.value, hangs: [] };
  const { property, kind, foundWith } = job.found;
  const { place } = ended;
  const shrinking = { property, kind };
  return {
    path: null,
    hangs: [{ ...place, times: 1, foundWith: { run: foundWith.run, sequence: null, shrinking } }],
  };
}

function endlessly(model: string, { during, actor, operation, function: name, claim }: HangPlace): string {
  const what = [
    operation === null ? null : `${operation} of ${actor}`,
    name === null ? null : `in ${name}`,
    claim === null ? null : `judged by ${claim}`,
  ].filter((one) => one !== null);
  return `${model} does not come back from ${during === 'step' ? 'a step' : during}${what.length === 0 ? '' : ` (${what.join(', ')})`}. A code path yields before it touches anything shared and ends after finitely many yields; mend the model, or the claim.`;
}
