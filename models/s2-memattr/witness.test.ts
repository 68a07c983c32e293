import { describe, expect, test } from 'vitest';
import { alone, type Body, by, ends, mmap, munmap, read, run, write } from './call-results.fixture.ts';

const RESET_PLATFORM: Body = { op: 'reset', device: 'platform' };

describe('the stale flag: Normal-NC for a page frame whose VMA has no flag', () => {
  const stale = (state: string, backing: string): boolean =>
    ends(state, [...by('vcpu0', write()), ...by('user0', mmap(backing))], {}, ({ leafChanges }) =>
      leafChanges.some(({ after }) => after?.attr === 'normal-nc' && after.fault?.supplier?.flag === false)
        ? 'stale'
        : 'fine',
    ).includes('stale');

  test.each(['platform', 'mem', 'resource_wc'])(
    'comes about where the sequence count is read after the unlock, with %s',
    (backing) => {
      expect(stale('v9+mutant-seq-after-unlock', backing)).toBe(true);
    },
  );

  test.each(['v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9', 'merged', 'post'])('and never on %s', (state) => {
    for (const backing of ['platform', 'mem', 'resource_wc', 'ram'])
      expect(stale(state, backing)).toBe(false);
  });
});

describe('the same page frame under two slots', () => {
  test.each(['v3', 'v9', 'post'])('on %s is Normal-NC at one address and Device at the other', (state) => {
    const { types } = alone(state, [write(), write('slot1')], { slot1: 'mem' });
    expect(types).toEqual(['normal-nc', 'device-nGnRE']);
  });

  test('on alt-pfn and alt-follow is the same at both', () => {
    const two = (state: string) => alone(state, [write(), write('slot1')], { slot1: 'mem' }).types;
    expect(two('alt-pfn')).toEqual(['normal-nc', 'normal-nc']);
    expect(two('alt-follow')).toEqual(['device-nGnRE', 'device-nGnRE']);
  });

  test('is reached through /dev/mem with memory disabled', () => {
    const { results, evidence } = alone('v9', [{ op: 'memory_disable' }, read(), read('slot1')], {
      slot1: 'mem',
    });
    expect(results).toEqual([0, -14, 0]);
    expect(evidence.guestAccesses.map(({ memoryEnabled }) => memoryEnabled)).toEqual([false]);
  });
});

describe('a permission fault', () => {
  const RO: Body = { op: 'mprotect', hva: 0, prot: 'r' };
  const RW: Body = { op: 'mprotect', hva: 0, prot: 'rw' };
  const ops = [...by('user0', RO, RW), ...by('vcpu0', read(), write())];

  test('whose entry went meanwhile changes nothing, and the guest tries again', () => {
    const seen = ends('v9', ops, {}, ({ stage2Faults, leafOf }, results) => {
      const permission = stage2Faults.find(({ kind, ret }) => kind === 'permission' && ret === 0);
      return permission === undefined ? 'other' : `${results.join(' ')} ${leafOf('slot0')?.attr}`;
    });
    expect(seen).toEqual(['0 0 0 0 normal-nc', 'other']);
  });

  test('of a device page that was write-protected in a race with mmap keeps the type', () => {
    const race = [
      ...by('vcpu0', mmap('pci'), read(), write()),
      ...by('user0', { op: 'set_memslot', slot: 0, logging: true }),
    ];
    const types = (state: string) =>
      ends(state, race, { slot0: 'ram' }, ({ leafChanges, leafOf }) =>
        leafChanges.some(({ kind }) => kind === 'relax') ? leafOf('slot0')!.attr : 'no relaxation',
      );
    expect(types('v9')).toEqual(['no relaxation', 'normal-nc']);
    expect(types('v9+mutant-relax-by-encoder')).toEqual(['no relaxation', 'normal']);
  });
});

describe('a write on its way when a device is taken back', () => {
  const late = (state: string, stage1 = 'normal-nc'): number =>
    alone(state, [write('slot0', stage1), munmap(), RESET_PLATFORM], { slot0: 'platform' }).evidence
      .resets[0]!.inFlight.length;

  test.each([
    ['pre', 0],
    ['v1', 1],
    ['v2', 1],
    ['v3', 0],
    ['v9', 0],
  ])('of vfio-platform on %s: %i', (state, count) => {
    expect(late(state)).toBe(count);
  });

  test.each([
    ['pre', 'device-GRE', 0],
    ['v2', 'device-GRE', 1],
    ['v2', 'device-nGRE', 0],
    ['v2', 'mmu-off', 0],
    ['v9', 'device-GRE', 0],
  ])('of vfio-platform on %s with stage 1 %s, which may be gathered or not: %i', (state, stage1, count) => {
    expect(late(state, stage1)).toBe(count);
  });

  test('has arrived behind PCIe', () => {
    const { evidence } = alone('v9', [write(), munmap(), { op: 'reset' }]);
    expect(evidence.guestAccesses[0]).toMatchObject({ type: 'normal-nc' });
    expect(evidence.resets[0]!.inFlight).toEqual([]);
  });
});

