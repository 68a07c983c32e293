import { describeBound } from '../campaign/exhausted.ts';
import type { Model } from '../model/model.ts';
import { quote } from '../quote.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { UsageError } from './exit.ts';

/** Fields and settings away from typical, for each number of operations; beyond, none. */
const CHANGES: readonly number[] = [2, 2, 1];

/**
 * Growing numbers of operations, then small worlds: all that mean something on this state where `worlds` is null.
 *
 * @throws {@link UsageError} for a small world that is none of the state's.
 */
export function boundsOf(model: Model, opsMax: number, worlds: readonly string[] | null): Bound[] {
  const known = model.smallWorlds;
  const unknown = (worlds ?? []).find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(
      `unknown small world ${quote(unknown)} of ${model.id}; there are: ${known.join(', ') || 'none'}.`,
    );
  }
  return [
    ...Array.from({ length: opsMax + 1 }, (_, ops): Bound => {
      return { kind: 'typical', ops, changes: CHANGES[ops] ?? 0 };
    }),
    ...(worlds ?? known).map((id): Bound => {
      return { kind: 'small world', id };
    }),
  ];
}

/** The bounds by number of operations in words, as `verify` has them. */
export const typicalInWords = ({ series }: Model, bounds: readonly Bound[]): string[] =>
  bounds.filter(({ kind }) => kind === 'typical').map((bound) => describeBound(series, bound));
