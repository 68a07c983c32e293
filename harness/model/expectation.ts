import type { Source } from './source.ts';

/** What a claim is expected to come to. `may be violated`: either is fine, where nobody can decide. */
export type ExpectedVerdict = 'holds' | 'violated' | 'may be violated' | 'inconclusive';

/**
 * That a claim does not hold on some states, and why. What no expectation names has to hold: a new state starts without
 * any, so that whatever breaks on it is asked about once.
 */
export interface Expectation {
  /** Id of the claim. */
  readonly property: string;
  /** States, or selections of patches: `v1+hp`, `v3:2+3`. */
  readonly states: readonly string[];
  readonly verdict: Exclude<ExpectedVerdict, 'holds'>;
  /** One sentence for whoever wonders whether that is right. */
  readonly reason: string;
  /** Who said so. */
  readonly source: Source;
  /** ISO date from which on it counts as unexpected again: for what is to be mended soon. */
  readonly expires?: string;
}

/** The expectation of a claim on a state; undefined: it has to hold. */
export const expectationOf = (
  expectations: readonly Expectation[],
  stateId: string,
  property: string,
): Expectation | undefined =>
  expectations.find((one) => one.property === property && one.states.includes(stateId));
