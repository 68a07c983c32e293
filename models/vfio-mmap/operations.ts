/** The operations of the series, what their fields may hold, and what a scenario may set in the world. */
import type { Fields, Json, OperationSpec } from '../../harness/model/field.ts';

const BYTES_MAX = 2 ** 52;
/** MAX_RW_COUNT: the VFS clips every read and write to it. */
const COUNT_MAX = 0x7fff_f000;

const USERS = ['user', 'child'] as const;

const map = { kind: 'name', values: ['m0', 'm1'], about: 'name of a mapping' } as const;

const bar = {
  kind: 'integer',
  min: 0,
  max: 9,
  values: [4, 1, 0, 2, 6, 9],
  about: 'region index: 0 to 5 are BARs, 6 the ROM, 7 config space, 8 VGA; 9 does not exist',
} as const;

const prot = {
  kind: 'choice',
  values: ['rw', 'r', 'w', '', 'x', 'rx', 'wx', 'rwx'],
  about: 'protection: letters of rwx, or empty for PROT_NONE',
} as const;

const offsetInMap = (values: readonly number[]) =>
  ({ kind: 'integer', min: 0, max: BYTES_MAX, values, about: 'byte offset in the mapping' }) as const;

const mmio: Fields = {
  map,
  offset: offsetInMap([0, 8, 0x1000, 0xffc, 0xfff, 0x3ff8, 3]),
  length: {
    kind: 'integer',
    min: 0,
    max: BYTES_MAX,
    values: [8, 4, 1, 0, 16, 64, 65, 4096, 4097],
    about: 'bytes',
  },
  buffer: {
    kind: 'choice',
    values: ['ok', 'bad'],
    about: "the caller's data buffer: mapped or unmapped",
    optional: true,
  },
};

const fileAccess: Fields = {
  bar: { ...bar, max: 5, values: [4, 1, 0, 2] },
  pos: {
    kind: 'integer',
    min: 0,
    max: 2 ** 40 - 1,
    values: [0, 8, 4, 3, 0xffc, 0x3ffc, 0x4000],
    about: 'position in the region',
  },
  count: {
    kind: 'integer',
    min: 0,
    max: COUNT_MAX,
    values: [8, 4, 1, 0, 2, 3, 7, 16],
    about: 'bytes',
  },
};

/** Simplest first, by what they set going: shrinking tries earlier kinds in the place of later ones. */
export const operations: readonly OperationSpec[] = [
  {
    name: 'region_info',
    role: USERS,
    weight: 2,
    about: 'VFIO_DEVICE_GET_REGION_INFO: flags READ 1, WRITE 2, MMAP 4, CAPS 8',
    fields: { bar },
  },
  {
    name: 'mmap',
    role: USERS,
    weight: 12,
    about: 'maps a part of a region: 0 or a negative errno',
    fields: {
      bar,
      offset: {
        kind: 'integer',
        min: 0,
        max: BYTES_MAX,
        values: [0, 0x1000, 0x3000, 0x4000, 4],
        about: 'offset in the region',
      },
      length: {
        kind: 'integer',
        min: 0,
        max: BYTES_MAX,
        values: [0x4000, 0x1000, 0x2000, 1, 0, 0x5000, 2 ** 48],
        about: 'bytes, rounded up to whole pages',
      },
      prot,
      private: {
        kind: 'choice',
        values: [false, true],
        about: 'MAP_PRIVATE in the place of MAP_SHARED',
        optional: true,
      },
      file: {
        kind: 'choice',
        values: ['device', 'mem'],
        about: 'what is mapped: the device, or /dev/mem (ordinary page frames; bar has no meaning then)',
        optional: true,
      },
      as: { ...map, about: 'the name it gets', optional: true },
    },
  },
  {
    name: 'touch',
    role: USERS,
    weight: 5,
    about: 'a CPU access through the mapping: 0, or a signal in the place of a return value',
    fields: {
      map,
      offset: offsetInMap([0, 0x1000, 0x3ff8, 0x4000]),
      access: { kind: 'choice', values: ['load', 'store'], about: 'what the CPU does' },
    },
  },
  {
    name: 'mmio_read',
    role: USERS,
    weight: 8,
    about: 's390_pci_mmio_read through the mapping: 0 or a negative errno',
    fields: mmio,
  },
  {
    name: 'mmio_write',
    role: USERS,
    weight: 9,
    about: 's390_pci_mmio_write through the mapping: 0 or a negative errno',
    fields: mmio,
  },
  { name: 'pread', role: USERS, weight: 2, about: 'pread on the BAR region', fields: fileAccess },
  { name: 'pwrite', role: USERS, weight: 2, about: 'pwrite on the BAR region', fields: fileAccess },
  {
    name: 'mprotect',
    role: USERS,
    weight: 2,
    about: 'changes the protection of the whole mapping',
    fields: { map, prot },
  },
  {
    name: 'munmap',
    role: USERS,
    weight: 3,
    about: 'unmaps a part of the mapping, by default all of it',
    fields: {
      map,
      offset: { ...offsetInMap([0, 0x1000, 4]), optional: true },
      length: {
        kind: 'integer',
        min: 1,
        max: BYTES_MAX,
        values: [0x1000, 0x4000],
        about: 'bytes, rounded up to whole pages; left out: to the end of the mapping',
        optional: true,
      },
    },
  },
  {
    name: 'memory_disable',
    role: USERS,
    weight: 4,
    about: 'clears PCI_COMMAND_MEMORY (0 on success; the pwrite itself counts 2 bytes)',
    fields: {},
  },
  { name: 'memory_enable', role: USERS, weight: 3, about: 'sets PCI_COMMAND_MEMORY', fields: {} },
  { name: 'reset', role: USERS, weight: 2, about: 'VFIO_DEVICE_RESET', fields: {} },
  {
    name: 'close',
    role: USERS,
    weight: 2,
    about: "closes the process's device fd; mappings stay",
    fields: {},
  },
  { name: 'open', role: USERS, weight: 1, about: 'opens the device again after close', fields: {} },
  {
    name: 'fork',
    role: USERS,
    weight: 2,
    about:
      'the first starts the actor child0, the second child1; they share the file and inherit the mappings',
    fields: {},
  },
  {
    name: 'power_off',
    role: 'admin',
    weight: 2,
    about: 'echo 0 > /sys/bus/pci/slots/<fid>/power on the host',
    fields: {},
  },
];

