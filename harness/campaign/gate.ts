/** Verdicts on a state held against what is expected of it. */
import type { Expectation, ExpectedVerdict } from '../model/expectation.ts';
import { expectationOn } from '../model/expectation-on.ts';
import { listedId } from '../model/listed-id.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import type { ModelResult, Verdict } from './result.ts';
import { type FoundOn, type Placed, placed } from './standing.ts';

/** Why a verdict is not as expected. */
export type Problem =
  /** Broken, and nobody expected it. */
  | 'unexpected-violation'
  /** Expected to break, and not found to. */
  | 'missing-violation'
  /** Expected to hold or to break, and nothing can be said. */
  | 'nothing-said'
  /** Expected to be inconclusive, and it holds. */
  | 'decided'
  /** As expected, by an expectation whose date has come. */
  | 'expired';

/** One claim on one state. */
export interface GateCell extends Placed {
  readonly property: string;
  readonly expected: ExpectedVerdict;
  readonly found: Verdict['verdict'];
  readonly problem: Problem | null;
  /** What is expected besides that it holds, with its reason. */
  readonly expectation: Expectation | null;
  /** The state that a selection of patches has its expectation from, if it has none of its own. */
  readonly inheritedFrom: string | null;
}

export interface GateRules {
  /** ISO date. */
  readonly today: string;
  /** Whether the search was long enough to ask that claims are decided where they can be. */
  readonly decides: boolean;
}

const NOTHING_FOUND: FoundOn = new Map();

/**
 * The verdicts of a search or of cited facts, each beside what is expected. `run` is what the same run found on other
 * states of the series.
 */
export function gateCells(
  series: Series,
  model: Model,
  { verdicts, facts }: Pick<ModelResult, 'verdicts' | 'facts'>,
  { today, decides }: GateRules,
  run: FoundOn = NOTHING_FOUND,
): GateCell[] {
  // Expectations go by the name that a state is listed under.
  const stateId = listedId(series, model.state.id);
  return [...verdicts, ...facts].map(({ property, verdict: found }): GateCell => {
    const { expectation, inheritedFrom } = expectationOn(series, stateId, property);
    const expected = expectation?.verdict ?? 'holds';
    const expired = expectation?.expires !== undefined && expectation.expires <= today;
    const surprise = problemOf(expected, found);
    // What a selection can decide says nothing of its version.
    const counts =
      surprise === 'nothing-said'
        ? decides
        : surprise === 'decided'
          ? decides && inheritedFrom === null
          : true;
    const problem = (counts ? surprise : null) ?? (expired ? 'expired' : null);
    const place = placed(series, stateId, property, found, run);
    return { property, expected, found, problem, ...place, expectation, inheritedFrom };
  });
}

function problemOf(expected: ExpectedVerdict, found: Verdict['verdict']): Problem | null {
  switch (expected) {
    case 'holds':
      return found === 'violated' ? 'unexpected-violation' : found === 'inconclusive' ? 'nothing-said' : null;
    case 'violated':
      return found === 'violated' ? null : 'missing-violation';
    case 'inconclusive':
      return found === 'violated' ? 'unexpected-violation' : found === 'holds' ? 'decided' : null;
    case 'may be violated':
      return null;
    default:
      return expected satisfies never;
  }
}
