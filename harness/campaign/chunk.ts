import fc from 'fast-check';
import { derive } from '../explore/rng.ts';
import { SearchStrategies, type StrategyName } from '../explore/strategies.ts';
import { type Benches, compileProgram, execute, type Instruments, lockOrderOf } from '../machine/execute.ts';
import type { LockOrderRecord } from '../machine/lock-order.ts';
import type { Machine } from '../machine/machine.ts';
import type { CallObserver } from '../model/instrument.ts';
import type { Model } from '../model/model.ts';
import { type Workload, workloads } from '../scenario/arbitrary.ts';
import type { Found } from './found.ts';
import type { Hang } from './hang.ts';
import type { Coverage } from './result.ts';

/** How a model is searched; together with the model it determines every result. */
export interface SearchOptions {
  readonly seed: number;
  readonly strategy: StrategyName;
  /** Operations a sequence has at most. */
  readonly opsMax: number;
  /** Steps after which an execution is cut off. */
  readonly stepsMax: number;
  /** Ids of the claims to check. */
  readonly properties: readonly string[];
}

/** Sequences in a chunk: the unit of work, of determinism and of interruption, some 20 to 50 ms. */
export const CHUNK_SEQUENCES = 250;
/** Schedules that each operation sequence is run under. */
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
  const generated = fc.sample(workloads(model.series, options.opsMax), { numRuns: sequences, seed });
  const strategies = new SearchStrategies(options.strategy, seed);
  const properties = model.properties.filter(({ id }) => options.properties.includes(id));
  const exercised = properties.map(() => 0);
  const found = new Map<string, { -readonly [K in keyof Found]: Found[K] }>();
  const reached = new Set<string>();
  const sample: Instruments = { calls: reachedFunctions(reached) };
  const returns = new Map<string, Set<number>>();
  const benches: Benches = new Map();
  const schedule = new Uint8Array(options.stepsMax);
  const hashes = new Int32Array(SCHEDULES);
  let executions = 0;
  let distinctSchedules = 0;
  let steps = 0;
  let deadlocks = 0;
  let endlessByDesign = 0;
  let livelocks = 0;
  let stepLimits = 0;

  generated.forEach((workload, sequence) => {
    if (skip.includes(sequence)) return;
    const { world, ops } = workload;
    beat(sequence, workload);
    const program = compileProgram(model, world, ops, benches);
    let length = 0;
    for (let i = 0; i < SCHEDULES; i++) {
      beat(sequence, workload);
      const instruments = i === 0 && sequence % SAMPLE_EVERY === 0 ? sample : undefined;
      const run = execute(program, strategies.next(i, length), options.stepsMax, schedule, instruments);
      const { machine, outcome } = run;
      length = machine.steps;
      executions++;
      steps += machine.steps;
      if (outcome === 'deadlock') {
        if (machine.deadlock?.stuck.some(({ byDesign }) => byDesign) === true) endlessByDesign++;
        else deadlocks++;
      }
      if (outcome === 'livelock') livelocks++;
      if (outcome === 'step-limit') stepLimits++;
      if (isNew(hashes, i, hash(schedule, machine.steps))) distinctSchedules++;
      noteReturns(returns, machine);

      const execution = { machine, outcome, evidence: run.world };
      for (let p = 0; p < properties.length; p++) {
        const property = properties[p]!;
        const happened = property.check(execution, (kind) => {
          const key = `${property.id} ${kind}`;
          const known = found.get(key);
          if (known === undefined) {
            const names = Array.from(schedule.subarray(0, machine.steps), (id) => machine.threads[id]!.name);
            found.set(key, {
              property: property.id,
              kind,
              executions: 1,
              chunk,
              sequence,
              world,
              ops,
              schedule: names,
            });
          } else if (known.lastExecution !== executions) {
            known.executions++;
          }
          found.get(key)!.lastExecution = executions;
        });
        if (happened) exercised[p]!++;
      }
      // With never more than one thread to choose from, every schedule is this one.
      if (machine.choices === 0) break;
    }
  });

  return {
    chunk,
    sequences: sequences - skip.length,
    executions,
    distinctSchedules,
    steps,
    deadlocks,
    endlessByDesign,
    livelocks,
    stepLimits,
    functionsReached: [...reached],
    returns: Object.fromEntries([...returns].map(([op, values]) => [op, [...values]])),
    exercised,
    found: [...found.values()],
    lockOrder: lockOrderOf(benches),
    hangs: [],
  };
}

function reachedFunctions(reached: Set<string>): CallObserver {
  return { enter: (name) => reached.add(name), leave: () => {} };
}

function noteReturns(returns: Map<string, Set<number>>, machine: Machine): void {
  for (const call of machine.returned) {
    let values = returns.get(call.work.name);
    if (values === undefined) {
      values = new Set();
      returns.set(call.work.name, values);
    }
    values.add(call.ret!);
  }
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
