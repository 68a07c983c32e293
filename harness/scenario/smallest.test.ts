import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { counterSeries } from '../campaign/counter.fixture.ts';
import type { Operation } from '../model/model.ts';
import { pairs, singles } from './smallest.ts';
import { validateScenario } from './validate.ts';

/** `user0 increment 2` */
const short = ({ actor, op, amount }: Operation): string =>
  amount === undefined ? `${actor} ${op}` : `${actor} ${op} ${amount}`;

const shown = (sequences: Iterable<readonly Operation[]>): string[] =>
  [...sequences].map((ops) => ops.map(short).join(', '));

describe('single operations', () => {
  test('come typical first, then with one field changed', () => {
    expect(shown(singles(counterSeries))).toEqual([
      'user0 peek',
      'user0 increment 1',
      'user0 increment 2',
      'user0 increment 5',
    ]);
  });

  test('are valid, different, and many for a real series', () => {
    const texts = new Set<string>();
    for (const ops of singles(zpciIo)) {
      texts.add(JSON.stringify(ops));
      if (texts.size % 50 === 0) {
        expect(() => validateScenario(zpciIo, { format: 1, model: 'zpci-io/v1', ops }, 'x')).not.toThrow();
      }
    }
    expect(texts.size).toBe([...singles(zpciIo)].length);
    expect(texts.size).toBeGreaterThan(1000);
  });
});

describe('pairs of operations', () => {
  test('are by one actor in turn and by two at once, fewest changes first', () => {
    expect(shown(pairs(counterSeries, new Set(['increment'])))).toEqual([
      'user0 increment 1, user0 increment 1',
      'user0 increment 1, user1 increment 1',
      'user0 increment 1, user0 increment 2',
      'user0 increment 1, user0 increment 5',
      'user0 increment 2, user0 increment 1',
      'user0 increment 5, user0 increment 1',
      'user0 increment 1, user1 increment 2',
      'user0 increment 1, user1 increment 5',
      'user0 increment 2, user1 increment 1',
      'user0 increment 5, user1 increment 1',
      'user0 increment 2, user0 increment 2',
      'user0 increment 2, user0 increment 5',
      'user0 increment 5, user0 increment 2',
      'user0 increment 5, user0 increment 5',
      'user0 increment 2, user1 increment 2',
      'user0 increment 2, user1 increment 5',
      'user0 increment 5, user1 increment 2',
      'user0 increment 5, user1 increment 5',
    ]);
  });

  test('have only the given kinds', () => {
    const kinds = new Set([...pairs(zpciIo, new Set(['kill', 'memory_disable']))].flat().map(({ op }) => op));
    expect(kinds).toEqual(new Set(['kill', 'memory_disable']));
    expect([...pairs(zpciIo, new Set())]).toEqual([]);
  });
});
