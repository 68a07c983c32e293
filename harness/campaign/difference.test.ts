import { describe, expect, test } from 'vitest';
import type { DeviceRecord } from '../model/model.ts';
import type { CallRecord } from '../scenario/recording.ts';
import { type Behaviour, type Behaviours, keyOf } from './behaviour.ts';
import { changeKey, differenceOf, knownDifference } from './difference.ts';

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
  seen: [],
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
    ['may fail as well', calls(32), calls(32, -14), 'write: done -> -EFAULT or done'],
    ['fails no more', calls(32, -14), calls(32), 'write: -EFAULT or done -> done'],
    ['may succeed as well', calls(-14), calls(-14, 32), 'write: -EFAULT -> -EFAULT or done'],
    ['returns other numbers', calls(3), calls(15), 'write: 3 -> 15'],
    ['returns numbers and an errno on one side', calls(3, -22), calls(15), 'write: 3 or -EINVAL -> 15'],
    ['returns one number less', calls(0, 1), calls(0), 'write: 0 or 1 -> 0'],
    ['returns more numbers, of which none is told', calls(-22), calls(1, 2, 3), 'write: -EINVAL -> done'],
    ['ends with a signal', calls(0), calls('SIGBUS'), 'write: done -> SIGBUS'],
    ['ends no more', calls(0), calls(undefined), 'write: done -> never returns'],
    ['returns an errno that has no name', calls(0), calls(-9999), 'write: done -> -9999'],
  ])('%s', (_how, a, b, text) => {
    expect(textsOf(a, b)).toEqual([text]);
  });

  test('that changes twice alike is one change, otherwise two', () => {
    const a = all(end([call(8), call(16)]));
    expect(textsOf(a, all(end([call(-22), call(-22)])))).toEqual(['write: done -> -EINVAL']);
    expect(textsOf(a, all(end([call(-22), call(-5)])))).toEqual([
      'write: done -> -EINVAL',
      'write: done -> -EIO',
    ]);
  });

  test('of more results than a line takes', () => {
    expect(textsOf(calls(0), calls(-1, -2, -4, -5, -14))).toEqual([
      'write: done -> -EFAULT, -EINTR, -EIO or one of 2 more',
    ]);
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
      'device, offset of pcilg: 0 -> 8',
      'device, len of pcilg: 8 -> 4',
    ]);
    expect(textsOf(seen(load), seen({ ...load, value: 1 }))).toEqual(['device, value of pcilg: null -> 1']);
  });

  test('a record is called by its own word, whatever the field', () => {
    const msi = { actor: 'device0', vector: 1, access: 'msi', target: '0000:01:00.0' };
    expect(textsOf(seen(), seen(msi))).toEqual(['device, msi: 0 -> 1']);
    expect(textsOf(seen(), seen({ actor: 'user0', at: 4 }))).toEqual(['device, access: 0 -> 1']);
  });

  test('how often is no change of its own, which way it goes is', () => {
    const keys = (before: number, after: number): string[] => {
      const times = (count: number) => seen(...Array.from({ length: count }, () => load));
      return (differenceOf(times(before), times(after))?.changes ?? []).map(changeKey);
    };
    expect(keys(0, 1)).toEqual(keys(0, 4));
    expect(keys(0, 1)).toEqual(keys(1, 2));
    expect(keys(0, 1)).not.toEqual(keys(1, 0));
  });

  test('of values that are words it counts which, of others not', () => {
    const keyOfChange = (before: object, after: object): string => {
      const { changes } = differenceOf(seen({ ...load, ...before }), seen({ ...load, ...after }))!;
      return changeKey(changes[0]!);
    };
    expect(keyOfChange({ offset: 0 }, { offset: 8 })).toBe(keyOfChange({ offset: 0 }, { offset: 16 }));
    expect(keyOfChange({ warned: true }, { warned: false })).not.toBe(
      keyOfChange({ warned: false }, { warned: true }),
    );
    expect(keyOfChange({ wrote: 'device' }, { wrote: 'nothing' })).not.toBe(
      keyOfChange({ wrote: 'normal' }, { wrote: 'nothing' }),
    );
  });

  test('also the order', () => {
    const [first, second] = [load, { ...load, offset: 8 }];
    expect(textsOf(seen(first, second), seen(second, first))).toEqual([
      'device, offset of pcilg: 0 -> 8',
      'device, offset of pcilg: 8 -> 0',
    ]);
  });
});

describe('the same results in other combinations', () => {
  const pair = (a: number, b: number) => end([call(a), call(b)]);
  const some = all(pair(0, 1), pair(1, 0));
  const more = all(pair(0, 1), pair(1, 0), pair(0, 0));

  test.each([
    ['more', some, more, '>', 'together: more combinations of the same results'],
    ['fewer', more, some, '<', 'together: fewer combinations of the same results'],
    ['others', all(pair(0, 0), pair(1, 1)), some, '!', 'together: other combinations of the same results'],
  ])('are a change: %s', (_how, a, b, marker, text) => {
    expect(differenceOf(a, b)).toMatchObject({ marker, changes: [{ of: 'together', text }] });
  });
});

describe('what user space is handed', () => {
  const poll = (body: string, ret = 1): Behaviour =>
    end([call(ret, 'poll')], { seen: [{ actor: 'user0', op: 'poll', body }] });

  test('is compared where calls return the same', () => {
    expect(textsOf(all(poll('old'), poll('new')), all(poll('new')))).toEqual([
      'seen by poll, body: new or old -> new',
    ]);
  });

  test('goes without saying where a call hands out nothing any more', () => {
    expect(textsOf(all(poll('new')), all(end([call(-14, 'poll')])))).toEqual(['poll: done -> -EFAULT']);
  });
});

describe('of a state that has too many schedules', () => {
  const some = (behaviours: Behaviours): Behaviours => ({ ...behaviours, complete: false });

  test('an end that the other lacks is a difference, what the other has more is none', () => {
    expect(knownDifference(some(calls(0, -22)), calls(0))).toMatchObject({ marker: '<' });
    expect(knownDifference(calls(0), some(calls(0, -22)))).toMatchObject({ marker: '>' });
    expect(knownDifference(some(calls(0, -22)), calls(0, -5))).toMatchObject({
      marker: '<',
      changes: [{ before: ['-EINVAL'], after: [] }],
    });
  });

  test('nothing is known where it has none such, or both have too many', () => {
    expect(knownDifference(some(calls(0)), calls(0, -22))).toBeUndefined();
    expect(knownDifference(some(calls(0)), some(calls(-22)))).toBeUndefined();
  });

  test('nothing differs only where both are known', () => {
    expect(knownDifference(calls(0), calls(0))).toBeNull();
  });
});
