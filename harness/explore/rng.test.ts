import { describe, expect, test } from 'vitest';
import { below, derive, random } from './rng.ts';

describe('chance', () => {
  test('is the same for the same seed, and another for another', () => {
    const draws = (seed: number) => {
      const source = random(seed);
      return Array.from({ length: 8 }, () => below(source, 1000));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  test('stays below its bound and reaches every value', () => {
    const source = random(1);
    const seen = new Set(Array.from({ length: 200 }, () => below(source, 5)));
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });

  test('derived seeds are whole 32-bit numbers and do not collide for neighbours', () => {
    const seeds = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      for (let index = 0; index < 50; index++) {
        const derived = derive(seed, index);
        expect(derived).toBe(derived | 0);
        seeds.add(derived);
      }
    }
    expect(seeds.size).toBe(2500);
  });

  test('a derived seed is pinned: stored seeds keep their meaning', () => {
    expect([derive(0, 0), derive(0, 1), derive(1, 0)]).toEqual([1684164658, -641697380, -344843126]);
  });
});
