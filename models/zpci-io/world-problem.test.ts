import { describe, expect, test } from 'vitest';
import type { Json } from '../../harness/model/field.ts';
import { world } from './operations.ts';
import { worldProblem } from './world-problem.ts';

const range = (start: Json, end: Json) => ({ start, end, access: 'rw' });

describe('a world that is valid field by field', () => {
  test.each<[string, { readonly [field: string]: Json }, RegExp]>([
    [
      'a BAR named twice',
      {
        bars: [
          { bar: 0, size: 8 },
          { bar: 0, size: 16 },
        ],
      },
      /names BAR 0 twice/,
    ],
    ['a BAR of no size', { bars: [{ bar: 1, size: '0x0' }] }, /BAR 1 a size of 0x0; allowed: 1 byte/],
    ['a BAR beyond 256 TiB', { bars: [{ bar: 1, size: '0x1000000000001' }] }, /allowed: 1 byte to 256 TiB/],
    [
      'memory that begins within a page',
      { memory: [range('0x10008', '0x10fff')] },
      /0x10008 to 0x10fff; allowed/,
    ],
    [
      'memory that ends within a page',
      { memory: [range('0x10000', '0x10ffe')] },
      /allowed: from the first byte/,
    ],
    [
      'memory that ends before it begins',
      { memory: [range('0x12000', '0x10fff')] },
      /allowed: from the first byte/,
    ],
    ['memory that overlaps', { memory: [range(0x20000, 0x21fff), range(0x21000, 0x22fff)] }, /overlaps/],
  ])('is refused with %s', (_, config, message) => {
    expect(worldProblem(config)).toMatch(message);
  });

  test('is taken with every setting that is generated, and with none', () => {
    expect(worldProblem({})).toBeNull();
    for (const [name, field] of Object.entries(world)) {
      if (field.kind === 'record') continue;
      for (const value of field.values) expect(worldProblem({ [name]: value })).toBeNull();
    }
  });
});
