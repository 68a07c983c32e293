import { describe, expect, test } from 'vitest';
import type { Json } from '../../harness/model/field.ts';
import { validateScenario } from '../../harness/scenario/validate.ts';
import { world } from './operations.ts';
import { series } from './series.ts';
import { worldProblem } from './world-problem.ts';

const bar = (at: number, more: { readonly [field: string]: Json } = {}) => ({
  bar: 0,
  size: 0x1000,
  at,
  ...more,
});
const table = { offset: 0, vectors: 2, pba: 0x800 };

describe('a world that is valid field by field', () => {
  test.each<[string, { readonly [field: string]: Json }, RegExp]>([
    ['a BAR named twice', { bars: [bar(0), bar(0x1000)] }, /names BAR 0 twice/],
    ['a BAR of three pages', { bars: [bar(0, { size: 0x3000 })] }, /a power of two/],
    ['a BAR that is not naturally aligned', { bars: [bar(0x800)] }, /a multiple of it/],
    ['two BARs in one place', { neighbour: [bar(0)] }, /over each other/],
    [
      'a BAR beyond the window',
      { bars: [bar(0xff000, { size: 0x1000 }), { bar: 1, size: 0x100000, at: 0 }] },
      /over/,
    ],
    [
      'two tables',
      { bars: [bar(0, { table }), { bar: 1, size: 0x1000, at: 0x1000, table }] },
      /two MSI-X tables/,
    ],
    ['a table beyond its BAR', { bars: [bar(0, { table: { ...table, offset: 0xff0 } })] }, /beyond BAR 0/],
    ['x86 and pages of 64 KiB', { arch: 'x86', pageSize: 65536 }, /x86, which has pages of 4096/],
    ['a table between words', { bars: [bar(0, { table: { ...table, offset: 4 } })] }, /multiple of 8/],
    [
      'pending bits over the table',
      { bars: [{ bar: 2, size: 0x1000, at: 0, table: { offset: 0, vectors: 2, pba: 0 } }] },
      /pba within its table/,
    ],
    [
      'virtual functions at an odd place',
      { sriov: { vfs: 2, size: 0x1000, at: 0x80800 } },
      /virtual functions/,
    ],
  ])('is refused with %s', (_what, config, problem) => {
    expect(worldProblem(config)).toMatch(problem);
  });

  test('is never one that is generated', () => {
    const whole = (name: string): readonly Json[] => {
      const field = world[name]!;
      return field.kind === 'whole' ? field.values : [];
    };
    for (const bars of whole('bars')) {
      for (const neighbour of whole('neighbour')) {
        for (const sriov of whole('sriov')) expect(worldProblem({ bars, neighbour, sriov })).toBeNull();
      }
    }
  });
});

test('a hot added function has a BAR of a size that BARs have', () => {
  const scenario = (size: number) => ({
    format: 1,
    model: 'msix-mmap/v4.8',
    ops: [{ actor: 'admin', op: 'hot_add', slot: 2, size }],
  });
  expect(() => validateScenario(series, scenario(0x2000), 'x.json')).not.toThrow();
  expect(() => validateScenario(series, scenario(3000), 'x.json')).toThrow(/size is 3000; allowed: 16, 32, /);
});

test('of a release no patches can be picked', () => {
  expect(series.model('v4.8:1')).toBeNull();
  expect(series.selectionProblem('v4.8:1')).toBe('v4.8 has no patches to pick from');
  expect(series.model('rfc4:1+2')).not.toBeNull();
});