const bytes = (minimum: number): Json => ({
  type: ['integer', 'string'],
  minimum,
  maximum: BYTES_MAX,
  pattern: '^0x[0-9a-fA-F]{1,13}$',
});

export const world: Fields = {
  arch: {
    kind: 'choice',
    values: ['s390', 'x86', 'powerpc'],
    about: 'architecture of the host; the s390 system calls exist on s390 only',
    optional: true,
  },
  mio: {
    kind: 'choice',
    values: [false, true],
    about: 's390: whether the host issues MIO instructions (static key have_mio)',
    optional: true,
  },
  zpci: {
    kind: 'choice',
    values: [true, false],
    about: 's390: whether zPCI is enabled (the system calls give -ENODEV where not)',
    optional: true,
  },
  function: {
    kind: 'choice',
    values: ['pci', 'ism'],
    about:
      'an ordinary PCI function, or an ISM function (on s390 only: BAR 0 of 256 TiB, BAR 2 of 64 KiB, no MIO)',
    optional: true,
  },
  memory: {
    kind: 'choice',
    values: ['enabled', 'disabled'],
    about: 'PCI_COMMAND_MEMORY when the scenario begins',
    optional: true,
  },
  owner: {
    kind: 'choice',
    values: ['cooperative', 'silent'],
    about: 'whether the process lets go of the device when it is asked to',
    optional: true,
  },
  fault: {
    kind: 'choice',
    values: ['none', 'kmalloc'],
    about: 'what fails: kmalloc of the s390 system calls (more than 64 bytes)',
    optional: true,
  },
  ioremapArea: {
    kind: 'u64',
    values: ['0x8000000000', '0x1000000000000'],
    about: 'bytes of address space that ioremap has',
    optional: true,
  },
  bars: {
    kind: 'whole',
    about:
      'BARs: number, size in bytes, type (mem or io), start (offset of the first byte in its page), neighbour (whether something else owns a part of that page), msix (whether it holds the MSI-X table); the ones not named do not exist',
    values: [
      [
        { bar: 4, size: 0x4000 },
        { bar: 1, size: 0x1000, msix: true },
      ],
      // Beyond the ioremap area, and exactly as large: BAR 4, since most operations are about that one.
      [{ bar: 4, size: '0x1000000000000' }],
      [{ bar: 4, size: '0x8000000000' }],
      [
        { bar: 0, size: 0x100, type: 'io' },
        { bar: 1, size: 0x800 },
        { bar: 2, size: 0x800, start: 0x800 },
        { bar: 4, size: 0x800, neighbour: true },
      ],
    ],
    schema: {
      type: 'array',
      maxItems: 6,
      items: {
        type: 'object',
        required: ['bar', 'size'],
        additionalProperties: false,
        properties: {
          bar: { type: 'integer', minimum: 0, maximum: 5 },
          size: bytes(1),
          type: { enum: ['mem', 'io'] },
          start: { type: 'integer', minimum: 0, maximum: 4095 },
          neighbour: { type: 'boolean' },
          msix: { type: 'boolean' },
        },
      },
    },
    optional: true,
  },
};
