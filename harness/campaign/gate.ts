/** Verdicts on a state held against what is expected of it. */
import { type Expectation, type ExpectedVerdict, expectationOf } from '../model/expectation.ts';
import { BEFORE_THE_SERIES, lineageOf } from '../model/lineage.ts';
import { listedId } from '../model/listed-id.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import type { ModelResult, Verdict } from './result.ts';

/**
 * What a verdict is beside those of the states before: `new` breaks here for the first time, `still` broke on the state
 * before, `regressed` broke on an earlier one and not on the one before, `pre-existing` broke before the series already,
 * `fixed` holds here and broke on the state before. Null: holds as before.
 */
export type Standing = 'new' | 'still' | 'regressed' | 'pre-existing' | 'fixed' | null;

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
export interface GateCell {
  readonly property: string;
  readonly expected: ExpectedVerdict;
  readonly found: Verdict['verdict'];
  readonly problem: Problem | null;
  readonly standing: Standing;
  /** What is expected besides that it holds, with its reason. */
  readonly expectation: Expectation | null;
}

export interface GateRules {
  /** ISO date. */
  readonly today: string;
  /** Whether the search was long enough to ask that claims are decided where they can be. */
  readonly decides: boolean;
}

/** The verdicts of a search or of cited facts, each beside what is expected. */
export function gateCells(
  series: Series,
  model: Model,
  { verdicts, facts }: Pick<ModelResult, 'verdicts' | 'facts'>,
  { today, decides }: GateRules,
): GateCell[] {
  // Expectations go by the name that a state is listed under.
  const stateId = listedId(series, model.state.id);
  return [...verdicts, ...facts].map(({ property, verdict: found }): GateCell => {
    const expectation = expectationOf(series.expectations, stateId, property) ?? null;
    const expected = expectation?.verdict ?? 'holds';
    const expired = expectation?.expires !== undefined && expectation.expires <= today;
    const surprise = problemOf(expected, found);
    const counts = decides || (surprise !== 'nothing-said' && surprise !== 'decided');
    const problem = (counts ? surprise : null) ?? (expired ? 'expired' : null);
    const standing = standingOf(series, stateId, property, found);
    return { property, expected, found, problem, standing, expectation };
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

/** States before count as what is expected of them: their own verdicts are held against that too. */
function standingOf(series: Series, stateId: string, property: string, found: Verdict['verdict']): Standing {
  if (found === 'inconclusive') return null;
  const lineage = lineageOf(series, stateId);
  const broke = (id: string): boolean =>
    expectationOf(series.expectations, id, property)?.verdict === 'violated';
  const before = lineage.at(-1);
  const brokeBefore = before !== undefined && broke(before);
  if (found === 'holds') return brokeBefore ? 'fixed' : null;
  if (stateId !== BEFORE_THE_SERIES && broke(BEFORE_THE_SERIES)) return 'pre-existing';
  if (brokeBefore) return 'still';
  return lineage.some(broke) ? 'regressed' : 'new';
}
