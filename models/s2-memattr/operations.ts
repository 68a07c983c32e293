/** The operations of the series, what their fields may hold, and what a scenario may set in the world. */
import type { Fields, OperationSpec } from '../../harness/model/field.ts';

const address = (about: string) => ({ kind: 'integer', min: 0, max: 1, values: [0, 1], about }) as const;

const hva = address('which of the two pages of user space: page 0 is under slot 0, page 1 under slot 1');

const writable = {
  kind: 'choice',
  values: ['rw', 'r'],
  about: 'protection',
  optional: true,
} as const;

export const BACKINGS = [
  'pci',
  'platform',
  'ram',
  'mem',
  'resource_wc',
  'cacheable',
  'usemem',
  'resmem',
  'vfio_ram',
] as const;

/** Simplest first, by what they set going: shrinking tries earlier kinds in the place of later ones. */
export const operations: readonly OperationSpec[] = [
  {
    name: 'set_prot_attr',
    role: 'user',
    weight: 3,
    about: 'calls stage2_set_prot_attr() as a new caller of the page table code would: 0 or a negative errno',
    fields: {
      prot: {
        kind: 'choice',
        values: ['', 'D', 'N', 'X', 'DX', 'NX', 'DN', 'DNX'],
        about:
          'bits besides read and write: D is KVM_PGTABLE_PROT_DEVICE, N is KVM_PGTABLE_PROT_NORMAL_NC, X is KVM_PGTABLE_PROT_X',
      },
    },
  },
  {
    name: 'guest_access',
    role: 'vcpu',
    weight: 16,
    about:
      'one access of the guest: 0 when done, 1 for KVM_EXIT_MMIO, 2 for an instruction abort and 3 for an alignment fault in the guest, a negative errno where KVM_RUN fails',
    fields: {
      page: {
        kind: 'choice',
        values: ['slot0', 'slot1', 'gicv'],
        about: 'guest page: of slot 0, of slot 1, or the virtual GIC CPU interface',
      },
      access: { kind: 'choice', values: ['read', 'write', 'exec'], about: 'what the guest does' },
      stage1: {
        kind: 'choice',
        values: [
          'normal-nc',
          'device-nGnRE',
          'normal-wb',
          'device-nGnRnE',
          'normal-wt',
          'device-nGRE',
          'device-GRE',
          'mmu-off',
        ],
        about: "memory type in the guest's own tables",
        optional: true,
      },
      unaligned: {
        kind: 'choice',
        values: [false, true],
        about: 'whether a read or write is unaligned; nothing to exec',
        optional: true,
      },
    },
  },
  {
    name: 'mmap',
    // A vCPU is a thread of the VMM, too.
    role: ['user', 'vcpu'],
    weight: 9,
    about: 'maps something at a page, in the place of what is there (MAP_FIXED)',
    fields: {
      hva,
      backing: {
        kind: 'choice',
        values: BACKINGS,
        about:
          'pci: vfio-pci BAR; platform: vfio-platform; mem, resource_wc: the page of that BAR through /dev/mem and sysfs; cacheable: MMIO that a driver maps cacheable; usemem, resmem: nvgrace-gpu, cacheable and write-combining; vfio_ram: a vfio-pci region in memory that memblock knows; ram',
      },
      prot: writable,
    },
  },
  { name: 'munmap', role: 'user', weight: 4, about: 'unmaps the page', fields: { hva } },
  {
    name: 'mprotect',
    role: 'user',
    weight: 2,
    about: 'changes the protection of the page',
    fields: { hva, prot: { kind: 'choice', values: ['rw', 'r'], about: 'protection' } },
  },
  {
    name: 'memory_disable',
    role: 'user',
    weight: 3,
    about: 'clears PCI_COMMAND_MEMORY of the vfio-pci device (0 on success)',
    fields: {},
  },
  { name: 'memory_enable', role: 'user', weight: 2, about: 'sets PCI_COMMAND_MEMORY', fields: {} },
  {
    name: 'reset',
    role: 'user',
    weight: 3,
    about: 'VFIO_DEVICE_RESET',
    fields: {
      device: { kind: 'choice', values: ['pci', 'platform'], about: 'which device', optional: true },
    },
  },
  {
    name: 'set_memslot',
    role: 'user',
    weight: 4,
    about: 'KVM_SET_USER_MEMORY_REGION of a slot that is there: changes its flags',
    fields: {
      slot: { ...address('memory slot'), values: [1, 0] },
      logging: { kind: 'choice', values: [true, false], about: 'KVM_MEM_LOG_DIRTY_PAGES' },
    },
  },
  {
    name: 'map_gicv',
    role: 'user',
    weight: 3,
    about: 'kvm_phys_addr_ioremap() of the virtual GIC CPU interface, as vgic_v2_map_resources() asks for it',
    fields: {},
  },
  {
    name: 'allow_nc',
    role: 'user',
    weight: 2,
    about: 'the opt-in ioctl of alt-ioctl; -ENOTTY where there is none',
    fields: {},
  },
  {
    name: 'host_mmio',
    role: 'user',
    weight: 1,
    about: 'the host touches MMIO of its own: with pKVM its stage 2 maps it; without, nothing happens',
    fields: {},
  },
];

const slotBacking = (slot: number, first: string) =>
  ({
    kind: 'choice',
    values: [first, ...[...BACKINGS, 'none'].filter((backing) => backing !== first)],
    about: `what is mapped under slot ${slot} when the scenario begins`,
    optional: true,
  }) as const;

export const world: Fields = {
  fwb: {
    kind: 'choice',
    values: [true, false],
    about: 'whether the CPUs have FEAT_S2FWB',
    optional: true,
  },
  cacheDic: {
    kind: 'choice',
    values: [true, false],
    about: 'whether the instruction cache needs no maintenance (ARM64_HAS_CACHE_DIC)',
    optional: true,
  },
  bits: {
    kind: 'choice',
    values: ['64', '32'],
    about: 'CONFIG_64BIT: without it the VMA flag is VM_NONE',
    optional: true,
  },
  pkvm: {
    kind: 'choice',
    values: [false, true],
    about: 'whether KVM runs in protected mode',
    optional: true,
  },
  slot0: slotBacking(0, 'pci'),
  slot1: slotBacking(1, 'ram'),
};
