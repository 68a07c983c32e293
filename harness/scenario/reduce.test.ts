import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { counterSeries } from '../campaign/counter.fixture.ts';
import type { Operation, SeriesInfo } from '../model/model.ts';
import { workloads } from './arbitrary.ts';
import { record } from './recording.ts';
import { candidates, type Draft, normalize, roleOf, sizeOf, typical } from './reduce.ts';
import { validateScenario } from './validate.ts';

const SAMPLE = fc.sample(workloads(zpciIo, 6), { numRuns: 300, seed: 1 });

const increment = (actor: string, amount: number): Operation => ({ actor, op: 'increment', amount });
const peek = (actor: string): Operation => ({ actor, op: 'peek' });
const draft = (...ops: Operation[]): Draft => ({ world: {}, ops });

/** `user0 increment 2, user1 peek` */
const shown = ({ ops }: Draft): string =>
  ops.map(({ actor, op, amount }) => `${actor} ${op}${amount === undefined ? '' : ` ${amount}`}`).join(', ');

describe('a normal draft', () => {
  test('has the operations of each actor together, in their order', () => {
    const mixed = draft(increment('user1', 1), increment('user0', 2), increment('user1', 3), peek('user0'));
    expect(shown(normalize(counterSeries, mixed))).toBe(
      'user0 increment 2, user0 peek, user1 increment 1, user1 increment 3',
    );
  });

  test('leaves out what is so anyway, and has the rest in the order of the vocabulary', () => {
    const wordy = {
      actor: 'user0',
      op: 'region_write',
      buffer: 'ok',
      req: { pcias: 0, len: 8, offset: '0x1000', gaddr: 0, flags: 2 },
      count: 32,
      pos: 16,
    };
    expect(JSON.stringify(normalize(zpciIo, draft(wordy)).ops)).toBe(
      '[{"actor":"user0","op":"region_write","pos":16,"count":32,"req":{"flags":2,"offset":"0x1000","len":8}}]',
    );
  });

  test('is normal', () => {
    for (const one of SAMPLE) {
      const once = normalize(zpciIo, one);
      expect(JSON.stringify(normalize(zpciIo, once))).toBe(JSON.stringify(once));
    }
  });

  test.each(['v1', 'v3'])('does what the draft did, step by step: %s', (state) => {
    const model = zpciIo.model(state)!;
    for (const { world, ops } of SAMPLE) {
      const recordings = [{ world, ops }, normalize(zpciIo, { world, ops })].map((one) =>
        record(model, { format: 1, model: model.id, ...one }, 5000),
      );
      expect(recordings[1]!.steps).toEqual(recordings[0]!.steps);
      expect(recordings[1]!.violations).toEqual(recordings[0]!.violations);
    }
  });
});

describe('reductions', () => {
  test('are fewer operations, other actors, simpler kinds, simpler values, in that order', () => {
    const from = draft(increment('user0', 5), increment('user1', 1));
    expect([...candidates(counterSeries, from)].map(shown)).toEqual([
      'user1 increment 1',
      'user0 increment 5',
      // All of user1 moved to user0, the two swapped, and the one operation of user1 moved alone.
      'user0 increment 5, user0 increment 1',
      'user0 increment 1, user1 increment 5',
      'user0 increment 5, user0 increment 1',
      // Typical, and with the fields of the same name: the same where there is none.
      'user0 peek, user1 increment 1',
      'user0 peek, user1 increment 1',
      'user0 increment 5, user1 peek',
      'user0 increment 5, user1 peek',
      'user0 increment 1, user1 increment 1',
      'user0 increment 2, user1 increment 1',
    ]);
  });

  test('take a value that is not listed to the listed ones, and halve its way to zero', () => {
    const values = [...candidates(counterSeries, draft(increment('user0', 40)))]
      .map(({ ops }) => ops[0]?.amount)
      .filter((amount) => amount !== undefined);
    expect(values).toEqual([1, 2, 5, 20, 30, 35, 38, 39]);
  });

  test('take settings of the world away, or to an earlier value that is not the default', () => {
    const from = { world: { maxstbl: 128, mio: true }, ops: [] };
    expect([...candidates(zpciIo, from)].map(({ world }) => world)).toEqual([
      { mio: true },
      { maxstbl: 128 },
      { maxstbl: 8191, mio: true },
    ]);
  });

  test('there are none of nothing', () => {
    expect([...candidates(zpciIo, draft())]).toEqual([]);
  });

  test('are all valid scenarios', () => {
    let tried = 0;
    for (const one of SAMPLE.slice(0, 40)) {
      const from = normalize(zpciIo, one);
      for (const { world, ops } of candidates(zpciIo, from)) {
        const scenario = { format: 1, model: 'zpci-io/v1', world, ops };
        expect(() => validateScenario(zpciIo, scenario, 'candidate')).not.toThrow();
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(2000);
  });
});

describe('size', () => {
  const smaller = (series: SeriesInfo, a: Draft, b: Draft, threads = [2, 2], switches = [0, 0]): boolean => {
    const one = sizeOf(series, a, threads[0]!, switches[0]!);
    const other = sizeOf(series, b, threads[1]!, switches[1]!);
    const at = one.findIndex((value, place) => value !== other[place]);
    return at >= 0 && one[at]! < other[at]!;
  };

  const ASCENDING: readonly {
    why: string;
    drafts: [Draft, Draft];
    threads?: number[];
    switches?: number[];
  }[] = [
    {
      why: 'fewer operations before anything else',
      drafts: [draft(increment('user1', 99)), draft(peek('user0'), peek('user0'))],
      threads: [9, 1],
      switches: [3, 0],
    },
    {
      why: 'fewer threads before fewer switches',
      drafts: [draft(increment('user0', 1)), draft(peek('user0'))],
      threads: [1, 2],
      switches: [3, 0],
    },
    {
      why: 'fewer switches before simpler operations',
      drafts: [draft(increment('user0', 99)), draft(peek('user0'))],
      switches: [0, 1],
    },
    {
      why: 'an earlier kind before simpler values',
      drafts: [draft(peek('user0'), peek('user0')), draft(peek('user0'), increment('user0', 1))],
    },
    { why: 'an earlier value', drafts: [draft(increment('user0', 2)), draft(increment('user0', 5))] },
    { why: 'a listed value', drafts: [draft(increment('user0', 5)), draft(increment('user0', 3))] },
    {
      why: 'of two values that are not listed the smaller',
      drafts: [draft(increment('user0', 30)), draft(increment('user0', 31))],
    },
    { why: 'the first actor', drafts: [draft(peek('user0')), draft(peek('user1'))] },
  ];

  test.each(ASCENDING)('counts $why', ({ drafts: [a, b], threads, switches }) => {
    expect(smaller(counterSeries, a, b, threads, switches)).toBe(true);
    expect(smaller(counterSeries, b, a, threads?.toReversed(), switches?.toReversed())).toBe(false);
  });

  test('counts settings of the world before threads', () => {
    const [with1, without] = [{ world: { mio: true }, ops: [] }, draft()];
    expect(smaller(zpciIo, without, with1, [9, 1])).toBe(true);
  });
});

test.each([
  ['user12', 'user'],
  ['admin', 'admin'],
  ['vcpu0', 'vcpu'],
])('%s is of the role %s', (actor, role) => {
  expect(roleOf(actor)).toBe(role);
});

test('a typical operation has every field at its first value', () => {
  const spec = counterSeries.operations.find(({ name }) => name === 'increment')!;
  expect(typical(spec, 'user7')).toEqual(increment('user7', 1));
});
