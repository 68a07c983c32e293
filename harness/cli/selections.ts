/** Which patches of a version are applied, in which order. */

import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Series } from '../model/series.ts';
import { PatchesDoNotApply } from '../model/series.ts';
import { quote } from '../quote.ts';
import { UsageError } from './exit.ts';

export type Ways = 'prefixes' | 'subsets' | 'orders';

/** States beyond which a matrix takes too long to make and to read. */
const STATES_MAX = 130;

/** Lists of patch numbers, the empty one first and the whole version last. @throws {@link UsageError} for too many. */
export function selectionsOf(version: string, count: number, ways: Ways): number[][] {
  const all = Array.from({ length: count }, (_, at) => at + 1);
  switch (ways) {
    case 'prefixes':
      return [[], ...all.map((_, at) => all.slice(0, at + 1))];
    case 'subsets': {
      checkNumber(version, 2 ** count, '--subsets');
      const subsets = Array.from({ length: 2 ** count }, (_, bits) =>
        all.filter((_, at) => bits & (1 << at)),
      );
      return subsets.sort((a, b) => a.length - b.length || compare(a, b));
    }
    case 'orders': {
      checkNumber(version, orderedSelections(count), '--orders');
      return ordered(all).sort((a, b) => a.length - b.length || compare(a, b));
    }
    default:
      return ways satisfies never;
  }
}

/** Every order of every subset: the states on the way through any order of the whole. */
function ordered(all: readonly number[]): number[][] {
  const extend = (picked: readonly number[]): number[][] => [
    [...picked],
    ...all.filter((one) => !picked.includes(one)).flatMap((one) => extend([...picked, one])),
  ];
  return extend([]);
}

const orderedSelections = (count: number): number =>
  count === 0 ? 1 : 1 + count * orderedSelections(count - 1);

function checkNumber(version: string, states: number, flag: string): void {
  if (states <= STATES_MAX) return;
  throw new UsageError(
    `${flag} of ${version} would be ${states} states, and at most ${STATES_MAX} are looked at; name selections of interest with \`zpci-fuzz verify ${version}:1+3\`.`,
  );
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((one, index) => one !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** A version with its numbered patches. */
export interface Version {
  readonly series: Series;
  readonly id: string;
  readonly patches: readonly Patch<unknown>[];
}

/** @throws {@link UsageError} for a state of which no patches can be picked. */
export function versionOf(series: readonly Series[], model: Model): Version {
  const own = series.find(({ name }) => name === model.series.name)!;
  const { id } = model.state;
  const patches = own.numberedPatches(id);
  if (patches.length > 0) return { series: own, id, patches };
  const versions = own.states
    .filter((one) => own.numberedPatches(one.id).length > 0)
    .map((one) => `${own.name}/${one.id}`);
  throw new UsageError(
    `${quote(model.id)} is no version with numbered patches to go through; bisect takes one of ${versions.join(', ')}.`,
  );
}

/** The state of a selection; the whole version goes by its own name. */
export function selectionState(
  { series, id, patches }: Version,
  selection: readonly number[],
): { readonly id: string; readonly model: Model | null; readonly problem: string | null } {
  const isWhole = selection.length === patches.length && selection.every((one, at) => one === at + 1);
  const stateId = isWhole ? id : `${id}:${selection.length === 0 ? '0' : selection.join('+')}`;
  try {
    return { id: stateId, model: series.model(stateId), problem: null };
  } catch (error) {
    if (error instanceof PatchesDoNotApply) return { id: stateId, model: null, problem: error.message };
    throw error;
  }
}
