import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { ClassCount, CompareChunk } from './compare.ts';
import type { Marker } from './difference.ts';

/** A patch of two states as `git range-diff` pairs them. */
export interface PatchPair {
  /** `=` the same patch, `!` another of the same subject, `<` only of the first state, `>` only of the second. */
  readonly marker: Marker;
  readonly first: Patch<unknown> | null;
  readonly second: Patch<unknown> | null;
}

/** In the order of the second state; what only the first has comes before the patch that it precedes there. */
export function pairPatches(a: Model, b: Model): PatchPair[] {
  const firstOf = new Map<Patch<unknown>, Patch<unknown>>();
  const rest = [...a.patches];
  for (const second of b.patches) {
    const at = rest.findIndex((one) => one === second || one.subject === second.subject);
    if (at >= 0) firstOf.set(second, rest.splice(at, 1)[0]!);
  }
  const pairs: PatchPair[] = [];
  const isShown = new Set<Patch<unknown>>();
  const showOnlyFirst = (): void => {
    for (const first of a.patches) {
      if (isShown.has(first)) continue;
      if (!rest.includes(first)) return;
      isShown.add(first);
      pairs.push({ marker: '<', first, second: null });
    }
  };
  for (const second of b.patches) {
    showOnlyFirst();
    const first = firstOf.get(second) ?? null;
    if (first !== null) isShown.add(first);
    pairs.push({ marker: first === null ? '>' : first === second ? '=' : '!', first, second });
  }
  showOnlyFirst();
  return pairs;
}

/** All scenarios of a class together. */
export interface ComparedClass extends ClassCount {
  readonly marker: Marker;
}

/** Counts of the same class over all pieces: few operations first, then by name. */
export function mergeClasses(chunks: readonly CompareChunk[]): ComparedClass[] {
  const merged = new Map<string, ClassCount>();
  for (const one of chunks.flatMap(({ classes }) => classes)) {
    const known = merged.get(one.name);
    merged.set(
      one.name,
      known === undefined
        ? one
        : {
            name: one.name,
            same: known.same + one.same,
            changed: known.changed + one.changed,
            onlyFirst: known.onlyFirst + one.onlyFirst,
            onlySecond: known.onlySecond + one.onlySecond,
            unknown: known.unknown + one.unknown,
          },
    );
  }
  return [...merged.values()]
    .sort((a, b) => compare(sizeOf(a), sizeOf(b)) || compare(a.name, b.name))
    .map((one) => ({ ...one, marker: markerOf(one) }));
}

const compare = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

const sizeOf = ({ name }: ClassCount): number =>
  name.startsWith('small world ') ? Number.POSITIVE_INFINITY : name.split(/[;|]/).length;

function markerOf({ changed, onlyFirst, onlySecond }: ClassCount): Marker {
  if (changed > 0 || (onlyFirst > 0 && onlySecond > 0)) return '!';
  return onlyFirst > 0 ? '<' : onlySecond > 0 ? '>' : '=';
}
