import { describe, expect, test } from 'vitest';
import type { MemAttr, Stage1 } from '../../properties/s2-memattr/evidence.ts';
import { alone, type Body } from './call-results.fixture.ts';
import { combine } from './memory-type.ts';

/** Stage 1, then what it comes to with Device-nGnRE, Normal-NC and Normal-WB of stage 2. */
const TABLE: readonly (readonly [Stage1, string, string, string])[] = [
  ['normal-wb', 'device-nGnRE', 'normal-nc', 'normal-wb'],
  ['normal-wt', 'device-nGnRE', 'normal-nc', 'normal-wt'],
  ['normal-nc', 'device-nGnRE', 'normal-nc', 'normal-nc'],
  ['device-nGnRnE', 'device-nGnRnE', 'device-nGnRnE', 'device-nGnRnE'],
  ['device-nGnRE', 'device-nGnRE', 'device-nGnRE', 'device-nGnRE'],
  ['device-nGRE', 'device-nGnRE', 'device-nGRE', 'device-nGRE'],
  ['device-GRE', 'device-nGnRE', 'device-GRE', 'device-GRE'],
  ['mmu-off', 'device-nGnRnE', 'device-nGnRnE', 'device-nGnRnE'],
];

describe.each(TABLE)('stage 1 %s', (stage1, device, nonCacheable, writeBack) => {
  test.each([true, false])('with MMIO types of stage 2, FWB %s', (fwb) => {
    expect(combine(stage1, 'device-nGnRE', fwb)).toBe(device);
    expect(combine(stage1, 'normal-nc', fwb)).toBe(nonCacheable);
  });

  test('with Normal of stage 2 is up to the guest, but for FWB', () => {
    expect(combine(stage1, 'normal', false)).toBe(writeBack);
    expect(combine(stage1, 'normal', true)).toBe('normal-wb');
  });

  test('with 0b111 of FWB is up to the guest', () => {
    expect(combine(stage1, 'any', true)).toBe(writeBack);
  });
});

test('what was not initialised says nothing', () => {
  const attr: MemAttr = 'uninitialised';
  expect(combine('normal-nc', attr, true)).toBe('unknown');
});

describe('an unaligned access', () => {
  const access = (stage1: string): Body => ({
    op: 'guest_access',
    page: 'slot0',
    access: 'read',
    stage1,
    unaligned: true,
  });

  test('faults where the result is Device, and works where it is Normal-NC', () => {
    expect(alone('v9', [access('normal-nc'), access('device-GRE')]).results).toEqual([0, 3]);
    expect(alone('pre', [access('normal-nc'), access('device-GRE')]).results).toEqual([3, 3]);
  });
});
