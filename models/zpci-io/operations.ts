/** The operations of the series, what their fields may hold, and what a scenario may set in the world. */
import type { Fields, OperationSpec } from '../../harness/model/field.ts';
import { VFIO_PCI_REGION_SPAN } from './layout.ts';

/** MAX_RW_COUNT: the VFS clips every read and write to it. */
const COUNT_MAX = 0x7fff_f000;

const buffer = {
  kind: 'choice',
  values: ['ok', 'bad', 'torn'],
  about: "the caller's buffer: mapped, unmapped, or unmapped from its second half on",
  optional: true,
} as const;

const request: Fields = {
  flags: { kind: 'u64', values: [2, 1, 0, 3], about: 'READ 1 (PCILG), BLOCKW 2 (PCISTB)', optional: true },
  gaddr: {
    kind: 'u64',
    values: ['0x10000', '0x10008', '0x10ff8', '0x10ffd', '0x20000', '0x30000', '0x1fff8', 0],
    about: 'user virtual address of the data',
    optional: true,
  },
  offset: {
    kind: 'u64',
    values: [0, 8, '0xff8', '0xffc', '0x1000', '0x2000', 7, '0x7ffffffffff8'],
    about: 'offset into the PCI address space',
    optional: true,
  },
  len: {
    kind: 'integer',
    min: 0,
    max: 65535,
    values: [8, 1, 0, 7, 9, 16, 4095, 4096, 4097, 65535],
    about: 'length of the operation',
    optional: true,
  },
  pcias: {
    kind: 'integer',
    min: 0,
    max: 255,
    values: [0, 2, 5, 6, 15, 255],
    about: 'PCI address space',
    optional: true,
  },
  reserved: { kind: 'integer', min: 0, max: 0xffff_ffff, values: [0], about: 'ignored', optional: true },
};

const guestAccess: Fields = {
  pcias: { kind: 'integer', min: 0, max: 15, values: [0, 2, 1, 6, 15], about: 'PCI address space' },
  offset: {
    kind: 'u64',
    values: [0, 8, '0xff8', '0x1000', 3, '0xfff', '0x10000000000'],
    about: 'offset into it',
  },
  len: {
    kind: 'integer',
    min: 0,
    max: 8191,
    values: [8, 16, 1, 4, 11, 24, 128, 136, 4096, 4097, 0, 7, 9],
    about: 'length (13 bits for PCISTB, 4 for the others)',
  },
};

const barAccess: Fields = {
  bar: { kind: 'integer', min: 0, max: 5, values: [0, 2, 1], about: 'BAR number' },
  pos: {
    kind: 'integer',
    min: 0,
    max: 2 ** 48 - 1,
    values: [0, 8, 4, 3, 0xff8, 0xffc, 0x1000, 0x2000, 0xffff, 2 ** 40],
    about: 'position in the region',
  },
  count: {
    kind: 'integer',
    min: 0,
    max: COUNT_MAX,
    values: [8, 4, 1, 16, 0, 2, 3, 7, 9, 11],
    about: 'bytes',
  },
  buffer,
};

const regionAccess: Fields = {
  pos: {
    kind: 'integer',
    min: 0,
    max: VFIO_PCI_REGION_SPAN - 1,
    values: [16, 0, 15, 24, 32, 40, 44, 46, 47, 48],
    about: 'position in the region',
  },
  count: {
    kind: 'integer',
    min: 0,
    max: COUNT_MAX,
    values: [32, 8, 2, 1, 0, 16, 31, 33, 48],
    about: 'bytes',
  },
};

