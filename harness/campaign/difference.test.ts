import { describe, expect, test } from 'vitest';
import type { DeviceRecord } from '../model/model.ts';
import type { CallRecord } from '../scenario/recording.ts';
import { type Behaviour, type Behaviours, keyOf } from './behaviour.ts';
import { differenceOf } from './difference.ts';

/** A call of user0 that ended in this way; undefined: it never did. */
const call = (end?: number | 'SIGBUS', op = 'write'): CallRecord => ({
  actor: 'user0',
  op,
  ...(end === undefined ? {} : typeof end === 'number' ? { ret: end } : { signal: end }),
});

const end = (calls: Behaviour['calls'], rest: Partial<Behaviour> = {}): Behaviour => ({
  outcome: 'finished',
  calls,
  device: [],
  ...rest,
});

const all = (...ends: readonly Behaviour[]): Behaviours => ({
  ends: new Map(ends.map((one) => [keyOf(one), one])),
  complete: true,
});

/** Ends of one call. */
const calls = (...ends: readonly (number | 'SIGBUS' | undefined)[]): Behaviours =>
  all(...ends.map((one) => end([call(one)])));

const textsOf = (a: Behaviours, b: Behaviours): string[] =>
  (differenceOf(a, b)?.changes ?? []).map(({ text }) => text);

describe('two states differ', () => {
  test.each([
    ['not at all, in whatever order ends were found', calls(0, -22), calls(-22, 0), null],
    ['!, each with an end of its own', calls(0), calls(-22), '!'],
    ['<, where the second has fewer ends', calls(0, -22), calls(0), '<'],
    ['>, where the second has more', calls(0), calls(0, -22), '>'],
  ])('%s', (_how, a, b, marker) => {
    expect(differenceOf(a, b)?.marker ?? null).toBe(marker);
  });
});

describe('a call', () => {
  test.each([
    ['fails where it did not', calls(32), calls(-22), 'write: done -> -EINVAL'],
    ['fails otherwise', calls(-22), calls(-5), 'write: -EINVAL -> -EIO'],
    ['may fail as well', calls(32), calls(32, -14), 'write: also -EFAULT'],
    ['fails no more', calls(32, -14), calls(32), 'write: no more -EFAULT'],
    ['may succeed as well', calls(-14), calls(-14, 32), 'write: also done'],
    ['returns other numbers', calls(3), calls(15), 'write: 3 -> 15'],
    ['returns numbers and an errno on one side', calls(3, -22), calls(15), 'write: -EINVAL, 3 -> 15'],
    ['returns more numbers, of which none is told', calls(-22), calls(1, 2, 3), 'write: -EINVAL -> done'],
    ['ends with a signal', calls(0), calls('SIGBUS'), 'write: done -> SIGBUS'],
    ['ends no more', calls(0), calls(undefined), 'write: done -> never returns'],
    ['returns an errno that has no name', calls(0), calls(-9999), 'write: done -> -9999'],
  ])('%s', (_how, a, b, text) => {
    expect(textsOf(a, b)).toEqual([text]);
  });

  test('that changes twice is one change', () => {
    const a = all(end([call(8), call(16)]));
    const b = all(end([call(-22), call(-5)]));
    expect(textsOf(a, b)).toEqual(['write: done -> -EINVAL, -EIO']);
  });

  test('of another kind is another change', () => {
    const a = all(end([call(8), call(0, 'close')]));
    const b = all(end([call(-22), call(-5, 'close')]));
    expect(textsOf(a, b)).toEqual(['write: done -> -EINVAL', 'close: done -> -EIO']);
  });

  test('that never began does not shift others', () => {
    const a = all(end([null, call(0, 'kill')]));
    const b = all(end([call(8), call(0, 'kill')]));
    expect(textsOf(a, b)).toEqual(['write: not begun -> done']);
    // The last that never began is not in the list.
    expect(textsOf(all(end([call(8)])), all(end([call(8), call(0, 'close')])))).toEqual([
      'close: not begun -> done',
    ]);
  });
});

test('the outcome is compared', () => {
  const a = all(end([call(0)]));
  const b = all(end([call(0)], { outcome: 'deadlock' }));
  expect(textsOf(a, b)).toEqual(['outcome: finished -> deadlock']);
});

describe('at the device', () => {
  const load: DeviceRecord = { actor: 'user0', insn: 'pcilg', offset: 0, len: 8 };
  const seen = (...device: readonly DeviceRecord[]): Behaviours => all(end([call(0)], { device }));

  test('it is counted what arrives, by kind', () => {
    const store = { ...load, insn: 'pcistb' };
    expect(textsOf(seen(load), seen())).toEqual(['device, pcilg: 1 -> 0']);
    expect(textsOf(seen(load, load), seen(load, store))).toEqual([
      'device, pcilg: 2 -> 1',
      'device, pcistb: 0 -> 1',
    ]);
  });

  test('what differs is named where as much arrives', () => {
    expect(textsOf(seen(load), seen({ ...load, offset: 8, len: 4 }))).toEqual([
      'device, offset: a value -> another',
      'device, len: a value -> another',
    ]);
    expect(textsOf(seen(load), seen({ ...load, value: 1 }))).toEqual(['device, value: a value -> another']);
  });

  test('also the order', () => {
    const [first, second] = [load, { ...load, offset: 8 }];
    expect(textsOf(seen(first, second), seen(second, first))).toEqual([
      'together: a combination of results -> another combination of results',
    ]);
  });
});

describe('the same results in other combinations', () => {
  const pair = (a: number, b: number) => end([call(a), call(b)]);
  const some = all(pair(0, 1), pair(1, 0));
  const more = all(pair(0, 1), pair(1, 0), pair(0, 0));

  test.each([
    ['more', some, more, '>', 'together: also another combination of results'],
    ['fewer', more, some, '<', 'together: no more a combination of results'],
    [
      'others',
      all(pair(0, 0), pair(1, 1)),
      some,
      '!',
      'together: a combination of results -> another combination of results',
    ],
  ])('are a change: %s', (_how, a, b, marker, text) => {
    expect(differenceOf(a, b)).toMatchObject({ marker, changes: [{ of: 'together', text }] });
  });
});
