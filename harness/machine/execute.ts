import type { CallObserver } from '../model/instrument.ts';
import type { Model, Operation, World, WorldConfig } from '../model/model.ts';
import { Machine, type Observer, type Outcome, type Strategy } from './machine.ts';
import type { AccessLog } from './shared.ts';
import type { Work } from './thread.ts';

/** Operations and world of a scenario, parsed once for many executions. */
export interface Program {
  readonly model: Model;
  readonly settings: unknown;
  /** Actors in order of their names, each with its operations in order. */
  readonly actors: readonly { readonly name: string; readonly work: readonly Work[] }[];
}

export function compileProgram(model: Model, config: WorldConfig, ops: readonly Operation[]): Program {
  const actors = new Map<string, Work[]>();
  ops.forEach((operation, index) => {
    const work = actors.get(operation.actor) ?? [];
    actors.set(operation.actor, work);
    work.push({ operation: index, name: operation.op, argument: model.compile(operation) });
  });
  return {
    model,
    settings: model.configure(config),
    // By name, not by first mention: who comes first must not depend on how a file lists its operations.
    actors: [...actors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, work]) => ({ name, work })),
  };
}

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

/** Runs a program once under a strategy. `schedule` is scratch space for the thread of each step. */
export function execute(
  program: Program,
  strategy: Strategy,
  stepsMax: number,
  schedule: Uint8Array,
  instruments: Instruments = NONE,
): Run {
  const machine = new Machine(schedule, instruments.audit ?? null);
  const observer = instruments.observe?.(machine) ?? null;
  machine.observer = observer;
  const world = program.model.createWorld(machine, program.settings, observer ?? instruments.calls ?? null);
  for (const { name, work } of program.actors) machine.addActor(name, world.processOf(name), work);
  const outcome = machine.run(strategy, world.start, stepsMax);
  return { machine, world, outcome };
}

const NONE: Instruments = {};
