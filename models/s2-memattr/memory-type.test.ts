import { describe, expect, test } from 'vitest';
import type { MemAttr, Stage1 } from '../../properties/s2-memattr/evidence.ts';
import { alone, type Body, read } from './call-results.fixture.ts';
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
  const unaligned = (access: string, stage1: string, page = 'slot0'): Body => ({
    op: 'guest_access',
    page,
    access,
    stage1,
    unaligned: true,
  });
  const load = (stage1: string) => unaligned('read', stage1);

  test('ends KVM_RUN where stage 2 makes Device of Normal, once it is mapped, and works where it is Normal-NC', () => {
    expect(alone('v9', [load('normal-nc')]).results).toEqual([0]);
    const { results, evidence } = alone('pre', [load('normal-nc')]);
    expect(results).toEqual([-14]);
    expect(evidence.leafOf('slot0')).not.toBeNull();
    expect(evidence.guestAccesses.map(({ done }) => done)).toEqual([false]);
  });

  test('is found out before the permissions of stage 2', () => {
    const write = unaligned('write', 'normal-nc');
    const { results, evidence } = alone('pre', [
      read(),
      { op: 'mprotect', hva: 0, prot: 'r' },
      read(),
      write,
    ]);
    expect(results.at(-1)).toBe(-14);
    expect(evidence.stage2Faults.map(({ access }) => access)).not.toContain('write');
  });

  test.each(['device-GRE', 'device-nGRE', 'device-nGnRE', 'device-nGnRnE', 'mmu-off'])(
    'with %s of stage 1 faults in the guest before the host hears of it, whatever is mapped',
    (stage1) => {
      for (const state of ['pre', 'v9']) {
        for (const slot0 of ['pci', 'platform', 'ram', 'none']) {
          for (const access of ['read', 'write']) {
            const { results, evidence } = alone(state, [unaligned(access, stage1)], { slot0 });
            expect(results, `${state} ${slot0} ${access}`).toEqual([3]);
            expect(evidence.stage2Faults).toEqual([]);
            expect(evidence.guestAccesses).toEqual([]);
          }
        }
        // Where user space would have emulated an aligned one.
        expect(alone(state, [unaligned('read', stage1, 'gicv')]).results).toEqual([3]);
      }
    },
  );

  test('and mapped memory, which write-back of FWB does not help', () => {
    const world = { slot0: 'ram' };
    expect(alone('v9', [read(), load('device-GRE'), load('normal-wb')], world).results).toEqual([0, 3, 0]);
  });

  test('of a fetch is nothing to the memory type', () => {
    for (const stage1 of ['normal-nc', 'device-GRE']) {
      expect(alone('v9', [unaligned('exec', stage1)], { slot0: 'ram', fwb: false }).results).toEqual([0]);
      expect(alone('v9', [unaligned('exec', stage1)]).results).toEqual([2]);
    }
  });
});
