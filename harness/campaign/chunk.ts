import fc from 'fast-check';
import { exploreAll } from '../explore/exhaustive.ts';
import { Pct } from '../explore/pct.ts';
import { Replay } from '../explore/replay.ts';
import { derive } from '../explore/rng.ts';
import { PCT_DEPTH, SearchStrategies, type StrategyName } from '../explore/strategies.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { LockOrderRecord } from '../machine/lock-order.ts';
import type { Model } from '../model/model.ts';
import { searchWorkloads, type Workload } from '../scenario/arbitrary.ts';
import { NOTHING_COVERED } from './coverage-by.ts';
import type { Found } from './found.ts';
import type { Hang } from './hang.ts';
import type { Coverage, CoverageBy } from './result.ts';
import { Tally } from './tally.ts';

/** How a model is searched; together with the model it determines every result. */
export interface SearchOptions {
  readonly seed: number;
  readonly strategy: StrategyName;
  /** Operations a sequence has at most. */
  readonly opsMax: number;
  /** Steps after which an execution is cut off. */
  readonly stepsMax: number;
  /** Schedules after which the exhaustive strategy goes on to the next sequence; what it leaves out is told. */
  readonly schedulesMax: number;
  /** Ids of the claims to check. */
  readonly properties: readonly string[];
  /** Of the portfolio's opening, one scenario in so many; all where left out. */
  readonly openingEvery?: number;
}

export { CHUNK_SEQUENCES } from './chunk-size.ts';

/** Schedules that each operation sequence is run under by strategies that sample. */
export const SCHEDULES = 16;
/** One sequence in so many is run with its function calls observed, for the coverage statement. */
const SAMPLE_EVERY = 8;

/** What one chunk saw; plain data, so that a worker can send it. */
export interface ChunkResult extends Omit<Coverage, 'functions' | 'functionsNeverReached'> {
  readonly chunk: number;
  readonly functionsReached: readonly string[];
  /** Executions in which each claim's precondition happened, in the order of `properties`. */
  readonly exercised: readonly number[];
  readonly found: readonly Found[];
  readonly lockOrder: LockOrderRecord;
  /** Sequences that did not end: found by whoever waited for them, and left out here. */
  readonly hangs: readonly Hang[];
}

/** How a chunk is run, as far as that is no part of what it is. */
export interface ChunkRun {
  /** Sequences to leave out, since they do not end. */
  readonly skip?: readonly number[];
  /** Called before a sequence is prepared and before each of its executions: the last that is heard if it hangs. */
  beat?(sequence: number, workload: Workload): void;
}

/** Runs the `chunk`-th piece of a search: depends on nothing but its arguments. */
export function runChunk(
  model: Model,
  options: SearchOptions,
  chunk: number,
  sequences: number,
  { skip = [], beat = () => {} }: ChunkRun = {},
): ChunkResult {
  const seed = derive(options.seed, chunk);
  const generated = fc.sample(searchWorkloads(model, options.opsMax), { numRuns: sequences, seed });
  const tally = new Tally(model, options, chunk);
  const kept = generated.flatMap((workload, sequence) =>
    skip.includes(sequence) ? [] : [{ workload, sequence }],
  );
  const search = options.strategy === 'exhaustive' ? searchExhaustively : searchSampling;
  const { distinctSchedules, by } = search(model, options, seed, kept, tally, beat);
  return tally.result(kept.length, distinctSchedules, by);
}

interface Sequence {
  readonly workload: Workload;
  /** Its place in the chunk. */
  readonly sequence: number;
}

/** What the tally cannot know. */
interface Searched {
  readonly distinctSchedules: number;
  readonly by: CoverageBy;
}

type Beat = NonNullable<ChunkRun['beat']>;

/** Every sequence under all its schedules, up to a limit. */
function searchExhaustively(
  model: Model,
  { stepsMax, schedulesMax }: SearchOptions,
  _seed: number,
  sequences: readonly Sequence[],
  tally: Tally,
  beat: Beat,
): Searched {
  let complete = 0;
  for (const { workload, sequence } of sequences) {
    beat(sequence, workload);
    const program = compileProgram(model, workload.world, workload.ops, tally.benches);
    if (sequence % SAMPLE_EVERY === 0) {
      execute(program, new Replay([]), stepsMax, tally.schedule, tally.sample);
    }
    const options = { stepsMax, schedulesMax, preemptionsMax: null, count: false };
    const explored = exploreAll(program, tally.schedule, options, (run) => {
      beat(sequence, workload);
      tally.add(run, sequence, workload);
    });
    if (explored.complete) complete++;
  }
  const { executions: schedules } = tally;
  const exhaustive = { sequences: sequences.length, complete, schedules };
  return { distinctSchedules: schedules, by: { ...NOTHING_COVERED, exhaustive } };
}

/** Every sequence under a few schedules, by chance or PCT. */
function searchSampling(
  model: Model,
  { strategy, stepsMax }: SearchOptions,
  seed: number,
  sequences: readonly Sequence[],
  tally: Tally,
  beat: Beat,
): Searched {
  const strategies = new SearchStrategies(strategy === 'exhaustive' ? 'portfolio' : strategy, seed);
  const hashes = new Int32Array(SCHEDULES);
  let distinctSchedules = 0;
  const random = { executions: 0 };
  const pct = { executions: 0, threads: 0, steps: 0, depth: PCT_DEPTH };
  for (const { workload, sequence } of sequences) {
    beat(sequence, workload);
    const program = compileProgram(model, workload.world, workload.ops, tally.benches);
    let length = 0;
    for (let i = 0; i < SCHEDULES; i++) {
      beat(sequence, workload);
      const instruments = i === 0 && sequence % SAMPLE_EVERY === 0 ? tally.sample : undefined;
      const chosen = strategies.next(i, length);
      const run = execute(program, chosen, stepsMax, tally.schedule, instruments);
      const { machine } = run;
      length = machine.steps;
      if (isNew(hashes, i, hash(tally.schedule, length))) distinctSchedules++;
      if (chosen instanceof Pct) {
        pct.executions++;
        pct.threads = Math.max(pct.threads, machine.threads.length);
        pct.steps = Math.max(pct.steps, length);
      } else random.executions++;
      tally.add(run, sequence, workload);
      // With never more than one thread to choose from, every schedule is this one.
      if (machine.choices === 0) break;
    }
  }
  return { distinctSchedules, by: { ...NOTHING_COVERED, random, pct } };
}

/** Identifies a schedule among those of one sequence; a collision costs one in the count of distinct ones. */
function hash(schedule: Uint8Array, steps: number): number {
  let h = steps;
  for (let i = 0; i < steps; i++) h = (Math.imul(h, 31) + schedule[i]! + 1) | 0;
  return h;
}

function isNew(hashes: Int32Array, count: number, value: number): boolean {
  hashes[count] = value;
  return hashes.indexOf(value) === count;
}
