import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Where schedules get their chance from: seeded, never the clock, never Math.random. */
export type Random = RandomGenerator;

export const random = (seed: number): Random => xoroshiro128plus(seed);

/** 0 to `bound` - 1; `bound` is small, so that the bias of a 32-bit draw does not matter. */
export const below = (source: Random, bound: number): number => (source.next() >>> 0) % bound;

/**
 * A seed for part `index` of what `seed` determines. Mixing as in splitmix32: neighbouring indexes and neighbouring
 * seeds give unrelated parts.
 */
export function derive(seed: number, index: number): number {
  let x = (seed ^ Math.imul(index + 1, 0x9e3779b9)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}
