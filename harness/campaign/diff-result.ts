import { isDeepStrictEqual } from 'node:util';
import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { ClassCount, CompareChunk } from './compare.ts';
import type { Marker } from './difference.ts';

/** A patch of two states as `git range-diff` pairs them. */
export interface PatchPair {
  /** `=` the same effect on the kernel, `!` another, `<` only of the first state, `>` only of the second. */
  readonly marker: Marker;
  readonly first: Patch<unknown> | null;
  readonly second: Patch<unknown> | null;
}

/**
 * In the order of the second state; what only the first has comes before the patch that it precedes there. Patches are
 * paired by subject, then where at least half of what they change of the kernel is the same.
 */
export function pairPatches(a: Model, b: Model, base: object): PatchPair[] {
  const [inA, inB] = [effectsOf(a, base), effectsOf(b, base)];
  const firstOf = new Map<Patch<unknown>, Patch<unknown>>();
  const rest = [...a.patches];
  const pairBy = (isLike: (first: Patch<unknown>, second: Patch<unknown>) => boolean): void => {
    for (const second of b.patches) {
      if (firstOf.has(second)) continue;
      const at = rest.findIndex((one) => isLike(one, second));
      if (at >= 0) firstOf.set(second, rest.splice(at, 1)[0]!);
    }
  };
  pairBy((first, second) => first === second);
  pairBy((first, second) => subjectOf(first) === subjectOf(second));
  pairBy((first, second) => {
    const [one, other] = [[...inA.get(first)!.keys()], [...inB.get(second)!.keys()]];
    const both = one.filter((name) => other.includes(name)).length;
    return both > 0 && 2 * both >= one.length + other.length - both;
  });
  const markerOf = (first: Patch<unknown> | null, second: Patch<unknown>): Marker => {
    if (first === null) return '>';
    return first === second || isSameEffect(inA.get(first)!, inB.get(second)!) ? '=' : '!';
  };
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
    pairs.push({ marker: markerOf(first, second), first, second });
  }
  showOnlyFirst();
  return pairs;
}

/** `[PATCH v3 2/4] Dial: refuse 5` and `dial: Refuse 5` are one subject. */
function subjectOf({ subject }: Patch<unknown>): string {
  return subject
    .replace(/^(\s*\[[^\]]*\])+/, '')
    .trim()
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

type Effect = ReadonlyMap<string, unknown>;

/** What of the kernel each patch of a state changes, and to what. */
function effectsOf({ patches }: Model, base: object): Map<Patch<unknown>, Effect> {
  const effects = new Map<Patch<unknown>, Effect>();
  let before = base as Record<string, unknown>;
  for (const patch of patches) {
    const after = patch.apply(before) as Record<string, unknown>;
    const changed = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(value, before[name]));
    effects.set(patch, new Map(changed));
    before = after;
  }
  return effects;
}

/** The same code paths and facts. A function that a patch makes anew each time is never the same. */
const isSameEffect = (a: Effect, b: Effect): boolean =>
  a.size === b.size && [...a].every(([name, value]) => b.has(name) && isDeepStrictEqual(b.get(name), value));

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
            partly: known.partly + one.partly,
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
