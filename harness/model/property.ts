import type { Machine, Outcome } from '../machine/machine.ts';
import type { Source } from './source.ts';

/** One execution that has ended, with what the series' world kept of it. */
export interface Execution<E> {
  readonly machine: Machine;
  readonly outcome: Outcome;
  readonly evidence: E;
}

/** What a claim expected and what happened, as lines of a diff. */
export interface Finding {
  /** One or two sentences with the values of this execution. */
  readonly message: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/**
 * Called by a check for each way its claim is broken. `kind` names the failure without generated values, so that it
 * stays the same while a scenario shrinks; `finding` is only called for the one execution that is shown.
 */
export type Report = (kind: string, step: number, finding: () => Finding) => void;

/** A claim about every execution of a state. */
export interface Property<E> {
  /** Stable id in kebab case, in the indicative: `request-executes-as-validated`. */
  readonly id: string;
  /** The sentence a report prints. */
  readonly claim: string;
  /** Where the claim comes from. */
  readonly source: Source & { readonly invariant?: string };
  /** Features a kernel must have for the claim to mean anything there. */
  readonly requires?: readonly string[];
  /**
   * Set where the claim is that something happens in the end. It is about executions in which every thread that can
   * run keeps getting its turn: one that goes round for ever has outcome `livelock`, and one that the step limit cut
   * off says nothing, so that a search with such executions cannot say that the claim holds.
   */
  readonly liveness?: true;
  /**
   * Judges one execution. Returns whether the claim's precondition happened: a claim that was never exercised is
   * inconclusive, not held. Must not change anything and must not allocate where nothing is broken.
   */
  check(execution: Execution<E>, report: Report): boolean;
}