/** Simplest first, by what they set going: shrinking tries earlier kinds in the place of later ones. */
export const operations: readonly OperationSpec[] = [
  {
    name: 'memory_disable',
    role: 'user',
    weight: 3,
    about: 'the guest clears PCI_COMMAND_MEMORY (0 on success; the pwrite itself counts 2 bytes)',
    fields: {},
  },
  {
    name: 'memory_enable',
    role: 'user',
    weight: 1,
    about: 'the guest sets PCI_COMMAND_MEMORY',
    fields: {},
  },
  { name: 'bar_write', role: 'user', weight: 6, about: 'pwrite on a BAR region', fields: barAccess },
  { name: 'bar_read', role: 'user', weight: 4, about: 'pread on a BAR region', fields: barAccess },
  {
    name: 'region_write',
    role: 'user',
    weight: 14,
    about: 'pwrite on the zPCI I/O region; the bytes come from the image of `req` at `pos` - 16',
    fields: {
      ...regionAccess,
      req: { kind: 'record', fields: request, about: 'image of struct vfio_zpci_io_req' },
      buffer,
    },
  },
  {
    name: 'region_read',
    role: 'user',
    weight: 3,
    about: 'pread on the zPCI I/O region',
    fields: {
      ...regionAccess,
      pos: { ...regionAccess.pos!, values: [0, 8, 15, 16, 47, 48] } as Fields[string],
      count: { ...regionAccess.count!, values: [16, 8, 1, 17, 48] } as Fields[string],
      req: { kind: 'record', fields: request, about: 'ignored by a read', optional: true },
      buffer,
    },
  },
  {
    name: 'pcistb',
    role: 'vcpu',
    weight: 5,
    about: 'the guest executes PCI STORE BLOCK (0, or the negative errno behind its exception)',
    fields: guestAccess,
  },
  { name: 'pcistg', role: 'vcpu', weight: 2, about: 'the guest executes PCI STORE', fields: guestAccess },
  { name: 'pcilg', role: 'vcpu', weight: 3, about: 'the guest executes PCI LOAD', fields: guestAccess },
  { name: 'kill', role: 'admin', weight: 3, about: 'SIGKILL to the VMM', fields: {} },
  {
    name: 'power_off',
    role: 'admin',
    weight: 4,
    about: 'echo 0 > /sys/bus/pci/slots/<fid>/power on the host',
    fields: {},
  },
];

const size = {
  type: ['integer', 'string'],
  minimum: 1,
  maximum: 2 ** 48,
  pattern: '^0x[0-9a-fA-F]{1,13}$',
} as const;
const address = {
  type: ['integer', 'string'],
  minimum: 0,
  maximum: 2 ** 53 - 1,
  pattern: '^0x[0-9a-fA-F]{1,13}$',
};

export const world: Fields = {
  function: {
    kind: 'choice',
    values: ['ism', 'msix'],
    about: 'an ISM function, or a PCI function with an MSI-X table at 0x2000 of BAR 0',
    optional: true,
  },
  maxstbl: {
    kind: 'integer',
    min: 0,
    max: 8191,
    values: [4096, 8191, 128],
    about: 'largest PCISTB that the hardware reports',
    optional: true,
  },
  relaxedAlign: {
    kind: 'choice',
    values: [true, false],
    about: 'whether the function accepts PCISTB of any length and alignment',
    optional: true,
  },
  mio: {
    kind: 'choice',
    values: [false, true],
    about: 'whether the host issues MIO instructions (static key have_mio)',
    optional: true,
  },
  noCommandMemory: {
    kind: 'choice',
    values: [false, true],
    about: 'pdev->no_command_memory: there is no memory enable bit',
    optional: true,
  },
  guest: {
    kind: 'choice',
    values: ['cooperative', 'silent'],
    about: 'whether the guest answers an unplug request',
    optional: true,
  },
  device: {
    kind: 'choice',
    values: ['ok', 'error', 'exception'],
    about: 'device instructions succeed, end with a condition code above 0, or with a program exception',
    optional: true,
  },
  fault: {
    kind: 'choice',
    values: ['none', 'kmalloc', 'register_region', 'config_init'],
    about: "what fails: the state's own allocations, vfio_pci_register_dev_region, or vfio_config_init",
    optional: true,
  },
  memory: {
    kind: 'whole',
    about: 'user memory: ranges with first and last byte, page aligned; everything else is unmapped',
    values: [
      [
        { start: '0x10000', end: '0x1ffff', access: 'rw' },
        { start: '0x20000', end: '0x20fff', access: 'ro' },
      ],
      [{ start: '0x10000', end: '0x1ffff', access: 'untouched' }],
    ],
    schema: {
      type: 'array',
      maxItems: 64,
      items: {
        type: 'object',
        required: ['start', 'end', 'access'],
        additionalProperties: false,
        properties: { start: address, end: address, access: { enum: ['rw', 'ro', 'untouched'] } },
      },
    },
    optional: true,
  },
  bars: {
    kind: 'whole',
    about: 'BARs and their sizes in bytes; the ones not named do not exist',
    values: [
      [
        { bar: 0, size: '0x1000000000000' },
        { bar: 2, size: '0x10000' },
      ],
    ],
    schema: {
      type: 'array',
      maxItems: 6,
      items: {
        type: 'object',
        required: ['bar', 'size'],
        additionalProperties: false,
        properties: { bar: { type: 'integer', minimum: 0, maximum: 5 }, size },
      },
    },
    optional: true,
  },
};
