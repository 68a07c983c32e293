/** The operations of the series, what their fields may hold, and what a scenario may set in the world. */
import type { Field, Fields, Json, OperationSpec } from '../../harness/model/field.ts';
import { HOTPLUG_SLOTS, VECTORS_MAX, WINDOW_SIZE } from './layout.ts';

const bar: Field = { kind: 'integer', min: 0, max: 5, values: [0, 2, 1], about: 'BAR number' };

const map: Field = { kind: 'name', values: ['m0', 'm1'], about: 'a mapping, by the name it was made under' };

const vector: Field = {
  kind: 'integer',
  min: 0,
  max: VECTORS_MAX - 1,
  values: [0, 1],
  about: 'MSI-X vector',
};

const slot: Field = {
  kind: 'integer',
  min: HOTPLUG_SLOTS[0],
  max: HOTPLUG_SLOTS[1],
  values: [...HOTPLUG_SLOTS],
  about: 'device number on the bus of the assigned function: 2 is 0000:01:02.0',
};

const access: Fields = {
  bar,
  pos: {
    kind: 'integer',
    min: 0,
    max: 2 ** 40 - 1,
    values: [0, 0x1000, 0x10, 0x3c, 0x800, 0x10000],
    about: 'position in the region',
  },
  count: {
    kind: 'integer',
    min: 0,
    max: 0x1000,
    values: [4, 8, 16, 1, 2, 0],
    about: 'bytes',
  },
};

/** Sizes that a BAR can have, up to that of the window. */
const POWERS_OF_TWO = Array.from({ length: Math.log2(WINDOW_SIZE) - 3 }, (_, n) => 16 * 2 ** n);

/** Simplest first, by what they set going: shrinking tries earlier kinds in the place of later ones. */
export const operations: readonly OperationSpec[] = [
  {
    name: 'region_info',
    role: 'user',
    weight: 4,
    about: 'VFIO_DEVICE_GET_REGION_INFO: `ret` is its flags, READ 1, WRITE 2, MMAP 4, CAPS 8',
    fields: { bar },
  },
  {
    name: 'device_info',
    role: 'user',
    weight: 1,
    about: 'VFIO_DEVICE_GET_INFO: `ret` is its flags, RESET 1, PCI 2; rfc1: PAGE_ALIGNED 16, MSIX_MMAP 32',
    fields: {},
  },
  {
    name: 'mmap',
    role: 'user',
    weight: 10,
    about: 'mmap of a BAR region: 0 or a negative errno',
    fields: {
      // The two that the default world has: what is mapped matters more than what is not there.
      bar: { ...bar, values: [0, 2] },
      offset: {
        kind: 'integer',
        min: 0,
        max: 2 ** 40 - 1,
        values: [0, 0x10000, 0x1000, 0x20000],
        about: 'offset into the region',
      },
      length: {
        kind: 'integer',
        min: 0,
        max: 2 ** 30,
        values: [0x1000, 0x10000, 0x20000, 1, 0],
        about: 'bytes; whole pages are mapped',
      },
      prot: { kind: 'choice', values: ['rw', 'r', 'w', ''], about: 'protection', optional: true },
      private: { kind: 'choice', values: [false, true], about: 'MAP_PRIVATE', optional: true },
      as: { ...map, about: 'the name of the new mapping; one that had it goes, as with MAP_FIXED' },
    },
  },
  {
    name: 'munmap',
    role: 'user',
    weight: 2,
    about: 'munmap of a whole mapping',
    fields: { map },
  },
  {
    name: 'touch',
    role: 'user',
    weight: 10,
    about: 'a CPU access of 4 bytes through a mapping: `ret` 0, or `"signal": "SIGSEGV"`',
    fields: {
      map,
      offset: {
        kind: 'integer',
        min: 0,
        max: 2 ** 30,
        values: [0, 0x1000, 0xc, 0x10, 0x800, 0x2000, 0x10000],
        about: 'offset into the mapping',
      },
      access: { kind: 'choice', values: ['store', 'load'], about: 'what the instruction does' },
      value: {
        kind: 'integer',
        min: 0,
        max: 0xffff_ffff,
        values: [0, 1],
        about: "what is stored; of a vector's control word, bit 0 masks it",
        optional: true,
      },
    },
  },
  { name: 'pread', role: 'user', weight: 2, about: 'pread on a BAR region', fields: access },
  { name: 'pwrite', role: 'user', weight: 3, about: 'pwrite on a BAR region', fields: access },
  {
    name: 'ioeventfd',
    role: 'user',
    weight: 1,
    about: 'VFIO_DEVICE_IOEVENTFD at a place in a BAR region',
    fields: access,
  },
  {
    name: 'set_irqs',
    role: 'user',
    weight: 2,
    about: 'VFIO_DEVICE_SET_IRQS: so many MSI-X vectors from 0 on get an eventfd; 0 disables MSI-X',
    fields: {
      vectors: { kind: 'integer', min: 0, max: VECTORS_MAX, values: [1, 2, 0], about: 'how many' },
    },
  },
  {
    name: 'close',
    role: 'user',
    weight: 3,
    about: 'close of the device fd that was opened last',
    fields: {},
  },
  {
    name: 'open',
    role: 'user',
    weight: 2,
    about: 'another device fd for the process (group, container and VFIO_GROUP_GET_DEVICE_FD)',
    fields: {},
  },
  {
    name: 'trigger',
    role: 'device',
    weight: 2,
    about: 'the assigned function raises a vector: it sends what the table says, unless masked',
    fields: { vector },
  },
  {
    name: 'affinity',
    role: 'admin',
    weight: 1,
    about: 'echo N > /proc/irq/<irq>/smp_affinity: the host rewrites the vector',
    fields: { vector },
  },
  {
    name: 'hot_remove',
    role: 'admin',
    weight: 2,
    about: 'a function that was hot added leaves',
    fields: { slot },
  },
  {
    name: 'hot_add',
    role: 'admin',
    weight: 5,
    about: 'another function arrives on the bus: 0, or what pci_assign_resource returned for its BAR 0',
    fields: {
      slot,
      size: {
        kind: 'whole',
        values: [0x1000, 0x100, 0x10000, WINDOW_SIZE],
        schema: { enum: POWERS_OF_TWO },
        about: 'size of its BAR 0',
      },
    },
  },
];

