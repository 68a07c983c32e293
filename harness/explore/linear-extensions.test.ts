import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventOrder, linearExtensions } from './linear-extensions.ts';

const STRIDE = 8;

/**
 * Events by their threads, in an order in which they can happen; `after` names for some events earlier ones of other
 * threads that come before them.
 */
function orderOf(
  threads: readonly number[],
  after: { readonly [event: number]: readonly number[] } = {},
): EventOrder {
  const clocks = new Int32Array(threads.length * STRIDE);
  threads.forEach((thread, at) => {
    const own = threads.lastIndexOf(thread, at - 1);
    const before = [...(at > 0 && own >= 0 ? [own] : []), ...(after[at] ?? [])];
    for (const one of before) {
      for (let i = 0; i < STRIDE; i++) {
        clocks[at * STRIDE + i] = Math.max(clocks[at * STRIDE + i]!, clocks[one * STRIDE + i]!);
      }
    }
    clocks[at * STRIDE + thread] = at + 1;
  });
  return { threads: Uint8Array.from(threads), clocks, stride: STRIDE };
}

const times = (thread: number, count: number): number[] => Array<number>(count).fill(thread);

function factorial(n: number): bigint {
  return n <= 1 ? 1n : BigInt(n) * factorial(n - 1);
}

/** Ways to mix threads of so many events that do not depend on each other. */
const multinomial = (...counts: readonly number[]): bigint =>
  counts.reduce((rest, n) => rest / factorial(n), factorial(counts.reduce((a, b) => a + b, 0)));

describe('threads that share nothing', () => {
  test.each([
    [[1], 1n],
    [[1, 1], 2n],
    [[2, 1], 3n],
    [[5, 5], 252n],
    [[3, 7], 120n],
    [[2, 2, 2], 90n],
    [[1, 1, 1, 1, 1], 120n],
  ])('of %j events: %s orders', (counts, expected) => {
    const threads = counts.flatMap((count, thread) => times(thread, count));
    expect(linearExtensions(orderOf(threads))!.count).toBe(expected);
    expect(multinomial(...counts)).toBe(expected);
  });

  test('have the same orders whichever of them was executed, and whatever their numbers are', () => {
    expect(linearExtensions(orderOf([0, 1, 0, 1, 1, 0]))!.count).toBe(20n);
    expect(linearExtensions(orderOf([6, 2, 6, 2, 2, 6]))!.count).toBe(20n);
  });

  test('that do nothing do not count', () => {
    expect(linearExtensions(orderOf([]))).toEqual({ count: 1n, places: 1 });
    expect(linearExtensions(orderOf([5, 5, 5]))).toEqual({ count: 1n, places: 4 });
  });
});

describe('what must come before', () => {
  test('in a chain through two threads leaves one order', () => {
    expect(linearExtensions(orderOf([0, 1, 0, 1], { 1: [0], 2: [1], 3: [2] }))!.count).toBe(1n);
  });

  test('one critical section before another: whatever is outside them is free', () => {
    // Each thread: one step, two of its section, one step; the second section begins after the first ends.
    const order = orderOf([0, 0, 0, 0, 1, 1, 1, 1], { 5: [2] });
    // The last step of the first thread after it: 3 places, and 4 for the first step of the second. Before it: 5.
    expect(linearExtensions(order)!.count).toBe(17n);
  });

  test('of any two events is kept, and nothing else is', () => {
    const generated = fc.record({
      threads: fc.array(fc.nat(3), { maxLength: 8 }),
      after: fc.array(fc.array(fc.nat(6), { maxLength: 2 }), { minLength: 8, maxLength: 8 }),
    });
    let constrained = 0;
    fc.assert(
      fc.property(generated, ({ threads, after }) => {
        const earlier = after.map((events, at) => events.filter((event) => event < at));
        const order = orderOf(threads, earlier);
        const { count } = linearExtensions(order)!;
        expect(count).toBe(byTrying(order));
        if (count < linearExtensions(orderOf(threads))!.count) constrained++;
      }),
      { numRuns: 300, seed: 2 },
    );
    expect(constrained).toBeGreaterThan(100);
  });
});

/** One event after the other, each that has all it needs. */
function byTrying({ threads, clocks, stride }: EventOrder, done: ReadonlySet<number> = new Set()): bigint {
  if (done.size === threads.length) return 1n;
  let count = 0n;
  threads.forEach((_, at) => {
    if (done.has(at)) return;
    const free = threads.every(
      (other, earlier) =>
        earlier >= at || clocks[at * stride + other]! <= earlier || done.has(earlier) || earlier === at,
    );
    if (free) count += byTrying({ threads, clocks, stride }, new Set([...done, at]));
  });
  return count;
}

describe('large numbers', () => {
  test('are exact beyond what a double holds', () => {
    const order = orderOf([...times(0, 40), ...times(1, 40)]);
    expect(linearExtensions(order)).toEqual({ count: 107_507_208_733_336_176_461_620n, places: 41 * 41 });
    const three = orderOf([...times(0, 25), ...times(1, 25), ...times(2, 25)]);
    expect(linearExtensions(three)!.count).toBe(multinomial(25, 25, 25));
  });

  test('are exact right below and above 2^53', () => {
    const smaller = orderOf([...times(0, 28), ...times(1, 28)]);
    const larger = orderOf([...times(0, 29), ...times(1, 29)]);
    expect(linearExtensions(smaller)!.count).toBe(multinomial(28, 28));
    expect(linearExtensions(smaller)!.count).toBeLessThan(2n ** 53n);
    expect(linearExtensions(larger)!.count).toBe(multinomial(29, 29));
    expect(linearExtensions(larger)!.count).toBeGreaterThan(2n ** 53n);
  });
});

describe('a table that is too large', () => {
  const order = orderOf([...times(0, 9), ...times(1, 9), ...times(2, 9)]);

  test('is not filled: null where more places are needed than allowed', () => {
    expect(linearExtensions(order, 1_000)).toEqual({ count: multinomial(9, 9, 9), places: 1_000 });
    expect(linearExtensions(order, 999)).toBeNull();
    expect(linearExtensions(order, 0)).toBeNull();
  });

  test('is one of 100,000 places unless told otherwise', () => {
    const five = [0, 1, 2, 3, 4].flatMap((thread) => times(thread, 9));
    expect(linearExtensions(orderOf(five))!.places).toBe(100_000);
    expect(linearExtensions(orderOf([...five, 4]))).toBeNull();
  });
});
