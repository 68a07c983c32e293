/** Where a verdict stands beside those of the states before. */
import { expectationOf } from '../model/expectation.ts';
import { BEFORE_THE_SERIES, lineageOf } from '../model/lineage.ts';
import type { Series } from '../model/series.ts';
import type { Verdict } from './result.ts';

/**
 * `new` breaks here for the first time, `still` broke on the state before, `regressed` broke on an earlier one and not on
 * the one before, `pre-existing` broke before the series already, `fixed` holds here and broke on the state before. Null:
 * holds as before, or nothing can be said.
 */
export type Standing = 'new' | 'still' | 'regressed' | 'pre-existing' | 'fixed' | null;

/** A state before, and how it is known whether it breaks the claim. */
export interface Beside {
  readonly state: string;
  readonly broken: boolean;
  /**
   * `found`: this run searched it. `expected`: it did not, or could not say. `undecided`: it did not, and either would be
   * as expected. `not applicable`: the claim does not apply there.
   */
  readonly by: 'found' | 'expected' | 'undecided' | 'not applicable';
}

/** What one run found: verdicts by claim, by state. */
export type FoundOn = ReadonlyMap<string, ReadonlyMap<string, Verdict['verdict']>>;

export interface Placed {
  readonly standing: Standing;
  /** The states that decide it, earliest first. */
  readonly beside: readonly Beside[];
}

const NOWHERE: Placed = { standing: null, beside: [] };

/** What this run found on the states before counts first, then what is expected of them. */
export function placed(
  series: Series,
  stateId: string,
  property: string,
  found: Verdict['verdict'],
  run: FoundOn,
): Placed {
  if (found === 'inconclusive') return NOWHERE;
  const lineage = lineageOf(series, stateId).map((id) => besideOf(series, id, property, run));
  const before = lineage.at(-1);
  if (found === 'holds') return before?.broken === true ? { standing: 'fixed', beside: [before] } : NOWHERE;
  const first = lineage.find(({ state }) => state === BEFORE_THE_SERIES);
  if (first?.broken === true) return { standing: 'pre-existing', beside: [first] };
  if (before === undefined) return { standing: 'new', beside: [] };
  if (before.broken) return { standing: 'still', beside: [before] };
  const earlier = lineage.findLast(({ broken }) => broken);
  return earlier === undefined
    ? { standing: 'new', beside: lineage }
    : { standing: 'regressed', beside: [earlier, before] };
}

function besideOf(series: Series, state: string, property: string, run: FoundOn): Beside {
  const found = run.get(state)?.get(property);
  if (found !== undefined && found !== 'inconclusive')
    return { state, broken: found === 'violated', by: 'found' };
  const verdict = expectationOf(series.expectations, state, property)?.verdict;
  switch (verdict) {
    case 'violated':
      return { state, broken: true, by: 'expected' };
    case 'may be violated':
    case 'inconclusive':
      return { state, broken: false, by: 'undecided' };
    case undefined:
      return {
        state,
        broken: false,
        by: claimsOf(series, state).has(property) ? 'expected' : 'not applicable',
      };
    default:
      return verdict satisfies never;
  }
}

const CLAIMS = new WeakMap<Series, Map<string, ReadonlySet<string>>>();

/** Claims that apply to a state. Kept: a state is built anew each time it is asked for. */
function claimsOf(series: Series, stateId: string): ReadonlySet<string> {
  const known = CLAIMS.get(series) ?? new Map<string, ReadonlySet<string>>();
  CLAIMS.set(series, known);
  const claims = known.get(stateId);
  if (claims !== undefined) return claims;
  const model = series.model(stateId);
  const made = new Set([
    ...(model?.properties ?? []).map(({ id }) => id),
    ...(model?.stateVerdicts ?? []).map(({ property }) => property),
  ]);
  known.set(stateId, made);
  return made;
}
