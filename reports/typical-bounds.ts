import { describeBound } from '../harness/campaign/exhausted.ts';
import type { SeriesInfo } from '../harness/model/model.ts';
import type { Bound } from '../harness/scenario/small-scenarios.ts';
import { type Line, span } from './page.ts';
import { wrap } from './wrap.ts';

/** Bounds by their numbers of operations, in words as `verify` has them, and small worlds in a line of their own. */
export function boundLines(
  series: SeriesInfo,
  bounds: readonly Bound[],
  worlds: string | null,
  width: number,
): Line[] {
  const typical = bounds.filter(({ kind }) => kind === 'typical').map((one) => describeBound(series, one));
  return [...typical, ...(worlds === null ? [] : [worlds])].flatMap((text) =>
    wrap(text, width - 2, 2).map((line) => [span(`  ${line}`)]),
  );
}
