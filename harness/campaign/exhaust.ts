import { exploreAll } from '../explore/exhaustive.ts';
import { type Benches, compileProgram, lockOrderOf } from '../machine/execute.ts';
import type { LockOrderRecord } from '../machine/lock-order.ts';
import type { Model } from '../model/model.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Bound, type SmallScenario, smallScenarios } from '../scenario/small-scenarios.ts';
import type { FailureIdentity } from './result.ts';
import { Shortest } from './shortest.ts';

/** How exhaustively a model is explored; with the model and the bound it determines every result. */
export interface ExhaustOptions {
  /** Steps after which an execution is cut off. */
  readonly stepsMax: number;
  /** Schedules after which one operation sequence is given up. */
  readonly schedulesMax: number;
  /** Only schedules with at most so many preemptions; null for all. */
  readonly preemptionsMax: number | null;
  /** Ids of the claims to check. */
  readonly properties: readonly string[];
}

/** Operation sequences in a chunk: the unit of work, of determinism and of interruption. */
export const EXHAUST_CHUNK = 100;

/** Sequences with too many schedules after which the rest of a bound is left out: there will be more of them. */
export const GIVE_UP_AFTER = 10;

/** What one chunk of a bound saw; plain data, so that a worker can send it. */
export interface ExhaustChunk {
  /** Operation sequences. */
  readonly scenarios: number;
  readonly schedules: number;
  readonly pruned: number;
  readonly steps: number;
  /** Schedules that were cut off at the step limit. */
  readonly stepLimits: number;
  readonly livelocks: number;
  /** Sequences that were given up. */
  readonly incomplete: number;
  /** Most schedules that one sequence took. */
  readonly largest: number;
  /** Schedules without reduction, in decimal, of the sequences for which they were counted. */
  readonly unreduced: string;
  readonly counted: number;
  /** Schedules that ended in a deadlock which is somebody's fault. */
  readonly deadlocks: number;
  /** Schedules that ended in a wait for which the kernel promises no end. */
  readonly endlessByDesign: number;
  /** Schedules in which each claim's precondition happened, in the order of `properties`. */
  readonly exercised: readonly number[];
  readonly found: readonly ExhaustFound[];
  readonly lockOrder: LockOrderRecord;
}

/** A broken claim, and the shortest scenario of the chunk that breaks it. */
export interface ExhaustFound extends FailureIdentity {
  readonly schedules: number;
  readonly scenarios: number;
  /** Null where a shorter one is known already. */
  readonly shortest: ShortestScenario | null;
  /** False where some scenario was not searched to the end for a shorter schedule. */
  readonly settled: boolean;
}

export interface ShortestScenario {
  readonly scenario: Scenario;
  /** Context switches; what it is compared by after its operations. */
  readonly switches: number;
  /** Whether no schedule of these operations has fewer switches. */
  readonly exact: boolean;
  /** Fields and settings away from typical. */
  readonly changes: number;
  /** Its place in the bound, to break ties. */
  readonly index: number;
}

/** Smaller is shorter: fewest context switches, then the most usual values, then the first. */
export function isShorter(a: ShortestScenario, b: ShortestScenario): boolean {
  return a.switches - b.switches < 0 || (a.switches === b.switches && isMoreUsual(a, b));
}

const isMoreUsual = (a: ShortestScenario, b: ShortestScenario): boolean =>
  a.changes < b.changes || (a.changes === b.changes && a.index < b.index);

/**
 * Explores the scenarios `from` to `to` of a bound, each under all schedules. `known` names failures for which a
 * scenario with fewer operations was found before.
 */
export function exhaustChunk(
  model: Model,
  bound: Bound,
  options: ExhaustOptions,
  from: number,
  to: number,
  known: readonly string[],
  giveUpAfter = GIVE_UP_AFTER,
): ExhaustChunk {
  const scenarios = scenariosOf(model, bound).slice(from, to);
  const properties = model.properties.filter(({ id }) => options.properties.includes(id));
  const exercised = properties.map(() => 0);
  const found = new Map<string, { -readonly [K in keyof ExhaustFound]: ExhaustFound[K] }>();
  const benches: Benches = new Map();
  const buffer = new Uint8Array(options.stepsMax);
  const shortest = new Shortest(model, options.stepsMax);
  let schedules = 0;
  let pruned = 0;
  let steps = 0;
  let stepLimits = 0;
  let livelocks = 0;
  let incomplete = 0;
  let largest = 0;
  let unreduced = 0n;
  let counted = 0;
  let deadlocks = 0;
  let endlessByDesign = 0;

  let explored = 0;
  for (const [at, scenario] of scenarios.entries()) {
    if (incomplete >= giveUpAfter) break;
    explored++;
    const program = compileProgram(model, scenario.world, scenario.ops, benches);
    const broken = new Map<
      string,
      { property: (typeof properties)[number]; kind: string; schedule: string[] }
    >();
    const all = exploreAll(program, buffer, options, ({ machine, world, outcome }) => {
      if (outcome === 'deadlock') {
        if (machine.waitsByDesign) endlessByDesign++;
        else deadlocks++;
      }
      const execution = { machine, outcome, evidence: world };
      const seen = new Set<string>();
      for (let p = 0; p < properties.length; p++) {
        const property = properties[p]!;
        const happened = property.check(execution, (kind) => {
          const key = `${property.id} ${kind}`;
          if (seen.has(key)) return;
          seen.add(key);
          const one = found.get(key) ?? {
            property: property.id,
            kind,
            schedules: 0,
            scenarios: 0,
            shortest: null,
            settled: true,
          };
          found.set(key, one);
          one.schedules++;
          if (broken.has(key)) return;
          one.scenarios++;
          broken.set(key, { property, kind, schedule: machine.takers() });
        });
        if (happened) exercised[p]!++;
      }
    });
    schedules += all.schedules;
    pruned += all.pruned;
    steps += all.steps;
    stepLimits += all.stepLimits;
    livelocks += all.livelocks;
    if (!all.complete) incomplete++;
    largest = Math.max(largest, all.schedules);
    if (all.unreduced !== null) {
      unreduced += all.unreduced;
      counted++;
    }
    for (const [key, { property, kind, schedule }] of broken) {
      if (known.includes(key)) continue;
      const one = found.get(key)!;
      const candidate = shortest.of(scenario, from + at, { property, kind }, schedule, one.shortest);
      if (candidate !== null) one.shortest = candidate;
      if (shortest.gaveUp) one.settled = false;
    }
  }

  return {
    scenarios: explored,
    schedules,
    pruned,
    steps,
    stepLimits,
    livelocks,
    incomplete,
    largest,
    unreduced: String(unreduced),
    counted,
    deadlocks,
    endlessByDesign,
    exercised,
    found: [...found.values()],
    lockOrder: lockOrderOf(benches),
  };
}

/** The list of a bound is asked for once for each of its chunks. */
const lists = new WeakMap<Model['series'], Map<string, readonly SmallScenario[]>>();

export function scenariosOf({ series }: Model, bound: Bound): readonly SmallScenario[] {
  const known = lists.get(series) ?? new Map<string, readonly SmallScenario[]>();
  lists.set(series, known);
  const key = JSON.stringify(bound);
  const list = known.get(key) ?? smallScenarios(series, bound);
  known.set(key, list);
  return list;
}
