import { count, thousands } from '../../reports/count.ts';
import {
  EXHAUST_CHUNK,
  type ExhaustChunk,
  type ExhaustOptions,
  GIVE_UP_AFTER,
  scenariosOf,
} from '../campaign/exhaust.ts';
import { type ExploredBound, mergeFoundOf, mergeVerify, type VerifyResult } from '../campaign/exhausted.ts';
import type { Model } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import type { Pool } from './pool.ts';
import type { Progress } from './progress.ts';
import { labelled } from './select.ts';

export interface VerifyBudget {
  timeLeftMs(): number;
  interrupted(): boolean;
}

/** Explores one bound of a model after the other. The result does not depend on how many workers there are. */
export async function verifyModel(
  pool: Pool,
  model: Model,
  bounds: readonly Bound[],
  options: ExhaustOptions,
  budget: VerifyBudget,
  progress: Progress,
): Promise<VerifyResult> {
  const explored: ExploredBound[] = [];
  let stopped: VerifyResult['stopped'] = null;
  for (const bound of bounds) {
    const of = scenariosOf(model, bound).length;
    const chunks = new Map<number, ExhaustChunk>();
    const known = explored.flatMap((one) =>
      mergeFoundOf(one.chunks).map(({ property, kind }) => `${property} ${kind}`),
    );
    progress.start(`${labelled(model)}, bound ${explored.length + 1} of ${bounds.length}`, of);
    let next = 0;
    const worker = async (): Promise<void> => {
      for (;;) {
        const from = next * EXHAUST_CHUNK;
        if (from >= of || isGivenUp(inOrder(chunks))) return;
        // Only where something is left: what came to its end was not stopped.
        if (budget.interrupted()) stopped = 'interrupt';
        else if (budget.timeLeftMs() <= 0) stopped ??= 'time';
        if (stopped !== null) return;
        const chunk = next++;
        const to = Math.min(of, from + EXHAUST_CHUNK);
        chunks.set(
          chunk,
          await pool.exhaust({ kind: 'exhaust', model: model.id, bound, options, from, to, known }),
        );
        const done = [...chunks.values()].reduce((sum, { scenarios }) => sum + scenarios, 0);
        progress.advance(done, `${count(done, 'sequence')} of ${thousands(of)}`);
      }
    };
    await Promise.all(Array.from({ length: pool.size }, worker));
    progress.stop();
    explored.push({ bound, of, chunks: upToGivingUp(inOrder(chunks)) });
    if (stopped !== null) break;
  }
  return mergeVerify(model, options, explored, stopped);
}

/** Chunks from the first on without a gap: what other workers did beyond one depends on who was faster. */
function inOrder(chunks: ReadonlyMap<number, ExhaustChunk>): ExhaustChunk[] {
  const list: ExhaustChunk[] = [];
  for (let chunk = chunks.get(0); chunk !== undefined; chunk = chunks.get(list.length)) list.push(chunk);
  return list;
}

function isGivenUp(chunks: readonly ExhaustChunk[]): boolean {
  return chunks.reduce((sum, { incomplete }) => sum + incomplete, 0) >= GIVE_UP_AFTER;
}

function upToGivingUp(chunks: readonly ExhaustChunk[]): ExhaustChunk[] {
  const end = chunks.findIndex((_, at) => isGivenUp(chunks.slice(0, at + 1)));
  return end < 0 ? [...chunks] : chunks.slice(0, end + 1);
}
