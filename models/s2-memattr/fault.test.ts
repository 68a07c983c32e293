import { describe, expect, test } from 'vitest';
import { alone, type Body, by, ends, exec, mmap, munmap, read, run, write } from './call-results.fixture.ts';

const DISABLE: Body = { op: 'memory_disable' };
const ENABLE: Body = { op: 'memory_enable' };
const GICV: Body = { op: 'map_gicv' };
const mprotect = (prot: 'r' | 'rw'): Body => ({ op: 'mprotect', hva: 0, prot });
const logging = (on: boolean): Body => ({ op: 'set_memslot', slot: 0, logging: on });

const VERSIONS = ['v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9', 'merged+nvgrace', 'post'];

/** What the guest gets with Normal-NC of its own. */
const typeOf = (state: string, backing: string, world = {}): string => {
  const { types, results } = alone(state, [write()], { slot0: backing, ...world });
  return types[0] ?? String(results[0]);
};

describe('the type that the guest gets', () => {
  test.each(VERSIONS)('on %s is Normal-NC for vfio-pci and Device for others', (state) => {
    expect(typeOf(state, 'pci')).toBe('normal-nc');
    for (const backing of ['platform', 'mem', 'resource_wc']) {
      expect(typeOf(state, backing), backing).toBe('device-nGnRE');
    }
    expect(typeOf(state, 'ram')).toBe('normal-wb');
    // The flag says nothing of what is memory.
    expect(typeOf(state, 'vfio_ram')).toBe('normal-wb');
  });

  test.each(['pre', 'v3:1', 'v9:1', 'v9:1+2', 'v9:1+2+3', 'v9:1+2+4', 'v4:1+2'])(
    'on %s is Device for all that is no memory',
    (state) => {
      for (const backing of ['pci', 'platform', 'mem', 'resource_wc', 'cacheable', 'usemem', 'resmem']) {
        expect(typeOf(state, backing), backing).toBe('device-nGnRE');
      }
    },
  );

  test('on v1 and v2 is Normal-NC for every device', () => {
    for (const backing of ['pci', 'platform', 'mem', 'resource_wc', 'resmem']) {
      expect(typeOf('v1', backing), backing).toBe('normal-nc');
      expect(typeOf('v2', backing), backing).toBe('normal-nc');
    }
    expect(typeOf('v1', 'cacheable')).toBe('normal-wb');
    expect(typeOf('v2', 'cacheable')).toBe('normal-nc');
    // By its protection alone.
    expect(typeOf('v1', 'vfio_ram')).toBe('normal-nc');
  });

  test('of GPU memory', () => {
    const gpu = (state: string, world = {}) => [
      typeOf(state, 'usemem', world),
      typeOf(state, 'resmem', world),
    ];
    expect(gpu('v9')).toEqual(['device-nGnRE', 'device-nGnRE']);
    expect(gpu('merged+nvgrace-v1')).toEqual(['normal-nc', 'normal-nc']);
    expect(gpu('merged+nvgrace')).toEqual(['device-nGnRE', 'normal-nc']);
    expect(gpu('post')).toEqual(['normal-wb', 'normal-nc']);
    expect(gpu('post', { cacheDic: false })).toEqual(['-14', 'normal-nc']);
    expect(gpu('post', { fwb: false })).toEqual(['-14', 'normal-nc']);
  });

  test('on 32-bit is Device, since the flag has no bit', () => {
    expect(typeOf('v9', 'pci', { bits: '32' })).toBe('device-nGnRE');
    expect(typeOf('v2', 'pci', { bits: '32' })).toBe('normal-nc');
  });
});

describe('v1 without FWB', () => {
  test.each(['v1:1', 'v1'])('%s fails KVM_RUN at the first access to a BAR', (state) => {
    expect(typeOf(state, 'pci', { fwb: false })).toBe('-22');
    expect(typeOf(state, 'ram', { fwb: false })).toBe('normal-nc');
  });

  test.each(['pre', 'v1:2', 'v2', 'v3', 'v9', 'post'])('%s does not', (state) => {
    expect(alone(state, [write()], { fwb: false }).results).toEqual([0]);
  });
});

describe('an instruction fetch', () => {
  test.each(['pre', 'v1', 'v2', 'v6', 'v9', 'post'])('from MMIO on %s is an abort in the guest', (state) => {
    for (const slot0 of ['pci', 'platform', 'resource_wc']) {
      expect(alone(state, [exec()], { slot0 }).results).toEqual([2]);
      expect(alone(state, [write(), exec()], { slot0 }).results).toEqual([0, 2]);
    }
  });

  test.each([true, false])('from memory works, DIC %s', (cacheDic) => {
    const { results, evidence } = alone('v9', [read(), exec()], { slot0: 'ram', cacheDic });
    expect(results).toEqual([0, 0]);
    expect(evidence.leafChanges.map(({ kind }) => kind)).toEqual(cacheDic ? ['map'] : ['map', 'relax']);
  });

  test('from what nobody maps is an abort, a load is an exit', () => {
    expect(alone('v9', [exec('gicv'), read('gicv')]).results).toEqual([2, 1]);
  });
});

describe('GICV', () => {
  test.each([
    ['pre', 'device-nGnRE'],
    ['v1:1', 'device-nGnRE'],
    ['v1', 'normal-nc'],
    ['v2', 'normal-nc'],
    ['v3', 'device-nGnRE'],
    ['v9', 'device-nGnRE'],
    ['post', 'device-nGnRE'],
  ])('on %s is %s', (state, type) => {
    const { types, results, evidence } = alone(state, [GICV, GICV, read('gicv')]);
    expect(results).toEqual([0, 0, 0]);
    expect(types).toEqual([type]);
    expect(evidence.leafOf('gicv')?.attr).toBe(type);
  });

  test('is not mapped with pKVM', () => {
    expect(alone('v9', [GICV], { pkvm: true }).results).toEqual([-1]);
  });
});

