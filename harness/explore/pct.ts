import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import { below, type Random } from './rng.ts';

/**
 * Probabilistic concurrency testing: threads get random priorities, the highest runnable one runs, and at a few
 * random steps the running thread falls below all others. Finds a bug that needs d ordering constraints with
 * probability at least 1 / (n k^(d-1)), for n threads and k steps. Good at races that need few switches at just the
 * right place.
 *
 * Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs", ASPLOS 2010. Deviation: k is the length of the previous execution of the same operations, not a
 * bound known beforehand; and a thread started later draws its priority when it is first seen.
 */
export class Pct implements Strategy {
  readonly #random: Random;
  readonly #changePoints: Int32Array;
  readonly #priorities: number[] = [];
  #expectedSteps = 64;

  /** `depth` is d: the number of ordering constraints aimed at, so that d - 1 change points are drawn. */
  constructor(random: Random, depth: number) {
    this.#random = random;
    this.#changePoints = new Int32Array(depth - 1);
  }

  /** How long executions of the present operations are; learned from the one before. */
  expect(steps: number): void {
    this.#expectedSteps = Math.max(1, steps);
  }

  begin(): void {
    this.#priorities.length = 0;
    for (let i = 0; i < this.#changePoints.length; i++) {
      this.#changePoints[i] = below(this.#random, this.#expectedSteps);
    }
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread {
    let best = runnable[0]!;
    for (let i = 1; i < count; i++) {
      const thread = runnable[i]!;
      if (this.#priority(thread.id) > this.#priority(best.id)) best = thread;
    }
    for (let i = 0; i < this.#changePoints.length; i++) {
      // Below all others, but not always below who fell before: that is for the change points' numbers to say, which
      // come in any order in time.
      if (this.#changePoints[i] === step) this.#lower(best.id, -1 - i);
    }
    return best;
  }

  #lower(id: number, priority: number): void {
    // Threads before it draw theirs, even where none of them has been compared yet.
    this.#priority(id);
    this.#priorities[id] = priority;
  }

  #priority(id: number): number {
    while (this.#priorities.length <= id) this.#priorities.push(1 + below(this.#random, 0x7fff_ffff));
    return this.#priorities[id]!;
  }
}
