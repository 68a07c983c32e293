import type { Operation, WorldConfig } from '../model/model.ts';
import type { FailureIdentity } from './result.ts';

/**
 * What a model was at when it stopped answering.
 *
 * `step`: a code path between two of its yields. `choice`: an event saying whether it is ready, after a step. `claim`:
 * a claim judging the execution. `preparation`: parsing operations, making or resetting a world. `generation`: before
 * any of that. `unknown`: it did not hang again while it was looked at, so that nobody can say.
 */
export type HangPhase = 'step' | 'choice' | 'claim' | 'preparation' | 'generation' | 'unknown';

/** The place at which a model hangs, as whoever looks at it can tell; null is what there is not in its phase. */
export interface HangPlace {
  readonly during: HangPhase;
  readonly actor: string | null;
  readonly operation: string | null;
  /** The modelled kernel function, where its code path had been entered. */
  readonly function: string | null;
  readonly claim: string | null;
  /** Index of the step that did not end, or of the last one that did. */
  readonly step: number | null;
  readonly world: WorldConfig;
  readonly ops: readonly Operation[];
  /** Who took each step up to there. */
  readonly schedule: readonly string[];
}

/** A model that does not come back from something: no violated claim but a broken model. */
export interface Hang extends HangPlace {
  /** Operation sequences that ended so, and counterexamples whose shrinking did. */
  readonly times: number;
  /**
   * Where it showed first: chunk and operation sequence; and the failure that was being shrunk, or (without a sequence)
   * whose stored entry was executed.
   */
  readonly foundWith: {
    readonly run: number;
    readonly sequence: number | null;
    readonly shrinking: FailureIdentity | null;
  };
}

/**
 * Hangs after which a model is not searched further, and no more of a chunk. Each costs a second, and a model that
 * hangs so often will be mended before anybody wants to know more.
 */
export const HANGS_MAX = 5;

/** Hangs at the same place are one; the first in order of the work is kept. The order of `hangs` is no matter. */
export function mergeHangs(hangs: readonly Hang[]): Hang[] {
  const merged = new Map<string, Hang>();
  for (const hang of [...hangs].sort(byWork)) {
    const key = JSON.stringify([hang.during, hang.operation, hang.function, hang.claim]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? hang : { ...known, times: known.times + hang.times });
  }
  return [...merged.values()];
}

/** Searching comes before shrinking, then chunk by chunk. */
function byWork({ foundWith: a }: Hang, { foundWith: b }: Hang): number {
  const name = ({ shrinking }: Hang['foundWith']) =>
    shrinking === null ? '' : `${shrinking.property} ${shrinking.kind}`;
  return (
    Number(a.shrinking !== null) - Number(b.shrinking !== null) ||
    a.run - b.run ||
    (a.sequence ?? 0) - (b.sequence ?? 0) ||
    (name(a) < name(b) ? -1 : 1)
  );
}
