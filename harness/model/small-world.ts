import type { Json } from './field.ts';
import type { WorldConfig } from './model.ts';

/** An operation without its actor. */
export interface OperationBody {
  readonly op: string;
  readonly [field: string]: Json;
}

/**
 * A family of scenarios that a series wants explored to the end: fixed actors, and for each operation they perform the
 * ones it may be.
 */
export interface SmallWorld {
  /** Kebab case, as one names it on the command line. */
  readonly id: string;
  /** What is covered, in words: `two writers with two requests each, …`. */
  readonly about: string;
  /** Features a kernel must have for it to be of interest there. */
  readonly requires?: readonly string[];
  readonly world?: WorldConfig;
  /** Actors of the same role with the same choices are interchangeable. */
  readonly actors: readonly SmallActor[];
}

export interface SmallActor {
  readonly name: string;
  /** For each operation in turn, its choices. */
  readonly operations: readonly (readonly OperationBody[])[];
}

/** An operation without fields. */
export const only = (op: string): OperationBody => ({ op });

/** `actor('user0', [first, or, other], [second])`. */
export const actor = (name: string, ...operations: SmallActor['operations']): SmallActor => ({
  name,
  operations,
});
