import { describe, expect, test } from 'vitest';
import type { WorldConfig } from '../../harness/model/model.ts';
import { type Body, info, mmap, play, store } from './in-order.fixture.ts';

const EINVAL = -22;
const ENOTTY = -25;
const SET: Body = { op: 'set_irqs', vectors: 1 };
const TRIGGER: Body = { op: 'trigger', vector: 0 };

describe('pages with the MSI-X table', () => {
  const x86: WorldConfig = { arch: 'x86' };

  test.each<[string, string, WorldConfig, number]>([
    ['pre', 'ever', {}, EINVAL],
    ['v4.6', 'ever', {}, EINVAL],
    ['rfc1', 'with CONFIG_EEH', {}, 0],
    ['rfc1', 'with CONFIG_EEH, whatever the bridge', { filtersMsi: false }, 0],
    ['rfc1', 'without CONFIG_EEH', { eeh: false }, EINVAL],
    ['rfc1', 'on x86', x86, EINVAL],
    ['rfc2', 'with both options', {}, 0],
    ['rfc2', 'without VFIO_PCI_MMAP_MSIX', { mmapMsix: false }, EINVAL],
    ['rfc3', 'on a bridge that filters', { otherFiltersMsi: false }, 0],
    ['rfc3', 'on a bridge that does not', { filtersMsi: false }, EINVAL],
    ['rfc4', 'on a bridge that filters', { otherFiltersMsi: false }, 0],
    ['rfc4', 'on a bridge that does not, beside one that does', { filtersMsi: false }, 0],
    ['rfc4', 'where none filters', { filtersMsi: false, otherFiltersMsi: false }, EINVAL],
    ['rfc4:1+2+3+4+5+6', 'on powernv', {}, EINVAL],
    ['rfc4:1+2+3+4+5+6', 'on x86 with remapping', x86, 0],
    ['rfc4:1+2+3+4+5', 'on x86 with remapping', x86, EINVAL],
    ['rfc4', 'on x86 without remapping', { ...x86, intrRemap: false, allowUnsafeInterrupts: true }, EINVAL],
    ['rfc4', 'on arm64, whose SMMU claims it', { arch: 'arm64', filtersMsi: false }, 0],
    ['always', 'where none filters', { filtersMsi: false, otherFiltersMsi: false }, 0],
    ['busflag', 'on a bridge that does not, beside one that does', { filtersMsi: false }, EINVAL],
    ['busflag', 'on a bridge that filters', { otherFiltersMsi: false }, 0],
    ['busflag', 'on x86, whose buses nobody marks', x86, EINVAL],
    ['v4.8', 'ever', {}, EINVAL],
    ['v4.12', 'ever', {}, EINVAL],
    ['v4.16', 'always', { filtersMsi: false, otherFiltersMsi: false }, 0],
    ['v5.11', 'always', {}, 0],
  ])('%s, mapped %s', (state, _when, world, ret) => {
    expect(play(state, world, [mmap(2, 0, 0x10000)]).returns).toEqual([ret]);
    // What lies beyond them was never in question.
    expect(play(state, world, [mmap(2, 0x10000, 0x10000)]).returns).toEqual([0]);
  });

  test('type1 does not attach an unsafe function, SPAPR TCE does not ask', () => {
    const unsafe: WorldConfig = { intrRemap: false, opened: false };
    expect(play('v4.16', { ...unsafe, arch: 'x86' }, [{ op: 'open' }]).returns).toEqual([-1]);
    expect(play('v4.16', { ...unsafe, arch: 'powernv' }, [{ op: 'open' }]).returns).toEqual([0]);
    expect(
      play('v4.16', { ...unsafe, arch: 'x86', allowUnsafeInterrupts: true }, [{ op: 'open' }]).returns,
    ).toEqual([0]);
  });
});

describe('what GET_REGION_INFO tells of the BAR with the table', () => {
  test.each([
    ['pre', 7, null, false, 1],
    ['v4.6', 15, [{ offset: 0x10000, size: 0x10000 }], false, 1],
    ['rfc1', 7, null, false, 2],
    ['rfc2', 15, [{ offset: 0, size: 0x20000 }], false, 2],
    ['rfc4:1+2+3+4+5', 15, [{ offset: 0x10000, size: 0x10000 }], false, 1],
    ['rfc4', 15, [{ offset: 0, size: 0x20000 }], false, 2],
    ['busflag', 15, [{ offset: 0, size: 0x20000 }], false, 2],
    ['v4.8', 15, [{ offset: 0x10000, size: 0x10000 }], false, 1],
    ['v4.16', 15, null, true, 2],
  ])('%s: flags %i', (state, flags, areas, msixMappable, pagesMappable) => {
    const { returns, world } = play(state, {}, [info(2)]);
    expect(returns).toEqual([flags]);
    expect(world.infos).toMatchObject([{ areas, msixMappable, pagesMappable }]);
  });

  describe('MX-H8: all of it in one page', () => {
    const bars = [{ bar: 0, size: 0x1000, at: 0, table: { offset: 0, vectors: 2, pba: 0x800 } }];

    test.each([
      ['v4.6', 4096, 15],
      ['v4.6', 65536, 3],
      ['v4.8', 4096, 15],
      ['v4.8', 65536, 15],
      ['v4.12', 65536, 15],
    ])('%s with pages of %i: flags %i, and nothing can be mapped', (state, pageSize, flags) => {
      const { returns, world } = play(state, { bars, pageSize }, [info(0), mmap(0)]);
      expect(returns).toEqual([flags, EINVAL]);
      expect(world.infos).toMatchObject([
        { areas: flags === 15 ? [{ offset: 0, size: 0 }] : null, pagesMappable: 0 },
      ]);
    });

    test('v4.16 maps it', () => {
      expect(play('v4.16', { bars }, [info(0), mmap(0)]).returns).toEqual([15, 0]);
    });
  });
});

