import { describe, expect, test } from 'vitest';
import type { WorldConfig } from '../../harness/model/model.ts';
import { mmap, OPEN, play, store } from './in-order.fixture.ts';

const booted = (state: string, world: WorldConfig) => play(state, { opened: false, ...world }, []).world;
const bars = [{ bar: 0, size: 0x1000, at: 0x1000 }];

describe('resource_alignment', () => {
  test.each<[string, string, number, number, number]>([
    ['pre', '0000:01:00.0', 0, 0x10000, 0x10000],
    ['pre', '01:00.0', 0, 0x10000, 0x10000],
    ['pre', '13@01:00.0', 0, 0x2000, 0x2000],
    ['pre', '13@01:01.0;14@01:00.0', 0, 0x4000, 0x4000],
    ['pre', '13@01:01.0,14@01:00.0', 0, 0x4000, 0x4000],
    ['pre', 'nonsense;01:00.0', 0x1000, 0x1000, 0],
    ['pre', '*:*:*.*', 0x1000, 0x1000, 0],
    // The suffix is behind what was parsed when the entry matches.
    ['pre', '01:00.0:noresize', 0, 0x10000, 0x10000],
    // After an entry of another function it is not understood.
    ['pre', '01:01.0:noresize;01:00.0', 0x1000, 0x1000, 0],
    ['rfc4', '01:01.0:noresize;01:00.0', 0, 0x10000, 0x10000],
    ['rfc4', '01:00.0', 0, 0x10000, 0x10000],
    ['rfc4', '01:00.0:noresize', 0, 0x1000, 0x10000],
    ['rfc4', '*:*:*.*:noresize', 0, 0x1000, 0x10000],
    ['rfc4:1', '*:*:*.*:noresize', 0x1000, 0x1000, 0],
    ['v4.8', '01:00.0', 0, 0x10000, 0x10000],
  ])('%s, %s: start %i, size %i', (state, resourceAlignment, start, size, align) => {
    const world = booted(state, { bars, resourceAlignment });
    expect(world.recorded).toEqual([{ bar: 0, start, size }]);
    expect(world.alignments).toMatchObject(align === 0 ? [] : [{ device: '0000:01:00.0', align }]);
  });

  test('v4.12 aligns on PowerNV without being asked, and nowhere else', () => {
    expect(booted('v4.12', { bars }).recorded).toEqual([{ bar: 0, start: 0, size: 0x1000 }]);
    expect(booted('v4.12', { bars, arch: 'arm64' }).recorded).toEqual([
      { bar: 0, start: 0x1000, size: 0x1000 },
    ]);
    expect(booted('v4.12', { bars, resourceAlignment: '13@01:00.0' }).recorded).toEqual([
      { bar: 0, start: 0, size: 0x2000 },
    ]);
  });

  test('MX-H11: the recorded BAR is larger than the function', () => {
    const { returns, world } = play('pre', { resourceAlignment: '16@01:00.0' }, [mmap(0), store(0x2000)]);
    expect(returns).toEqual([0, 0]);
    expect(world.touches).toMatchObject([{ target: 'nothing', recorded: true }]);
  });

  test.each([
    ['pre', -22],
    ['rfc4:1', -22],
    ['rfc4:1+2', -22],
    ['rfc4:1+2+3', 0],
    ['rfc4', 0],
    ['v4.8', -22],
    ['v4.12', 0],
  ])('MX-H12: under PCI_PROBE_ONLY, %s opens with %i', (state, ret) => {
    const world: WorldConfig = { bars, resourceAlignment: '01:00.0', probeOnly: true, opened: false };
    const { returns, world: after } = play(state, world, [OPEN]);
    expect(returns).toEqual([ret]);
    expect(after.alignments).toMatchObject([
      { before: { start: 0x1000 }, after: { start: ret === 0 ? 0x1000 : null } },
    ]);
  });

  test.each([
    ['pre', null],
    ['rfc4', null],
    ['v4.12', 0x1000],
  ])('a fixed BAR on %s ends at %s', (state, start) => {
    const world = booted(state, {
      bars: [{ bar: 0, size: 0x1000, at: 0x1000, fixed: true }],
      resourceAlignment: '01:00.0',
    });
    expect(world.recorded[0]!.start).toBe(start);
  });

  test.each([
    ['rfc4', ':noresize', true, null],
    ['rfc4', ':noresize', false, 0],
    ['v4.12', '', true, 0x20000],
    ['v4.12', '', false, 0x20000],
  ])('a large BAR on %s with %s (fixed: %s) ends at %s', (state, suffix, fixed, start) => {
    const { recorded } = booted(state, {
      bars: [{ bar: 0, size: 0x20000, at: 0x20000, fixed }],
      resourceAlignment: `01:00.0${suffix}`,
    });
    expect(recorded).toEqual([{ bar: 0, start, size: 0x20000 }]);
  });

  test('rfc4 keeps the natural alignment of what is larger than was asked for', () => {
    const { recorded } = booted('rfc4', {
      bars: [
        { bar: 0, size: 0x1000, at: 0x1000 },
        { bar: 2, size: 0x20000, at: 0x40000 },
      ],
      resourceAlignment: '01:00.0:noresize',
    });
    expect(recorded).toEqual([
      { bar: 0, start: 0x20000, size: 0x1000 },
      { bar: 2, start: 0, size: 0x20000 },
    ]);
  });

  test('MX-H13: the VF BAR is resized, and with it the stride', () => {
    const sriov = { vfs: 2, size: 0x1000, at: 0x80000 };
    const strides = (state: string, resourceAlignment: string) =>
      booted(state, { bars, sriov, resourceAlignment })
        .alignments.filter(({ resource }) => resource === 'VF BAR')
        .map(({ stride }) => stride);
    expect(strides('pre', '01:00.0')).toEqual([{ hardware: 0x1000, recorded: 0x8000 }]);
    expect(strides('rfc4', '01:00.0')).toEqual([{ hardware: 0x1000, recorded: 0x8000 }]);
    expect(strides('rfc4', '01:00.0:noresize')).toEqual([{ hardware: 0x1000, recorded: 0x1000 }]);
    expect(strides('v4.12', '01:00.0')).toEqual([{ hardware: 0x1000, recorded: 0x1000 }]);
  });

  test('MX-H14: rfc4 1/7 alone marks BARs as bridge windows are marked', () => {
    const taken = (state: string) =>
      booted(state, { bars, resourceAlignment: '01:00.0:noresize' }).alignments[0]!.takenForWindow;
    expect(taken('rfc4:1')).toBe(true);
    expect(taken('rfc4:1+2')).toBe(false);
  });
});

describe('alignment of all BARs', () => {
  const world: WorldConfig = {
    bars,
    neighbour: [{ bar: 0, size: 0x1000, at: 0x2000 }],
    resourcePageAligned: true,
  };

  test.each([
    ['rfc1', 'arch'],
    ['rfc2', 'page_aligned'],
    ['rfc3', 'page_aligned'],
  ])('%s gives each a page', (state, by) => {
    const { alignments, recorded } = booted(state, world);
    expect(recorded).toEqual([{ bar: 0, start: 0, size: 0x1000 }]);
    expect(alignments).toMatchObject([
      { by, after: { start: 0, size: 0x1000 } },
      { by, device: '0000:01:01.0', after: { start: 0x10000 } },
    ]);
  });

  test.each(['rfc1', 'rfc2', 'rfc3'])('%s leaves what it may not move', (state) => {
    expect(booted(state, { ...world, probeOnly: true }).recorded).toEqual([
      { bar: 0, start: 0x1000, size: 0x1000 },
    ]);
  });
});
