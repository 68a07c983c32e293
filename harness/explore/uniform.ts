import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import { below, type Random } from './rng.ts';

/** At each step any runnable thread, all equally likely. Good at races that need many switches. */
export class Uniform implements Strategy {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  begin(): void {}

  pick(runnable: readonly Thread[], count: number): Thread {
    return runnable[count === 1 ? 0 : below(this.#random, count)]!;
  }
}
