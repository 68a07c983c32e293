/** What the states between a series' first patch and its last break: a matrix of states and claims. */
import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';

/** `proved` and `searched` both found nothing, within bounds that were explored to the end or that were not. */
export type BisectVerdict = 'violated' | 'proved' | 'searched' | 'inconclusive';

/** One state on the way. */
export interface BisectState {
  readonly id: string;
  /** The patch that makes it of the one before; null for the first, and where it is no next step of any. */
  readonly patch: Patch<unknown> | null;
  /** Null where the patches do not build. */
  readonly model: Model | null;
  /** Why they do not. */
  readonly problem: string | null;
  /** By claim; a claim that does not apply is not there. */
  readonly verdicts: ReadonlyMap<string, BisectVerdict>;
}

/** Where a claim goes from one verdict to another, on the way from none of the patches to all. */
export interface Turn {
  readonly property: string;
  /** `bad`: it is broken from here on. `good`: no longer. */
  readonly to: 'bad' | 'good';
  readonly state: BisectState;
  /** The state before it; null for the first. */
  readonly before: BisectState | null;
  /** Whether the states on both sides are decided: the one that breaks it by an execution, the other by a proof. */
  readonly isExact: boolean;
}

/** Turns of one claim along states that follow each other. What does not build is passed over, as `git bisect skip`. */
export function turnsOf(states: readonly BisectState[], property: string): Turn[] {
  const turns: Turn[] = [];
  let before: BisectState | null = null;
  for (const state of states) {
    if (state.model === null) continue;
    // A claim that does not apply is not broken.
    const [then, now] = [before?.verdicts.get(property), state.verdicts.get(property)];
    if (isBroken(now) !== isBroken(then)) {
      const kept = isBroken(now) ? then : now;
      const to = isBroken(now) ? 'bad' : 'good';
      turns.push({ property, to, state, before, isExact: kept === undefined || kept === 'proved' });
    }
    before = state;
  }
  return turns;
}

const isBroken = (verdict: BisectVerdict | undefined): boolean => verdict === 'violated';

/** Claims that a state between breaks though neither the first state nor the last does: what a bisecting user meets. */
export function brokenBetween(states: readonly BisectState[]): { state: BisectState; property: string }[] {
  const built = states.filter(({ model }) => model !== null);
  const [first, last] = [built[0], built.at(-1)];
  return built.slice(1, -1).flatMap((state) =>
    [...state.verdicts]
      .filter(([, verdict]) => isBroken(verdict))
      .filter(
        ([property]) => !isBroken(first?.verdicts.get(property)) && !isBroken(last?.verdicts.get(property)),
      )
      .map(([property]) => ({ state, property })),
  );
}
