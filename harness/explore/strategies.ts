import type { Strategy } from '../machine/machine.ts';
import { Pct } from './pct.ts';
import { derive, random } from './rng.ts';
import { Uniform } from './uniform.ts';

/** Ways to search, by their names on the command line. */
export const STRATEGIES = ['portfolio', 'random', 'pct', 'exhaustive'] as const;
export type StrategyName = (typeof STRATEGIES)[number];
/** Those that try a few schedules of each sequence. */
export type SamplingName = Exclude<StrategyName, 'exhaustive'>;

/** How many ordering constraints PCT aims at. Two switches at the right place break every known bug here. */
export const PCT_DEPTH = 3;

/** Hands out a strategy for each execution of one operation sequence after the other. */
export class SearchStrategies {
  readonly #name: SamplingName;
  readonly #uniform: Uniform;
  readonly #pct: Pct;

  constructor(name: SamplingName, seed: number) {
    this.#name = name;
    this.#uniform = new Uniform(random(derive(seed, 1)));
    this.#pct = new Pct(random(derive(seed, 2)), PCT_DEPTH);
  }

  /** For the `index`-th schedule of a sequence; `steps` is how long its execution before was. */
  next(index: number, steps: number): Strategy {
    switch (this.#name) {
      case 'random':
        return this.#uniform;
      case 'pct':
        break;
      case 'portfolio':
        if (index % 2 === 0) return this.#uniform;
        break;
      default:
        return this.#name satisfies never;
    }
    this.#pct.expect(steps);
    return this.#pct;
  }
}