describe('a cacheable VM_PFNMAP over MMIO', () => {
  const leaf = (state: string, world = {}) =>
    alone(state, [write()], { slot0: 'cacheable', ...world }).evidence.leafOf('slot0');

  test('on v1 is write-back and, with DIC, executable without that anybody asked', () => {
    expect(leaf('v1:1')).toMatchObject({ attr: 'normal', exec: true, devicePfn: true });
    expect(leaf('v1:1', { cacheDic: false })).toMatchObject({ attr: 'normal', exec: false });
  });

  test('on post as well, where FWB and DIC allow it', () => {
    expect(leaf('post')).toMatchObject({ attr: 'normal', exec: true, devicePfn: true });
    expect(leaf('post', { cacheDic: false })).toBeNull();
  });

  test('on others is Device', () => {
    for (const state of ['pre', 'v3', 'v9']) expect(leaf(state)?.attr).toBe('device-nGnRE');
  });
});

describe('the alternatives of the review', () => {
  const typeOf = (state: string, backing: string): string => {
    const { types, results } = alone(state, [write()], { slot0: backing });
    return types[0] ?? String(results[0]);
  };

  test('alt-follow gives Normal-NC to what the VMM maps so, which is not vfio-pci', () => {
    expect(typeOf('alt-follow', 'pci')).toBe('device-nGnRE');
    expect(typeOf('alt-follow', 'resource_wc')).toBe('normal-nc');
    expect(typeOf('alt-follow', 'cacheable')).toBe('device-nGnRE');
  });

  test('alt-reject refuses what would be a mismatch', () => {
    expect(typeOf('alt-reject', 'pci')).toBe('normal-nc');
    expect(typeOf('alt-reject', 'platform')).toBe('device-nGnRE');
    expect(typeOf('alt-reject', 'resource_wc')).toBe('-14');
    expect(typeOf('alt-reject', 'usemem')).toBe('-14');
  });

  test('alt-ioctl needs both', () => {
    const { types } = alone('alt-ioctl', [{ op: 'allow_nc' }, write()]);
    expect(types).toEqual(['normal-nc']);
    expect(typeOf('alt-ioctl', 'pci')).toBe('device-nGnRE');
    const platform = alone('alt-ioctl', [{ op: 'allow_nc' }, write()], { slot0: 'platform' });
    expect(platform.types).toEqual(['device-nGnRE']);
    expect(alone('v9', [{ op: 'allow_nc' }]).results).toEqual([-25]);
  });

  test('alt-ioctl leaves what is mapped by then as it is', () => {
    expect(alone('alt-ioctl', [write(), { op: 'allow_nc' }, write()]).types).toEqual([
      'device-nGnRE',
      'device-nGnRE',
    ]);
  });

  test('alt-pfn goes by the page frame, whoever maps it', () => {
    expect(typeOf('alt-pfn', 'mem')).toBe('normal-nc');
    expect(typeOf('alt-pfn', 'platform')).toBe('device-nGnRE');
  });

  test('alt-fd knows no VMA that could be replaced', () => {
    const { types } = alone('alt-fd', [mmap('platform'), write(), munmap(), write()]);
    expect(types).toEqual(['normal-nc', 'normal-nc']);
    const disabled = alone('alt-fd', [write(), { op: 'memory_disable' }, write()]);
    expect(disabled.results).toEqual([0, 0, -14]);
    expect(alone('alt-fd', [{ op: 'set_memslot', slot: 0, logging: true }]).results).toEqual([-22]);
  });
});

test('what is mapped anew is what the guest gets', () => {
  const seen = ends(
    'v9',
    [...by('vcpu0', write()), ...by('user0', mmap('ram'))],
    {},
    ({ guestAccesses }, results) =>
      [
        ...results,
        ...guestAccesses.map(({ leaf, stale }) => `${leaf.pageFrame}${stale ? ' stale' : ''}`),
      ].join(' '),
  );
  expect(seen).toEqual(['0 0 PCI BAR', '0 0 memory']);
  const { run: done } = run('v9+mutant-no-retry', [...by('vcpu0', write()), ...by('user0', mmap('ram'))]);
  expect(done.outcome).toBe('finished');
});
