/** The operations of the series, what their fields may hold, and what a scenario may set in the world. */
import type { Fields, OperationSpec } from '../../harness/model/field.ts';

const USERS = ['proca', 'procb', 'child'] as const;

const fd = { kind: 'name', values: ['f0', 'f1'], about: 'name of a descriptor' } as const;

const cr = {
  kind: 'choice',
  values: ['lazy', 'present', 'hole', 'fuse', 'uffd', 'readonly', 'cross'],
  about:
    'where the completion record goes: a writable page not yet there, one that is, an unmapped one, one that a file system in user space or a userfaultfd has to provide, a read-only one, or (unaligned, which no device takes) over the end of a page as lazy into a hole',
} as const;

/** Simplest first, by what they set going: shrinking tries earlier kinds in the place of later ones. */
export const operations: readonly OperationSpec[] = [
  {
    name: 'open',
    role: USERS,
    weight: 16,
    about: 'opens the character device of a work queue: 0 or a negative errno',
    fields: {
      wq: { kind: 'integer', min: 0, max: 1, values: [0, 1], about: 'work queue', optional: true },
      as: { ...fd, about: 'the name that the descriptor gets' },
    },
  },
  {
    name: 'submit',
    role: USERS,
    weight: 18,
    about:
      'one descriptor through the portal: 0, or SIGSEGV without one (descriptor closed, or the process has no PASID)',
    fields: {
      fd,
      cr,
      what: {
        kind: 'choice',
        values: ['plain', 'batch', 'drain'],
        about: 'an ordinary descriptor, a batch of one member, or a drain descriptor',
        optional: true,
      },
      member: {
        ...cr,
        values: ['lazy', 'hole'],
        about: "batch: where the member's completion record goes",
        optional: true,
      },
      rcr: {
        kind: 'choice',
        values: [true, false],
        about: 'batch and drain: whether a completion record is asked for',
        optional: true,
      },
    },
  },
  {
    name: 'poll',
    role: USERS,
    weight: 9,
    about: 'loads the status byte and, where it is set, the rest of the record: the status',
    fields: { cr: { ...cr, values: ['lazy', 'fuse', 'uffd', 'present', 'cross'] } },
  },
  {
    name: 'munmap',
    role: USERS,
    weight: 1,
    about: 'unmaps a completion record',
    fields: { cr: { ...cr, values: ['lazy', 'present', 'readonly', 'fuse', 'uffd', 'cross'] } },
  },
  {
    name: 'uffd_answer',
    role: USERS,
    weight: 2,
    about: "the process's handlers of userfaultfd and of its file system provide the pages",
    fields: {},
  },
  {
    name: 'close',
    role: USERS,
    weight: 8,
    about: 'closes a descriptor and unmaps its portal',
    fields: { fd },
  },
  {
    name: 'pass_fd',
    role: USERS,
    weight: 3,
    about: 'passes a descriptor by SCM_RIGHTS; the receiver has it by the same name',
    fields: {
      fd,
      to: { kind: 'choice', values: ['procb', 'proca'], about: 'the process that receives it' },
    },
  },
  {
    name: 'fork',
    role: ['proca', 'procb'],
    weight: 2,
    about: 'the first starts the actor child0, with descriptors and memory, but without a PASID',
    fields: {},
  },
  {
    name: 'exit',
    role: USERS,
    weight: 3,
    about: 'exit_group: memory goes first, then descriptors',
    fields: {},
  },
  {
    name: 'user_drv_remove',
    role: 'admin',
    weight: 1,
    about: 'unbinds the user driver from work queue 0',
    fields: {},
  },
];

export const world: Fields = {
  prs: {
    kind: 'choice',
    values: ['disabled', 'enabled', 'absent'],
    about:
      'page requests of the device: disabled by the knob of the series (where the state has it), enabled, or the platform has none',
    optional: true,
  },
  wq0: {
    kind: 'choice',
    values: ['shared', 'dedicated'],
    about: 'mode of work queue 0; work queue 1 is shared',
    optional: true,
  },
  ring: {
    kind: 'integer',
    min: 2,
    max: 8,
    values: [4, 2],
    about: 'entries of the event log, one of which is always free',
    optional: true,
  },
  interrupts: {
    kind: 'choice',
    values: ['move', 'stay'],
    about: 'whether consecutive runs of the interrupt thread are on two CPUs or on one',
    optional: true,
  },
  stores: {
    kind: 'choice',
    values: ['ordered', 'weak'],
    about: 'whether stores become visible in program order (x86), or in any that barriers leave',
    optional: true,
  },
  fault: {
    kind: 'choice',
    values: ['none', 'kmem', 'set_pasid', 'ida', 'device_add'],
    about:
      'what fails: the atomic allocation of fault items, idxd_wq_set_pasid (dedicated), or in open ida_alloc or device_add (where the state has them)',
    optional: true,
  },
};
