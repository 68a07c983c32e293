import type { CallObserver } from '../model/instrument.ts';
import type { Model, Operation, World, WorldConfig } from '../model/model.ts';
import { LockOrder, type LockOrderRecord, NO_LOCK_ORDER } from './lock-order.ts';
import { Machine, type Observer, type Outcome, type Strategy } from './machine.ts';
import type { AccessLog } from './shared.ts';
import type { Work } from './thread.ts';

/** Operations and world of a scenario, parsed once for many executions. */
export interface Program {
  readonly model: Model;
  readonly settings: unknown;
  /** Actors in order of their names, each with its operations in order. */
  readonly actors: readonly Actor[];
  /** Those of the scenario that the model starts. */
  readonly dormant: readonly Actor[];
  /** Where runs without instruments find the machine and world of the run before. */
  readonly bench: Bench;
}

export interface Actor {
  readonly name: string;
  readonly work: readonly Work[];
}

/** A machine and a world that are reset from run to run: making them anew costs as much as a run. */
export interface Bench {
  readonly settings: unknown;
  /** Of all executions on these benches, also those on machines of their own. */
  readonly lockOrder: LockOrder;
  made: { readonly machine: Machine; readonly world: World; readonly objects: number } | null;
  /** Whose actors the machine has. */
  program: Program | null;
}

/** Benches by world settings, shared by the programs of one search on one model. */
export type Benches = Map<string, Bench>;

export function compileProgram(
  model: Model,
  config: WorldConfig,
  ops: readonly Operation[],
  benches: Benches = new Map(),
): Program {
  const actors = new Map<string, Work[]>();
  ops.forEach((operation, index) => {
    const work = actors.get(operation.actor) ?? [];
    actors.set(operation.actor, work);
    work.push({ operation: index, name: operation.op, argument: model.compile(operation) });
  });
  const bench = benchOf(model, config, benches);
  // By name, not by first mention: who comes first must not depend on how a file lists its operations.
  const all = [...actors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, work]) => ({ name, work }));
  const isDormant = ({ name }: Actor): boolean => model.series.dormant?.(name) === true;
  return {
    model,
    settings: bench.settings,
    actors: all.filter((actor) => !isDormant(actor)),
    dormant: all.filter(isDormant),
    bench,
  };
}

function benchOf(model: Model, config: WorldConfig, benches: Benches): Bench {
  const key = JSON.stringify(config);
  let bench = benches.get(key);
  if (bench === undefined) {
    // One for all worlds: most of what is seen in one was seen in another, and writing it down is what takes time.
    const lockOrder = benches.values().next().value?.lockOrder ?? new LockOrder();
    bench = { settings: model.configure(config), lockOrder, made: null, program: null };
    benches.set(key, bench);
  }
  return bench;
}

/** What all executions on these benches showed of the order of locks. */
export const lockOrderOf = (benches: Benches): LockOrderRecord =>
  benches.values().next().value?.lockOrder.record() ?? NO_LOCK_ORDER;

export interface Run {
  readonly machine: Machine;
  readonly world: World;
  readonly outcome: Outcome;
}

/** Instruments of an execution that is looked at; search has none. */
export interface Instruments {
  /** Made before the world, so that it can hear of the world's functions. */
  observe?(machine: Machine): Observer & CallObserver;
  readonly audit?: AccessLog;
  /** Functions entered, where only those are of interest. */
  readonly calls?: CallObserver;
}

/**
 * Runs a program once under a strategy. `schedule` is scratch space for the thread of each step.
 *
 * Without instruments the machine and world of the run before are reset and used again, so that what the returned
 * run shows is good until the next one of the same program, or of another that shares its bench.
 */
export function execute(
  program: Program,
  strategy: Strategy,
  stepsMax: number,
  schedule: Uint8Array,
  instruments?: Instruments,
): Run {
  if (instruments !== undefined) return executeFresh(program, strategy, stepsMax, schedule, instruments);
  const { bench } = program;
  if (bench.made === null || bench.made.machine.schedule !== schedule) {
    const machine = new Machine(schedule, null, bench.lockOrder);
    const world = program.model.createWorld(machine, program.settings, null);
    bench.made = { machine, world, objects: machine.objects.length };
    bench.program = null;
  }
  const { machine, world, objects } = bench.made;
  const sameActors = bench.program === program;
  machine.reset(objects, sameActors ? program.actors.length : 0);
  world.reset();
  if (!sameActors) addActors(program, machine, world);
  bench.program = program;
  return { machine, world, outcome: machine.run(strategy, world.start, stepsMax) };
}

/** Runs a program once on a machine of its own. */
export function executeFresh(
  program: Program,
  strategy: Strategy,
  stepsMax: number,
  schedule: Uint8Array,
  instruments: Instruments = NONE,
): Run {
  const { machine, world } = build(program, schedule, instruments);
  return { machine, world, outcome: machine.run(strategy, world.start, stepsMax) };
}

function build(
  program: Program,
  schedule: Uint8Array,
  instruments: Instruments,
): { machine: Machine; world: World } {
  const machine = new Machine(schedule, instruments.audit ?? null, program.bench.lockOrder);
  const observer = instruments.observe?.(machine) ?? null;
  machine.observer = observer;
  const world = program.model.createWorld(machine, program.settings, observer ?? instruments.calls ?? null);
  addActors(program, machine, world);
  return { machine, world };
}

function addActors(program: Program, machine: Machine, world: World): void {
  for (const { name, work } of program.actors) machine.addActor(name, world.processOf(name), work);
  machine.setDormant(program.dormant);
}

const NONE: Instruments = {};