test("with pKVM, the host's stage 2 asks for no Device, so that v1 changes nothing there", () => {
  for (const state of ['pre', 'v1', 'v9']) {
    const { encodings } = alone(state, [{ op: 'host_mmio' }], { pkvm: true }).evidence;
    expect(encodings.map(({ attr }) => attr)).toEqual(['normal']);
  }
});

describe('a fault', () => {
  test('without a VMA is -EFAULT', () => {
    expect(alone('v9', [munmap(), read()]).results).toEqual([0, -14]);
    expect(alone('v9', [read('slot1')], { slot1: 'none' }).results).toEqual([-14]);
  });

  test('with memory disabled is -EFAULT, and works again after it', () => {
    expect(alone('v9', [read(), DISABLE, read(), ENABLE, read()]).results).toEqual([0, 0, -14, 0, 0]);
  });

  test('for writing what user space cannot write is -EFAULT', () => {
    expect(alone('v9', [mprotect('r'), read(), write(), mprotect('rw'), write()]).results).toEqual([
      0, 0, -14, 0, 0,
    ]);
    expect(alone('v9', [mprotect('r'), write()]).results).toEqual([0, -14]);
  });

  test('of memory that is logged maps it for reading first, and only relaxes the entry for a write', () => {
    const { results, evidence } = alone('v9', [logging(true), read(), write()], { slot0: 'ram' });
    expect(results).toEqual([0, 0, 0]);
    expect(evidence.leafChanges.map(({ kind, after }) => [kind, after?.attr, after?.write])).toEqual([
      ['map', 'normal', false],
      ['relax', 'normal', true],
    ]);
    expect(evidence.stage2Faults.map(({ dirtied }) => dirtied)).toEqual([false, true]);
  });

  test('that comes second finds the entry there', () => {
    const seen = ends(
      'v9',
      [...by('vcpu0', write()), ...by('vcpu1', write())],
      {},
      ({ leafChanges }, results) => [...leafChanges.map(({ kind }) => kind), ...results].join(' '),
    );
    expect(seen).toEqual(['map 0 0']);
  });

  test('can fail for a reset that comes between its two looks at the PTE', () => {
    const ops = [...by('vcpu0', read()), ...by('user0', { op: 'reset' })];
    for (const state of ['pre', 'v9', 'post']) {
      expect(ends(state, ops, {}, (_, results) => results.join(' '))).toEqual(['-14 0', '0 0']);
    }
  });
});

describe('dirty logging', () => {
  test('of a slot over VM_PFNMAP is -EINVAL', () => {
    expect(alone('v9', [logging(true)]).results).toEqual([-22]);
    expect(alone('v9', [logging(false)]).results).toEqual([0]);
  });

  test('write-protects what is mapped', () => {
    const { evidence } = alone('v9', [write(), logging(true)], { slot0: 'ram' });
    expect(evidence.leafOf('slot0')?.write).toBe(false);
  });

  test('is bypassed by an mmap afterwards: a read makes device memory writable, and dirty', () => {
    const { results, evidence } = alone('v9', [logging(true), mmap('pci'), read()], { slot0: 'ram' });
    expect(results).toEqual([0, 0, 0]);
    expect(evidence.leafOf('slot0')).toMatchObject({ write: true, pageFrame: 'PCI BAR' });
    expect(evidence.stage2Faults.at(-1)?.dirtied).toBe(true);
  });
});

describe('a slot over a cacheable VM_PFNMAP', () => {
  test('is refused by post where it would be refused a fault', () => {
    const world = { slot0: 'ram', cacheDic: false };
    // Its flags have to change, or nothing is looked at.
    expect(alone('post', [logging(true), mmap('usemem'), logging(false)], world).results).toEqual([
      0, 0, -22,
    ]);
    expect(alone('v9', [logging(true), mmap('usemem'), logging(false)], world).results).toEqual([0, 0, 0]);
  });
});

describe('another type in the place of a valid entry', () => {
  const ops = [...by('vcpu0', write()), ...by('vcpu1', write()), ...by('user0', { op: 'allow_nc' })];

  test('goes by an invalid one', () => {
    const kinds = ends('alt-ioctl', ops, {}, ({ leafChanges }) =>
      leafChanges.map(({ kind, after }) => `${kind} ${after?.attr ?? ''}`.trim()).join(', '),
    );
    expect(kinds).toContain('map device-nGnRE, break, map normal-nc');
    expect(kinds).toContain('map normal-nc, break, map device-nGnRE');
    expect(kinds).toContain('map normal-nc');
  });
});

describe('the VMA flag', () => {
  test('is set for what vfio_pci_core_mmap maps, where it has a bit', () => {
    const flags = (state: string, world = {}) =>
      run(
        state,
        by(
          'user0',
          ...['pci', 'vfio_ram', 'platform', 'mem', 'usemem', 'resmem', 'ram'].map((one) => mmap(one)),
        ),
        { slot0: 'none', ...world },
      )
        .evidence.mappings.filter(({ flag }) => flag)
        .map(({ backing }) => backing);
    expect(flags('pre')).toEqual([]);
    expect(flags('v2')).toEqual([]);
    expect(flags('v9:1+2+3')).toEqual([]);
    expect(flags('v3')).toEqual(['pci', 'vfio_ram']);
    expect(flags('merged')).toEqual(['pci', 'vfio_ram']);
    expect(flags('merged', { bits: '32' })).toEqual([]);
    expect(flags('merged+nvgrace')).toEqual(['pci', 'vfio_ram', 'resmem']);
  });
});