const address = { type: 'integer', minimum: 0, maximum: WINDOW_SIZE - 1 } as const;
const size = { type: 'integer', minimum: 16, maximum: WINDOW_SIZE } as const;

/** The BARs of a function, each with what else can be said of it. */
const barsSchema = (more: Readonly<Record<string, Json>>) => ({
  type: 'array',
  maxItems: 6,
  items: {
    type: 'object',
    required: ['bar', 'size', 'at'],
    additionalProperties: false,
    properties: {
      bar: { type: 'integer', minimum: 0, maximum: 5 },
      size,
      at: address,
      fixed: { type: 'boolean' },
      ...more,
    },
  },
});

const flag = (about: string, ...values: readonly boolean[]): Fields[string] => ({
  kind: 'choice',
  values,
  about,
  optional: true,
});

export const world: Fields = {
  arch: {
    kind: 'choice',
    values: ['powernv', 'x86', 'arm64'],
    about: 'the host: powernv has the SPAPR TCE backend, the others type1',
    optional: true,
  },
  pageSize: {
    kind: 'whole',
    values: [65536, 4096],
    schema: { enum: [65536, 4096] },
    about: 'PAGE_SIZE; x86 has 4096, which is its default',
    optional: true,
  },
  bars: {
    kind: 'whole',
    about:
      'BARs of the assigned function as firmware placed them: `at` is an offset into the memory window of 1 MiB, `fixed` is IORESOURCE_PCI_FIXED; one may have `table`: MSI-X table and pending bits, by their offsets',
    values: [
      [
        { bar: 0, size: 0x1000, at: 0 },
        { bar: 2, size: 0x20000, at: 0x20000, table: { offset: 0, vectors: 2, pba: 0x800 } },
      ],
      [{ bar: 0, size: 0x1000, at: 0, table: { offset: 0, vectors: 2, pba: 0x800 } }],
      [
        { bar: 0, size: 0x1000, at: 0 },
        { bar: 1, size: 0x1000, at: 0x1000 },
      ],
      [{ bar: 0, size: 0x1000, at: 0x1000 }],
      [{ bar: 0, size: 0x1000, at: 0x1000, fixed: true }],
      [
        { bar: 0, size: 0x10000, at: 0x10000 },
        { bar: 2, size: 0x20000, at: 0x20000 },
      ],
    ],
    schema: barsSchema({
      table: {
        type: 'object',
        required: ['offset', 'vectors', 'pba'],
        additionalProperties: false,
        properties: {
          offset: address,
          vectors: { type: 'integer', minimum: 1, maximum: VECTORS_MAX },
          pba: address,
        },
      },
    }),
    optional: true,
  },
  neighbour: {
    kind: 'whole',
    about: 'BARs of another function on the bus, 0000:01:01.0, there since boot',
    values: [[], [{ bar: 0, size: 0x1000, at: 0x2000 }], [{ bar: 0, size: 0x1000, at: 0x2000, fixed: true }]],
    schema: barsSchema({}),
    optional: true,
  },
  sriov: {
    kind: 'whole',
    about:
      'virtual functions of the assigned function: how many, bytes of BAR that each decodes, where the first is',
    values: [null, { vfs: 2, size: 0x1000, at: 0x80000 }],
    schema: {
      type: ['object', 'null'],
      required: ['vfs', 'size', 'at'],
      additionalProperties: false,
      properties: { vfs: { type: 'integer', minimum: 1, maximum: 64 }, size, at: address },
    },
    optional: true,
  },
  filtersMsi: flag(
    "hardware: the function's own host bridge lets it raise no interrupts but its own",
    true,
    false,
  ),
  otherFiltersMsi: flag('hardware: the same of the other host bridge of the machine', true, false),
  intrRemap: flag(
    'what the IOMMU driver of x86 or arm64 says of IOMMU_CAP_INTR_REMAP, for all PCI devices at once',
    true,
    false,
  ),
  allowUnsafeInterrupts: flag('allow_unsafe_interrupts of vfio_iommu_type1', false, true),
  eeh: flag('CONFIG_EEH of a powerpc kernel', true, false),
  mmapMsix: flag('CONFIG_VFIO_PCI_MMAP_MSIX, where the kernel has it', true, false),
  probeOnly: flag('PCI_PROBE_ONLY: the addresses of firmware stay', false, true),
  resourceAlignment: {
    kind: 'whole',
    about: 'the kernel parameter pci=resource_alignment=',
    values: [
      '',
      '0000:01:00.0',
      '16@01:00.0',
      '0000:01:00.0:noresize',
      '*:*:*.*:noresize',
      '12@01:01.0;16@01:00.0',
    ],
    schema: { type: 'string', maxLength: 200 },
    optional: true,
  },
  resourcePageAligned: flag(
    'the kernel parameter resource_page_aligned, where the kernel has it',
    false,
    true,
  ),
  igdFails: flag('the function is an Intel IGD and vfio_pci_igd_init fails', false, true),
  opened: flag('whether the process has the device open when the scenario begins', true, false),
};
