import { describe, expect, test } from 'vitest';
import type { Operation } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { changeGroups } from './change-groups.ts';
import type { CompareChunk, Differing } from './compare.ts';
import type { Change } from './difference.ts';

/** A change that goes with no other. */
const change = (text: string): Change => ({
  aspect: { kind: 'together' },
  of: text,
  before: [],
  after: [],
  effect: text,
  text,
  parts: [[text]],
});

/** Calls that change: `write: 0 -> -22`. */
function called(op: string, before: readonly string[], after: readonly string[]): Change {
  const [lost, gained] = [minus(before, after), minus(after, before)];
  const effect = `${before.join(' or ')} -> ${after.join(' or ')}`;
  const parts =
    gained.length === 0
      ? lost.map((one) => [`${op}: no more ${one}`])
      : lost.length === 0
        ? gained.map((one) => [`${op}: also ${one}`])
        : [
            ...lost.map((one) => gained.map((other) => `${op}: ${one} -> ${other}`)),
            ...gained.map((other) => lost.map((one) => `${op}: ${one} -> ${other}`)),
          ];
  return {
    aspect: { kind: 'call', op },
    of: op,
    before: lost,
    after: gained,
    effect,
    text: `${op}: ${effect}`,
    parts,
  };
}

const minus = (some: readonly string[], others: readonly string[]): string[] =>
  some.filter((one) => !others.includes(one));

/** A scenario of so many operations that differs in these respects. */
function differing(name: string, ops: number, ...changes: readonly (string | Change)[]): Differing {
  const operations = Array.from({ length: ops }, (): Operation => ({ actor: 'user0', op: name }));
  return {
    marker: '!',
    changes: changes.map((one) => (typeof one === 'string' ? change(one) : one)),
    class: name,
    draft: { world: {}, ops: operations },
    index: 0,
  };
}

const chunk = (...some: readonly Differing[]): CompareChunk => ({ classes: [], differing: some });
const typical = (ops: number): Bound => ({ kind: 'typical', ops, changes: 1 });
const SMALL: Bound = { kind: 'small world', id: 'small' };

const groupsOf = (bounds: Parameters<typeof changeGroups>[0]) =>
  changeGroups(bounds).map(({ changes, smallest, bound, scenarios }) => ({
    changes: changes.map(({ text }) => text),
    smallest: smallest.class,
    bound,
    scenarios,
  }));

test('where nothing differs there is no group', () => {
  expect(changeGroups([{ bound: typical(1), chunks: [chunk(), chunk()] }])).toEqual([]);
});

describe('each change is shown once', () => {
  test('with the first of the smallest scenarios, and counted in all', () => {
    const bounds = [
      { bound: typical(1), chunks: [chunk(differing('a', 1, 'x')), chunk(differing('b', 1, 'x'))] },
      { bound: typical(2), chunks: [chunk(differing('c', 2, 'x'))] },
    ];
    expect(groupsOf(bounds)).toEqual([{ changes: ['x'], smallest: 'a', bound: typical(1), scenarios: 3 }]);
  });

  test('with the smallest scenario though a larger one came before', () => {
    const bounds = [
      { bound: typical(3), chunks: [chunk(differing('large', 3, 'x'))] },
      { bound: SMALL, chunks: [chunk(differing('small', 2, 'x'))] },
    ];
    expect(groupsOf(bounds)).toEqual([{ changes: ['x'], smallest: 'small', bound: SMALL, scenarios: 2 }]);
  });

  test('apart from others that a smaller scenario shows', () => {
    const bounds = [
      { bound: typical(1), chunks: [chunk(differing('a', 1, 'x'))] },
      { bound: typical(2), chunks: [chunk(differing('b', 2, 'x', 'y'), differing('c', 2, 'y'))] },
    ];
    expect(groupsOf(bounds)).toEqual([
      { changes: ['x'], smallest: 'a', bound: typical(1), scenarios: 2 },
      { changes: ['y'], smallest: 'c', bound: typical(2), scenarios: 2 },
    ]);
  });

  test('together with others that come with it', () => {
    const bounds = [
      { bound: typical(1), chunks: [chunk(differing('a', 1, 'x', 'y'), differing('b', 1, 'y'))] },
    ];
    expect(groupsOf(bounds)).toEqual([
      { changes: ['x', 'y'], smallest: 'a', bound: typical(1), scenarios: 2 },
    ]);
  });
});

/** Groups as they are printed: what is new, and what is like it. */
const printed = (...some: readonly Differing[]): string[] =>
  changeGroups([{ bound: typical(1), chunks: [chunk(...some)] }]).map(({ changes, likewise, classes }) => {
    const [own, rest] = [changes, likewise].map((all) => all.map(({ text }) => text).join('; '));
    return `${own}${rest === '' ? '' : `, likewise ${rest}`}, in ${classes}`;
  });

