import { type Expectation, expectationOf } from './expectation.ts';
import { BEFORE_THE_SERIES } from './lineage.ts';
import { listedId } from './listed-id.ts';
import type { Series } from './series.ts';

/** What is expected of a claim on a state, besides that it holds. */
export interface ExpectationOn {
  /** Null: it has to hold. */
  readonly expectation: Expectation | null;
  /** The state that has the expectation, where that is another. */
  readonly inheritedFrom: string | null;
}

/**
 * A selection of patches that no expectation names was thought about by nobody: what was broken before the series, or what
 * its version breaks, it may break as well. One that is named has to hold the rest, as any state.
 */
export function expectationOn(
  series: Pick<Series, 'expectations' | 'states'>,
  stateId: string,
  property: string,
): ExpectationOn {
  const { expectations } = series;
  const own = expectationOf(expectations, stateId, property);
  if (own !== undefined) return { expectation: own, inheritedFrom: null };
  const isNamed = !stateId.includes(':') || expectations.some(({ states }) => states.includes(stateId));
  const version = listedId(series, stateId.split(':', 1)[0]!);
  const found = (isNamed ? [] : [BEFORE_THE_SERIES, version])
    .flatMap((from) => {
      const one = expectationOf(expectations, from, property);
      return one === undefined ? [] : [{ from, one }];
    })
    .toSorted((a, b) => Number(a.one.verdict === 'inconclusive') - Number(b.one.verdict === 'inconclusive'));
  const [first] = found;
  if (first === undefined) return { expectation: null, inheritedFrom: null };
  // The date is that of another state, which is asked about by itself.
  const { expires: _, ...one } = first.one;
  const verdict = one.verdict === 'inconclusive' ? one.verdict : 'may be violated';
  return { expectation: { ...one, verdict }, inheritedFrom: first.from };
}
