import type { Bound } from '../scenario/small-scenarios.ts';
import type { CompareChunk, Differing } from './compare.ts';
import { type Change, OTHER_VALUE } from './difference.ts';

/** Scenarios that differ in the same respects. */
export interface ChangeGroup {
  /** The respects that no smaller scenario shows. */
  readonly changes: readonly Change[];
  /** The same of other operations, and what else comes with it there; each from a scenario of its own. */
  readonly likewise: readonly Change[];
  /** The first of the smallest scenarios, in the order of the bounds. */
  readonly smallest: Differing;
  readonly bound: Bound;
  /** Scenarios that show one of these changes, also beside others. */
  readonly scenarios: number;
  /** Classes that these are of. */
  readonly classes: number;
}

interface Place {
  readonly bound: Bound;
  readonly differing: Differing;
}

interface Group {
  readonly place: Place;
  readonly changes: readonly Change[];
  readonly likewise: Change[];
}

/**
 * What differs, each respect once, with a smallest scenario that shows it. A scenario whose differences consist of what
 * smaller ones show already says nothing new.
 */
export function changeGroups(
  bounds: readonly { bound: Bound; chunks: readonly CompareChunk[] }[],
): ChangeGroup[] {
  const places = bounds
    .flatMap(({ bound, chunks }) =>
      chunks.flatMap(({ differing }) => differing.map((one): Place => ({ bound, differing: one }))),
    )
    .sort((a, b) => sizeOf(a) - sizeOf(b));
  const groups: Group[] = [];
  const shown = new Set<string>();
  // What became of a result, and what came of one, whatever the other was.
  const ends = new Set<string>();
  const show = (place: Place, isMixed: boolean): void => {
    const fresh = place.differing.changes.filter(
      (change) => !isKnown(change, shown) && !(isMixed && isCall(change) && isKnown(change, ends)),
    );
    if (fresh.length === 0) return;
    for (const one of fresh) {
      for (const part of partsOf(one)) shown.add(part);
      for (const end of endsOf(one)) ends.add(end);
    }
    const known = groups.find((group) => isLike(group, place, fresh));
    if (known === undefined) groups.push({ place, changes: fresh, likewise: [] });
    else known.likewise.push(...fresh);
  };
  for (const some of bySize(places)) {
    // Those first in which all is new: where a part of the operations differs already, new and old come mixed, and what
    // a smaller scenario always shows happens under some schedules.
    const isMixed = some.map(({ differing }) => differing.changes.some((change) => isKnown(change, shown)));
    for (const [at, place] of some.entries()) if (!isMixed[at]) show(place, false);
    for (const [at, place] of some.entries()) if (isMixed[at]) show(place, true);
  }
  const partsOfPlaces = places.map(({ differing }) => ({
    differing,
    parts: differing.changes.flatMap(partsOf),
  }));
  return groups.map(({ changes, likewise, place }) => {
    const own = new Set([...changes, ...likewise].flatMap(partsOf));
    const showing = partsOfPlaces.filter(({ parts }) => parts.some((one) => own.has(one)));
    return {
      changes,
      likewise,
      smallest: place.differing,
      bound: place.bound,
      scenarios: showing.length,
      classes: new Set(showing.map(({ differing }) => differing.class)).size,
    };
  });
}

const endsOf = ({ of, before, after }: Change): string[] => [
  ...before.map((one) => `${of}: no more ${one}`),
  ...after.map((one) => `${of}: also ${one}`),
];

const isKnown = ({ parts }: Change, shown: ReadonlySet<string>): boolean =>
  parts.every((some) => some.some((one) => shown.has(one)));

/** By number of operations. */
function bySize(places: readonly Place[]): Place[][] {
  const lengths = [...new Set(places.map(({ differing }) => differing.draft.ops.length))];
  return lengths.map((length) => places.filter(({ differing }) => differing.draft.ops.length === length));
}

const partsOf = ({ parts }: Change): readonly string[] => parts.flat();

/** Fewer operations first, then fewer settings. */
const sizeOf = ({ differing: { draft } }: Place): number =>
  draft.ops.length * 100 + Object.keys(draft.world).length;

/** Whether what is new at this place is what a group shows of other operations, or only follows from it. */
function isLike({ place: first, changes, likewise }: Group, place: Place, fresh: readonly Change[]): boolean {
  // Which address it was, or which length, is one thing.
  if (fresh.every(isOtherValue)) return changes.every(isOtherValue);
  if (fresh.every(isField)) {
    const world = JSON.stringify(place.differing.draft.world);
    return (
      JSON.stringify(first.differing.draft.world) === world &&
      fresh.every((one) => changes.some((other) => isSameField(other, one, world !== '{}')))
    );
  }
  // How often something reaches the device follows from how calls return. That calls hang, or what they do there, does not.
  if (fresh.some((one) => !isCall(one) && one.aspect.kind !== 'device')) return false;
  const known = changes.filter(isCall);
  const calls = fresh.filter(isCall);
  if (calls.length > 0) {
    const world = JSON.stringify(place.differing.draft.world);
    if (JSON.stringify(first.differing.draft.world) !== world) return false;
    return calls.every((call) => known.some((one) => isSameEffect(one, call, world !== '{}')));
  }
  const around = place.differing.changes.filter(isCall);
  if (around.length > 0) {
    const all = [...changes, ...likewise];
    return around.every((call) => all.some((one) => one.text === call.text));
  }
  return known.length === 0 && fresh.every((one) => changes.some((other) => isSameCount(other, one)));
}

const isOtherValue = ({ parts }: Change): boolean =>
  parts.every((some) => some.every((one) => one.endsWith(`: ${OTHER_VALUE}`)));

const isCall = ({ aspect }: Change): boolean => aspect.kind === 'call';

const isField = ({ aspect }: Change): boolean => aspect.kind === 'field';

/** The same field of another kind of access; where settings are what makes it, also all that came of one value, or one of all. */
function isSameField(a: Change, b: Change, ofWorld: boolean): boolean {
  if (a.aspect.kind !== 'field' || b.aspect.kind !== 'field') return false;
  if (a.aspect.at !== b.aspect.at || a.aspect.field !== b.aspect.field) return false;
  if (a.effect === b.effect) return true;
  const isSame = (some: readonly string[], others: readonly string[]): boolean =>
    some.length === 1 && String(some) === String(others);
  return ofWorld && (isSame(a.before, b.before) || isSame(a.after, b.after));
}

/** Where settings are what makes it, as where open fails, also what all results come to or all came from. */
function isSameEffect(a: Change, b: Change, ofWorld: boolean): boolean {
  if (a.effect === b.effect) return true;
  const isSameErrno = (some: readonly string[], others: readonly string[]): boolean =>
    some.length === 1 && some[0]!.startsWith('-') && String(some) === String(others);
  return ofWorld && (isSameErrno(a.after, b.after) || isSameErrno(a.before, b.before));
}

const isSameCount = (a: Change, b: Change): boolean =>
  a.aspect.kind === 'device' && b.aspect.kind === 'device' && String(waysOf(a)) === String(waysOf(b));

const waysOf = ({ of, parts }: Change): string[] => parts.flat().map((one) => one.slice(of.length));
