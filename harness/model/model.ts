import type { Machine, StartOperation } from '../machine/machine.ts';
import type { Process } from '../machine/process.ts';
import type { Aspect } from './aspect.ts';
import type { Fields, Json, OperationSpec } from './field.ts';
import type { CallObserver } from './instrument.ts';
import type { Hooks } from './mutation.ts';
import type { Origins, Patch } from './patch.ts';
import type { Property } from './property.ts';
import type { SmallWorld } from './small-world.ts';
import type { Source } from './source.ts';
import type { StateVerdict } from './state-claim.ts';

/** One thing that reached the device, in the shape that `exec --json` prints. */
export type DeviceRecord = { readonly actor: string } & { readonly [key: string]: Json };

/** One thing that user space was handed besides what calls return, such as what it read. */
export type SeenRecord = { readonly actor: string; readonly op: string } & { readonly [key: string]: Json };

/** What a series builds for one execution. */
export interface World {
  readonly start: StartOperation;
  /** The process that an actor of this role is a thread of, or null. */
  processOf(actor: string): Process | null;
  /**
   * Back to how construction left it, for the next execution on the same machine. Shared objects are reset already;
   * this is for the world's plain fields. A test compares reused worlds with fresh ones.
   */
  reset(): void;
  /** What reached the device so far, in order. */
  device(): DeviceRecord[];
  /** What user space was handed so far besides what calls returned, in the order of the operations; nothing if absent. */
  seen?(): readonly SeenRecord[];
}

/** An operation as a scenario names it. */
export interface Operation {
  readonly actor: string;
  readonly op: string;
  readonly [field: string]: Json;
}

/** Differences from the series' default world. */
export type WorldConfig = { readonly [field: string]: Json };

/** One state of one series, ready to run. What type of world it has stays between the series and its claims. */
export interface Model {
  /** `zpci-io/v1+hp`. */
  readonly id: string;
  readonly series: SeriesInfo;
  readonly state: StateInfo;
  readonly patches: readonly Patch<unknown>[];
  readonly origins: Origins;
  readonly properties: readonly Property<World>[];
  /** What cited facts say of the state itself. */
  readonly stateVerdicts: readonly StateVerdict[];
  /** Kernel functions that this state has. */
  readonly functions: readonly string[];
  /** Ids of the series' small worlds that mean something on this state. */
  readonly smallWorlds: readonly string[];
  readonly aspects: readonly Aspect<World>[];
  /** What mutations of it could be of, besides what executions show. */
  readonly mutable: MutableFacts;
  /** A world on a kernel with hooks, to see what there is to weaken. */
  createHookedWorld(machine: Machine, settings: unknown, hooks: Hooks): World;
  /** Parses an operation once, so that its many executions do not. */
  compile(operation: Operation): unknown;
  /** Parses a world's settings once, for the same reason. */
  configure(config: WorldConfig): unknown;
  /** `settings` is what `configure` returned. */
  createWorld(machine: Machine, settings: unknown, observer: CallObserver | null): World;
}

export interface MutableFacts {
  /** Boolean facts of the kernel that would weaken it the other way round, dotted: `zdev.relaxedAlign`. */
  readonly booleans: readonly string[];
  /** Entries that the base has in another form. */
  readonly replaced: readonly string[];
}

export interface SeriesInfo {
  readonly name: string;
  readonly title: string;
  /** Where the thread is archived. */
  readonly thread: string;
  /** Files and folders (with a slash at the end) of Linux that its patches touch: what else does may concern it. */
  readonly files?: readonly string[];
  readonly operations: readonly OperationSpec[];
  /** What a scenario may set under `world`; all optional. */
  readonly world: Fields;
  /** Families of scenarios to be explored to the end, besides those made of single operations and pairs. */
  readonly smallWorlds?: readonly SmallWorld[];
  /** What is wrong with settings that are valid field by field, in words for the user; null if nothing. */
  worldProblem?(config: WorldConfig): string | null;
  /** The same of the operations of a scenario file that are valid one by one. Generated ones are not asked. */
  operationsProblem?(ops: readonly Operation[], config: WorldConfig): string | null;
  /** Whether an actor does not exist before the model starts it (`Machine.startActor`), as a fork does its child. */
  dormant?(actor: string): boolean;
}

export interface StateInfo {
  readonly id: string;
  /** Other names that it goes by; neither listed nor matched by globs that match a name of the series. */
  readonly aliases?: readonly string[];
  readonly source: Source;
  /** One or two sentences. */
  readonly about: string;
}
