import type { Bound } from '../scenario/small-scenarios.ts';
import type { CompareChunk, Differing } from './compare.ts';
import type { Change } from './difference.ts';

/** Scenarios that differ in the same respects. */
export interface ChangeGroup {
  /** The respects that no group of smaller scenarios has. */
  readonly changes: readonly Change[];
  /** The first of the smallest scenarios, in the order of the bounds. */
  readonly smallest: Differing;
  readonly bound: Bound;
  /** Scenarios that show one of these changes, also beside others. */
  readonly scenarios: number;
}

interface Place {
  readonly bound: Bound;
  readonly differing: Differing;
}

/**
 * What differs, each respect once, with a smallest scenario that shows it. A scenario in which only respects differ that
 * smaller ones show already says nothing new.
 */
export function changeGroups(
  bounds: readonly { bound: Bound; chunks: readonly CompareChunk[] }[],
): ChangeGroup[] {
  const places = bounds
    .flatMap(({ bound, chunks }) =>
      chunks.flatMap(({ differing }) => differing.map((one): Place => ({ bound, differing: one }))),
    )
    .sort((a, b) => a.differing.draft.ops.length - b.differing.draft.ops.length);
  const groups: { changes: Change[]; texts: Set<string>; place: Place }[] = [];
  const shown = new Set<string>();
  for (const place of places) {
    const fresh = place.differing.changes.filter((change) => !shown.has(change.text));
    if (fresh.length === 0) continue;
    const texts = new Set(fresh.map(({ text }) => text));
    for (const text of texts) shown.add(text);
    groups.push({ changes: fresh, texts, place });
  }
  return groups.map(({ changes, texts, place }) => ({
    changes,
    smallest: place.differing,
    bound: place.bound,
    scenarios: places.filter(({ differing }) => differing.changes.some((one) => texts.has(one.text))).length,
  }));
}
