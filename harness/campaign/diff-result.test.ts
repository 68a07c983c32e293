import { describe, expect, test } from 'vitest';
import { series as remoteVm } from '../../models/remote-vm/series.ts';
import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { ClassCount, CompareChunk } from './compare.ts';
import { series as dial } from './dial.fixture.ts';
import { mergeClasses, pairPatches } from './diff-result.ts';

/** A patch that sets entries of the kernel. */
const patch = (subject: string, changes: object = { [subject]: 1 }): Patch<unknown> => ({
  id: subject,
  subject,
  source: { status: 'inferred' },
  apply: (kernel) => ({ ...(kernel as object), ...changes }),
});
const [one, two, three] = [patch('one'), patch('two'), patch('three')];
const [old, lock] = [patch('old'), patch('lock')];

const of = (...patches: readonly Patch<unknown>[]): Model => ({ ...dial.model('pre')!, patches });
const pairs = (a: Model, b: Model): string[] =>
  pairPatches(a, b, dial.base).map(
    ({ marker, first, second }) => `${marker} ${first?.subject ?? '-'} ${second?.subject ?? '-'}`,
  );

describe('patches are paired', () => {
  test('the same, another of the same subject, and those of only one side', () => {
    expect(pairs(of(one, two, old), of(one, patch('two', { two: 2 }), three))).toEqual([
      '= one one',
      '! two two',
      '< old -',
      '> - three',
    ]);
  });

  test('what only the first has stands where it was', () => {
    expect(pairs(of(old, one, lock, two), of(one, two, three))).toEqual([
      '< old -',
      '= one one',
      '< lock -',
      '= two two',
      '> - three',
    ]);
    expect(pairs(of(one, old), of())).toEqual(['< one -', '< old -']);
  });

  test('in the order of the second, whatever that of the first', () => {
    expect(pairs(of(one, two, old), of(two, one))).toEqual(['= two two', '= one one', '< old -']);
  });

  test('by subject, whatever its case and whatever stands before it', () => {
    const posted = patch('[PATCH v3 2/4]  Two', { two: 1 });
    expect(pairs(of(one, two), of(one, posted))).toEqual(['= one one', '= two [PATCH v3 2/4]  Two']);
  });

  test('the same where they do the same, each made anew', () => {
    const path = () => 0;
    const makes = (entries: object) => patch('path', entries);
    expect(pairs(of(makes({ path, fact: { a: 1 } })), of(makes({ path, fact: { a: 1 } })))).toEqual([
      '= path path',
    ]);
    expect(pairs(of(makes({ path })), of(makes({ path: () => 0 })))).toEqual(['! path path']);
    expect(pairs(of(makes({ path })), of(makes({ path, more: true })))).toEqual(['! path path']);
    expect(pairs(of(makes({})), of(makes({})))).toEqual(['= path path']);
  });

  test('of another subject, where they change the same of the kernel', () => {
    const [first, second] = [patch('define f', { f: 1, g: 1 }), patch('add f', { f: 2, g: 1, h: 1 })];
    expect(pairs(of(one, first), of(one, second))).toEqual(['= one one', '! define f add f']);
    expect(pairs(of(first), of(patch('add h', { f: 2, h: 1, i: 1 })))).toEqual(['< define f -', '> - add h']);
  });

  test('of real versions, of which most was posted again as it was', () => {
    const [v3, v4] = ['v3', 'v4'].map((id) => remoteVm.model(id)!) as [Model, Model];
    const markers = pairPatches(v3, v4, remoteVm.base).map(({ marker, second }) => `${marker} ${second?.id}`);
    expect(markers.filter((one) => !one.startsWith('='))).toEqual(['! 8/16', '! 9/16']);
    expect(markers).toHaveLength(16);
  });

  test('of real states', () => {
    expect(pairs(dial.model('v1:1')!, dial.model('v1')!)).toEqual([
      '= dial: refuse 5 dial: refuse 5',
      '> - dial: refuse 2',
    ]);
    expect(pairs(dial.model('v1')!, dial.model('v2')!)).toEqual([
      '! dial: refuse 5 dial: refuse 5',
      '! dial: refuse 2 dial: allow all',
    ]);
  });
});

describe('classes', () => {
  const counts = (name: string, some: Partial<ClassCount> = {}): ClassCount => ({
    name,
    same: 0,
    changed: 0,
    onlyFirst: 0,
    onlySecond: 0,
    unknown: 0,
    partly: 0,
    ...some,
  });
  const chunk = (...classes: readonly ClassCount[]): CompareChunk => ({ classes, differing: [] });

  test('are added up over chunks', () => {
    const each = { same: 1, changed: 2, onlyFirst: 3, onlySecond: 4, unknown: 5, partly: 6 };
    expect(mergeClasses([chunk(counts('a', each)), chunk(counts('a', each))])).toEqual([
      { name: 'a', same: 2, changed: 4, onlyFirst: 6, onlySecond: 8, unknown: 10, partly: 12, marker: '!' },
    ]);
  });

  test('come by number of operations, then by name, small worlds last', () => {
    const names = ['small world a', 'b; a', 'c', 'a | a', 'a'];
    expect(mergeClasses([chunk(...names.map((name) => counts(name)))]).map(({ name }) => name)).toEqual([
      'a',
      'c',
      'a | a',
      'b; a',
      'small world a',
    ]);
  });

  test.each<[string, Partial<ClassCount>]>([
    ['=', { same: 1, unknown: 1 }],
    ['!', { changed: 1, onlyFirst: 1 }],
    ['<', { same: 1, onlyFirst: 1 }],
    ['>', { same: 1, onlySecond: 1 }],
    ['!', { onlyFirst: 1, onlySecond: 1 }],
  ])('are %s with %j', (marker, some) => {
    expect(mergeClasses([chunk(counts('a', some))])).toMatchObject([{ marker }]);
  });
});