describe('a vector that the user wrote', () => {
  const ops = [SET, mmap(2, 0, 0x10000), store(0), TRIGGER];

  test('MX-H4: rfc4 lets it out through a bridge that filters nothing', () => {
    const { world } = play('rfc4', { filtersMsi: false }, ops);
    expect(world.gates).toMatchObject([{ asked: 'mmap', allowed: true, ownPath: false }]);
    expect(world.interrupts).toMatchObject([{ message: 'user', masked: false, filtered: false }]);
  });

  test('rfc3 does not', () => {
    const { world } = play('rfc3', { filtersMsi: false }, ops);
    expect(world.interrupts).toMatchObject([{ message: 'host' }]);
  });

  test('MX-H6: a change of affinity unmasks what the user masked, and takes the message back', () => {
    const { world, returns } = play('v4.16', {}, [
      SET,
      mmap(2, 0, 0x10000),
      store(0xc, 1),
      store(0),
      { op: 'affinity', vector: 0 },
      TRIGGER,
    ]);
    expect(returns).toEqual([0, 0, 0, 0, 0, 0]);
    expect(world.hostWrites.filter(({ overwroteUser }) => overwroteUser)).toMatchObject([
      { part: 'message' },
    ]);
    expect(world.interrupts).toMatchObject([{ message: 'host', masked: false }]);
  });

  test('before SET_IRQS nothing is sent', () => {
    expect(play('v4.16', {}, [mmap(2, 0, 0x10000), store(0), TRIGGER]).world.interrupts).toEqual([]);
  });
});

describe('the table by pread, pwrite and ioeventfd', () => {
  const write: Body = { op: 'pwrite', bar: 2, pos: 0x1c, count: 8 };

  test.each(['pre', 'rfc1', 'rfc3', 'rfc4:1+2+3+4+5', 'always', 'v4.16', 'v5.11'])(
    '%s: writes are dropped, and counted',
    (state) => {
      const { returns, world } = play(state, {}, [write, { ...write, op: 'pread' }]);
      expect(returns).toEqual([8, 8]);
      expect(world.tableWrites).toEqual([]);
      // The four bytes behind the table get through.
      expect(world.device()).toMatchObject([
        { access: 'store', offset: 0x20 },
        { access: 'load', offset: 0x20 },
      ]);
    },
  );

  test.each<[string, WorldConfig, boolean]>([
    ['rfc4', {}, true],
    ['rfc4', { filtersMsi: false, otherFiltersMsi: false }, false],
    ['busflag', {}, true],
    ['busflag', { filtersMsi: false }, false],
    ['busflag', { arch: 'x86' }, false],
  ])('%s, %j: whether it lets writes in, as it lets mappings: %s', (state, config, letsIn) => {
    const { returns, world } = play(state, config, [write, mmap(2, 0, 0x10000)]);
    expect(returns).toEqual([8, letsIn ? 0 : EINVAL]);
    expect(world.tableWrites).toMatchObject(letsIn ? [{ via: 'pwrite', vector: 1, part: 'control' }] : []);
    expect(world.gates).toMatchObject([
      { asked: 'pwrite', allowed: letsIn },
      { asked: 'mmap', allowed: letsIn },
    ]);
  });

  test('ioeventfds come after v4.16, and leave it out', () => {
    const at = (pos: number): Body => ({ op: 'ioeventfd', bar: 2, pos, count: 4 });
    expect(play('v4.16', {}, [at(0)]).returns).toEqual([ENOTTY]);
    expect(play('v5.11', {}, [at(0), at(0x1c), at(0x20), at(0x20), at(0x1_fffe)]).returns).toEqual([
      EINVAL,
      EINVAL,
      0,
      -17,
      EINVAL,
    ]);
  });

  test('the mutant lets both through', () => {
    const { world } = play('v5.11+mutant-writable-table', {}, [
      { op: 'pwrite', bar: 2, pos: 0, count: 4 },
      { op: 'ioeventfd', bar: 2, pos: 0, count: 4 },
    ]);
    expect(world.tableWrites.map(({ via }) => via)).toEqual(['pwrite', 'ioeventfd']);
  });
});
