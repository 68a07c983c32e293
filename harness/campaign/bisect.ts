/** What the states between a series' first patch and its last break: a matrix of states and claims. */
import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';

/** `proved` and `searched` both found nothing, within bounds that were explored to the end or that were not. */
export type BisectVerdict = 'violated' | 'proved' | 'searched' | 'inconclusive';

/** One state on the way. */
export interface BisectState {
  readonly id: string;
  /** Numbers of its patches, in their order. */
  readonly selection: readonly number[];
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
  /** `bad`: it is broken from here on. `good`: no longer. `open`: nothing is known from here on. */
  readonly to: 'bad' | 'good' | 'open';
  readonly state: BisectState;
  /** The last state before it of which something is known; null if there is none. */
  readonly before: BisectState | null;
  /** States between the two that are inconclusive: it may have turned at any of them. */
  readonly between: readonly BisectState[];
  /** Whether the states on both sides are decided: the one that breaks it by an execution, the other by a proof. */
  readonly isExact: boolean;
}

/** Turns of one claim along states that follow each other. What does not build is passed over, as `git bisect skip`. */
export function turnsOf(states: readonly BisectState[], property: string): Turn[] {
  const turns: Turn[] = [];
  let before: BisectState | null = null;
  let between: BisectState[] = [];
  for (const state of states) {
    if (state.model === null) continue;
    if (isInconclusive(state, property)) {
      between.push(state);
      continue;
    }
    if (isBroken(state, property) !== (before !== null && isBroken(before, property))) {
      turns.push(turnOf(property, state, before, between));
    }
    before = state;
    between = [];
  }
  const [open] = between;
  if (open !== undefined && before !== null && isBroken(before, property)) {
    turns.push({ property, to: 'open', state: open, before, between, isExact: false });
  }
  return turns;
}

function turnOf(
  property: string,
  state: BisectState,
  before: BisectState | null,
  between: readonly BisectState[],
): Turn {
  const isBad = isBroken(state, property);
  // A claim that does not apply is not broken.
  const kept = (isBad ? before : state)?.verdicts.get(property);
  const isExact = between.length === 0 && (kept === undefined || kept === 'proved');
  return { property, to: isBad ? 'bad' : 'good', state, before, between, isExact };
}

/**
 * Turns of one claim among selections: those that break it though none with a patch less does, and those that do not though
 * each that has a patch less does. `isOrdered`: a selection comes only after the one without its last patch.
 */
export function selectionTurns(states: readonly BisectState[], property: string, isOrdered: boolean): Turn[] {
  const built = states.filter(({ model }) => model !== null);
  return built.flatMap((state): Turn[] => {
    if (isInconclusive(state, property)) return [];
    const below = built.filter((one) => isOneLess(one.selection, state.selection, isOrdered));
    const between = below.filter((one) => isInconclusive(one, property));
    const known = below.filter((one) => !isInconclusive(one, property));
    const broken = known.filter((one) => isBroken(one, property));
    if (isBroken(state, property)) {
      if (broken.length > 0) return [];
    } else if (broken.length === 0 || broken.length < known.length) return [];
    return [turnOf(property, state, known.at(-1) ?? null, between)];
  });
}

/** Whether a selection is another one without one of its patches. */
function isOneLess(one: readonly number[], other: readonly number[], isOrdered: boolean): boolean {
  if (one.length !== other.length - 1) return false;
  return isOrdered
    ? one.every((patch, at) => patch === other[at])
    : one.every((patch) => other.includes(patch));
}

const isBroken = ({ verdicts }: BisectState, property: string): boolean =>
  verdicts.get(property) === 'violated';

const isInconclusive = ({ verdicts }: BisectState, property: string): boolean =>
  verdicts.get(property) === 'inconclusive';

/** What a bisecting user meets. */
export interface BrokenBetween {
  readonly state: BisectState;
  readonly property: string;
  /** Whether something is known of both ends. */
  readonly isKnown: boolean;
}

/** Claims that a state between breaks though neither the first state nor the last is found to. */
export function brokenBetween(states: readonly BisectState[]): BrokenBetween[] {
  const built = states.filter(({ model }) => model !== null);
  const ends = [built[0], built.at(-1)].flatMap((state) => (state === undefined ? [] : [state]));
  return built.slice(1, -1).flatMap((state) =>
    [...state.verdicts.keys()]
      .filter((property) => isBroken(state, property))
      .filter((property) => !ends.some((end) => isBroken(end, property)))
      .map((property) => ({
        state,
        property,
        isKnown: !ends.some((end) => isInconclusive(end, property)),
      })),
  );
}

/** Claims of which nobody can say whether they are broken only on the way: unbroken at the ends, inconclusive between. */
export function undecidedBetween(states: readonly BisectState[]): string[] {
  const built = states.filter(({ model }) => model !== null);
  const ends = [built[0], built.at(-1)].flatMap((state) => (state === undefined ? [] : [state]));
  const properties = [...new Set(built.flatMap(({ verdicts }) => [...verdicts.keys()]))];
  return properties.filter(
    (property) =>
      built.some((state) => isInconclusive(state, property)) && !ends.some((end) => isBroken(end, property)),
  );
}
