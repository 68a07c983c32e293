/** What the portfolio does before it samples: stored counterexamples, all small scenarios, a part of the small worlds. */
import { exploreAll } from '../explore/exhaustive.ts';
import { Replay } from '../explore/replay.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../scenario/arbitrary.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import type { ChunkResult, ChunkRun, SearchOptions } from './chunk.ts';
import { NOTHING_COVERED } from './coverage-by.ts';
import { scenariosOf } from './exhaust.ts';
import type { FailureIdentity } from './result.ts';
import { Tally } from './tally.ts';

/** A stored counterexample, as far as it is replayed. */
export interface KnownFailure extends FailureIdentity {
  readonly scenario: Scenario;
}

/** Numbers of the pieces that come before the first generated chunk. */
export const KNOWN_CHUNK = -2;
export const SMALL_CHUNK = -1;

/** Together some seven thousand sequences of a few schedules each, a third of a second. */
const SMALL: readonly Bound[] = [
  { kind: 'typical', ops: 0, changes: 2 },
  { kind: 'typical', ops: 1, changes: 2 },
  { kind: 'typical', ops: 2, changes: 0 },
];
/** One sequence in so many is run once with its function calls observed, for the coverage statement. */
const SAMPLE_EVERY = 8;
/** Schedules of one small scenario; most have a dozen. */
const SCHEDULES_MAX = 1_000;
/** Of each small world so many scenarios, evenly picked, and so many schedules of each: a second or less in all. */
const OF_A_WORLD = 400;
const WORLD_SCHEDULES_MAX = 100;

/** Replays what earlier runs found on the model: a known bug then costs milliseconds. */
export function runKnown(
  model: Model,
  options: SearchOptions,
  known: readonly KnownFailure[],
  { skip = [], beat = () => {} }: ChunkRun = {},
): ChunkResult {
  const tally = new Tally(model, options, KNOWN_CHUNK);
  let reproduced = 0;
  for (const [at, { property, kind, scenario }] of known.entries()) {
    if (skip.includes(at)) continue;
    const workload = { world: scenario.world ?? {}, ops: scenario.ops };
    beat(at, workload);
    const program = compileProgram(model, workload.world, workload.ops, tally.benches);
    const replay = new Replay(scenario.schedule ?? []);
    const run = execute(program, replay, options.stepsMax, tally.schedule, tally.sample);
    // The model has changed since: nothing can be said of this schedule.
    if (run.outcome === 'stale') continue;
    const { machine, outcome, world } = run;
    let shows = false;
    const claim = model.properties.find(({ id }) => id === property);
    claim?.check({ machine, outcome, evidence: world }, (found) => {
      if (found === kind) shows = true;
    });
    if (shows) reproduced++;
    tally.add(run, at, workload);
  }
  const corpus = { entries: known.length, reproduced };
  return tally.result(0, tally.executions, { ...NOTHING_COVERED, corpus });
}

interface Opening {
  readonly workload: Workload;
  readonly schedulesMax: number;
}

/** The small scenarios, then what is picked from the families that the series lists. */
function* openings(model: Model): Generator<Opening> {
  for (const bound of SMALL) {
    for (const workload of scenariosOf(model, bound)) yield { workload, schedulesMax: SCHEDULES_MAX };
  }
  for (const id of model.smallWorlds) {
    const all = scenariosOf(model, { kind: 'small world', id });
    const stride = Math.ceil(all.length / OF_A_WORLD);
    for (let at = 0; at < all.length; at += stride) {
      yield { workload: all[at]!, schedulesMax: WORLD_SCHEDULES_MAX };
    }
  }
}

/** Every scenario that is small enough to be explored in a moment, under all schedules. */
export function runSmall(
  model: Model,
  options: SearchOptions,
  sequences: number,
  { skip = [], beat = () => {} }: ChunkRun = {},
): ChunkResult {
  const { stepsMax, openingEvery = 1 } = options;
  const tally = new Tally(model, options, SMALL_CHUNK);
  let at = -1;
  let explorations = 0;
  let complete = 0;
  for (const { workload, schedulesMax } of openings(model)) {
    if (++at === sequences) break;
    if (at % openingEvery !== 0 || skip.includes(at)) continue;
    beat(at, workload);
    const program = compileProgram(model, workload.world, workload.ops, tally.benches);
    if (explorations % SAMPLE_EVERY === 0) {
      execute(program, new Replay([]), stepsMax, tally.schedule, tally.sample);
    }
    const all = { stepsMax, schedulesMax, preemptionsMax: null, count: false };
    const explored = exploreAll(program, tally.schedule, all, (run) => {
      beat(at, workload);
      tally.add(run, at, workload);
    });
    explorations++;
    if (explored.complete) complete++;
  }
  const exhaustive = { sequences: explorations, complete, schedules: tally.executions };
  return tally.result(0, tally.executions, { ...NOTHING_COVERED, exhaustive });
}