/** The same in a world of other settings. */
const inWorld = (one: Differing, world: Differing['draft']['world']): Differing => ({
  ...one,
  draft: { ...one.draft, world },
});

describe('one group has what is one change', () => {
  const refused = (op: string) => differing(op, 1, called(op, ['done'], ['-EBADF']));

  test('of several operations', () => {
    expect(printed(refused('read'), refused('write'), refused('close'))).toEqual([
      'read: done -> -EBADF, likewise write: done -> -EBADF; close: done -> -EBADF, in 3',
    ]);
  });

  test('of operations that failed otherwise before, where the settings are what makes it', () => {
    const ioctl = differing('ioctl', 1, called('ioctl', ['-ENOTTY'], ['-EBADF']));
    expect(printed(refused('read'), ioctl)).toHaveLength(2);
    expect(printed(...[refused('read'), ioctl].map((one) => inWorld(one, { bars: 1 })))).toEqual([
      'read: done -> -EBADF, likewise ioctl: -ENOTTY -> -EBADF, in 2',
    ]);
    // Another world may have another cause.
    expect(
      printed(inWorld(refused('read'), { bars: 1 }), inWorld(refused('write'), { bars: 2 })),
    ).toHaveLength(2);
  });

  test('with what reaches the device of them', () => {
    const at = (word: string): Change => ({ ...change(word), aspect: { kind: 'device', word } });
    const read = differing('read', 1, called('read', ['done'], ['-EIO']), at('load'));
    const wide = differing('read', 1, called('read', ['done'], ['-EIO']), at('store'));
    expect(printed(read, wide)).toEqual(['read: done -> -EIO; load, likewise store, in 1']);
  });

  test('of every generated value', () => {
    const value = (field: string, text: string): Change => ({
      ...change(text),
      aspect: { kind: 'field', at: 'device', word: 'load', field },
      parts: [[`${field}: another value`]],
    });
    expect(
      printed(
        differing('a', 1, value('offset', 'offset: 0 -> 8')),
        differing('a', 1, value('len', 'len: 1 -> 2')),
      ),
    ).toEqual(['offset: 0 -> 8, likewise len: 1 -> 2, in 1']);
  });

  test('of one field, of whatever access, and of whatever value where the settings make it', () => {
    const typed = (word: string, before: string, after: string): Change => ({
      ...called(`type of ${word}`, [before], [after]),
      aspect: { kind: 'field', at: 'device', word, field: 'type' },
    });
    const all = [typed('read', 'wb', 'nc'), typed('write', 'wb', 'nc'), typed('read', 'wb', 'device')].map(
      (one) => differing('access', 1, one),
    );
    expect(printed(...all)).toEqual([
      'type of read: wb -> nc, likewise type of write: wb -> nc, in 1',
      'type of read: wb -> device, in 1',
    ]);
    expect(printed(...all.map((one) => inWorld(one, { slot: 1 })))).toEqual([
      'type of read: wb -> nc, likewise type of write: wb -> nc; type of read: wb -> device, in 1',
    ]);
  });

  test('but not what hangs', () => {
    const hangs: Change = { ...change('outcome'), aspect: { kind: 'outcome' } };
    const read = differing('read', 1, called('read', ['done'], ['-EIO']));
    expect(printed(read, differing('read', 1, called('read', ['done'], ['-EIO']), hangs))).toEqual([
      'read: done -> -EIO, in 1',
      'outcome, in 1',
    ]);
  });
});

describe('nothing new is', () => {
  const one = differing('a', 1, called('write', ['done'], ['-EINVAL']));
  const other = differing('b', 1, called('write', ['-EIO'], ['-EINVAL']));

  test('what smaller ones show one by one', () => {
    const both = differing('c', 2, called('write', ['done', '-EIO'], ['-EINVAL']));
    expect(printed(one, other, both).join()).not.toContain('or');
  });

  test('what a smaller one always shows and this under some schedules, if a part of it differs already', () => {
    const some = called('write', ['done'], ['-EINVAL', 'done']);
    const mixed = differing('c', 2, called('open', ['-EIO'], ['done']), some);
    const open = differing('d', 1, called('open', ['-EIO'], ['done']));
    expect(printed(one, open, mixed)).toHaveLength(2);
    // Where nothing else differs it is a race.
    expect(printed(one, differing('c', 2, some))).toEqual([
      'write: done -> -EINVAL, in 1',
      'write: done -> -EINVAL or done, in 1',
    ]);
  });
});

test('of scenarios of one size those come first in which all is new', () => {
  const known = differing('a', 1, called('write', ['done'], ['-EINVAL']));
  const race = called('read', ['done', '-EIO'], ['done']);
  const mixed = differing('mixed', 2, called('write', ['done'], ['-EINVAL']), race);
  const pure = differing('pure', 2, race);
  const groups = changeGroups([{ bound: typical(2), chunks: [chunk(known, mixed, pure)] }]);
  expect(groups.map(({ smallest }) => smallest.class)).toEqual(['a', 'pure']);
});
