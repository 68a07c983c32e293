/** Families of scenarios that `verify` explores to the end: the races that the series is about, and every table. */
import type { Json } from '../../harness/model/field.ts';
import type { WorldConfig } from '../../harness/model/model.ts';
import { actor, type OperationBody, only, type SmallWorld } from '../../harness/model/small-world.ts';
import { BACKINGS } from './operations.ts';

type Page = 'slot0' | 'slot1' | 'gicv';

const guest = (
  access: 'read' | 'write' | 'exec',
  page: Page = 'slot0',
  stage1: Json = 'normal-nc',
): OperationBody => ({
  op: 'guest_access',
  page,
  access,
  stage1,
});

const mmap = (backing: string, hva = 0): OperationBody => ({ op: 'mmap', hva, backing });

const STAGE1: readonly string[] = [
  'normal-wb',
  'normal-wt',
  'normal-nc',
  'device-GRE',
  'device-nGRE',
  'device-nGnRE',
  'device-nGnRnE',
  'mmu-off',
];

/** Each kind of mapping, each type of the guest, each access. */
const types = (id: string, where: string, world: WorldConfig): SmallWorld => ({
  id,
  about: `${where}: each kind of mapping, accessed with each type of stage 1, one after the other`,
  world: { slot0: 'none', ...world },
  actors: [
    actor(
      'vcpu0',
      BACKINGS.map((backing) => mmap(backing)),
      STAGE1.map((stage1) => guest('write', 'slot0', stage1)),
      [guest('exec'), { ...guest('read'), unaligned: true }],
    ),
  ],
});

export const smallWorlds: readonly SmallWorld[] = [
  {
    id: 'replace',
    about: 'a first access against munmap of what is there, or mmap of something else over it',
    actors: [
      actor('vcpu0', [guest('read'), guest('write')]),
      actor('user0', [{ op: 'munmap', hva: 0 }, mmap('platform'), mmap('mem'), mmap('ram'), mmap('pci')]),
    ],
  },
  {
    id: 'replace-unflagged',
    about: 'a first access to a page without the flag against mmap of a BAR over it',
    world: { slot0: 'platform' },
    actors: [
      actor('vcpu0', [guest('read'), guest('write')]),
      actor('user0', [mmap('pci'), mmap('resource_wc')]),
    ],
  },
  {
    id: 'memory',
    about: 'two accesses against memory disable or reset, and what comes after it',
    actors: [
      actor('vcpu0', [guest('read')], [guest('write')]),
      actor('user0', [only('memory_disable'), only('reset')], [only('memory_enable')]),
    ],
  },
  {
    id: 'two-vcpus',
    about: 'first accesses of two vCPUs to one page against munmap or mprotect of it',
    world: { slot0: 'platform' },
    actors: [
      actor('vcpu0', [guest('write')]),
      actor('vcpu1', [guest('read')]),
      actor('user0', [
        { op: 'munmap', hva: 0 },
        { op: 'mprotect', hva: 0, prot: 'r' },
      ]),
    ],
  },
  {
    id: 'alias',
    about: 'one page frame under two slots, flagged under one of them, with two vCPUs',
    world: { slot1: 'mem' },
    actors: [
      actor('vcpu0', [guest('write')], [guest('write', 'slot1')]),
      actor('vcpu1', [guest('write', 'slot1')]),
    ],
  },
  {
    id: 'permissions',
    about: 'two accesses to a page that is write-protected meanwhile, and not any more',
    actors: [
      actor('vcpu0', [guest('read')], [guest('write')]),
      actor('user0', [{ op: 'mprotect', hva: 0, prot: 'r' }], [{ op: 'mprotect', hva: 0, prot: 'rw' }]),
    ],
  },
  {
    id: 'logging',
    about: 'dirty logging of a slot, and something else mapped under it and accessed meanwhile',
    world: { slot0: 'ram' },
    actors: [
      actor('vcpu0', [mmap('pci'), mmap('ram')], [guest('read')], [guest('write')]),
      actor('user0', [{ op: 'set_memslot', slot: 0, logging: true }]),
    ],
  },
  {
    id: 'opt-in',
    about: 'the opt-in ioctl against first accesses of two vCPUs',
    actors: [
      actor('vcpu0', [guest('write')]),
      actor('vcpu1', [guest('write')]),
      actor('user0', [only('allow_nc')]),
    ],
  },
  {
    id: 'reclaim',
    about: 'a write of the guest, munmap and reset of the device',
    world: { slot1: 'platform' },
    actors: [
      actor('vcpu0', [guest('write'), guest('write', 'slot1')]),
      actor(
        'user0',
        [
          { op: 'munmap', hva: 0 },
          { op: 'munmap', hva: 1 },
        ],
        [only('reset'), { op: 'reset', device: 'platform' }],
      ),
    ],
  },
  {
    id: 'encoder',
    about: 'every combination of the bits of a type and X, and what the GIC and the host itself ask for',
    world: { pkvm: true },
    actors: [
      actor('user0', [
        ...['', 'D', 'N', 'X', 'DX', 'NX', 'DN', 'DNX'].map((prot) => ({ op: 'set_prot_attr', prot })),
        only('host_mmio'),
        only('map_gicv'),
      ]),
    ],
  },
  {
    id: 'gicv',
    about: 'the virtual CPU interface of the GIC, before it is mapped and after it',
    actors: [
      actor('vcpu0', [guest('read', 'gicv'), guest('exec', 'gicv')]),
      actor('user0', [only('map_gicv')]),
    ],
  },
  types('types', 'FWB and DIC', {}),
  types('types-no-fwb', 'no FWB', { fwb: false }),
  types('types-no-dic', 'no DIC', { cacheDic: false }),
  types('types-32', '32-bit', { bits: '32' }),
];
