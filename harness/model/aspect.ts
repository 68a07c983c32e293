/**
 * One thing by which a series tells apart the situations that an operation can begin in. One value of each of its aspects
 * is an abstract state of a world: what coverage counts operations by.
 */
export interface Aspect<in W> {
  /** All there are, in words that need no name of the aspect beside them: `memory disabled`. */
  readonly values: readonly string[];
  /** One of `values`. Looks between two steps, and changes nothing. */
  of(world: W): string;
}
