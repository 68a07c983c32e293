/** Families of scenarios that `verify` explores to the end: the races that the series is about. */
import type { WorldConfig } from '../../harness/model/model.ts';
import { actor, type OperationBody, only, type SmallWorld } from '../../harness/model/small-world.ts';

const open = (as: string, wq = 0): OperationBody => ({ op: 'open', wq, as });
const close = (fd: string): OperationBody => ({ op: 'close', fd });
const submit = (fd: string, cr: string, more: Omit<OperationBody, 'op'> = {}): OperationBody => ({
  op: 'submit',
  fd,
  cr,
  ...more,
});
const poll = (cr: string): OperationBody => ({ op: 'poll', cr });

const poller = (id: string, where: string, world: WorldConfig): SmallWorld => ({
  id,
  about: `${where}: one thread submits, another polls twice`,
  world,
  actors: [
    actor('proca0', [open('f0')], [submit('f0', 'lazy'), submit('f0', 'cross')]),
    actor('proca1', [poll('lazy'), poll('cross')], [poll('lazy'), poll('cross')]),
  ],
});

/** Failures of open, and what using and closing the descriptor then comes to. */
const failing = (fault: string, wq0: string): SmallWorld => ({
  id: `open-fails-${fault.replace('_', '-')}`,
  about: `${fault} fails: one process opens, submits and closes`,
  world: { fault, wq0 },
  actors: [actor('proca', [open('f0')], [submit('f0', 'lazy')], [close('f0')])],
});

/** A child has no PASID until it opens; what it submits through a file of its parent no release of its own waits for. */
const child = actor('child0', [open('f0')], [submit('f1', 'lazy')], [only('exit')]);
const parent = actor('proca', [open('f1', 1)], [only('fork')]);

export const smallWorlds: readonly SmallWorld[] = [
  poller('poller', 'ordered stores', {}),
  poller('poller-weak', 'weakly ordered stores', { stores: 'weak' }),
  {
    id: 'close-while-other-faults',
    about: 'a process opens and closes while another opens and submits',
    actors: [
      actor('proca', [open('f0')], [close('f0')]),
      actor('procb', [open('f1')], [submit('f1', 'lazy')]),
    ],
  },
  {
    id: 'addresses',
    about: 'a record at an address of each kind, then close, munmap, the page that is owed, or a poll',
    actors: [
      actor(
        'proca',
        [open('f0')],
        ['lazy', 'present', 'hole', 'readonly', 'cross', 'uffd', 'fuse'].map((cr) => submit('f0', cr)),
        [close('f0'), { op: 'munmap', cr: 'lazy' }, only('uffd_answer'), poll('present')],
      ),
    ],
  },
  {
    id: 'double-open',
    about: 'a process opens a wq twice, and closes one or the other before or after it submits',
    actors: [
      actor(
        'proca',
        [open('f0')],
        [open('f1')],
        [close('f0'), close('f1'), submit('f1', 'lazy')],
        [submit('f0', 'lazy'), submit('f1', 'lazy'), close('f0')],
        [close('f0'), close('f1')],
      ),
    ],
  },
  {
    id: 'exit',
    about: 'a process exits while its record is fixed up',
    // Who copies until it works would race through exit_mmap at every length.
    requires: ['copies that end'],
    actors: [actor('proca', [open('f0')], [submit('f0', 'lazy')], [only('exit')])],
  },
  {
    id: 'exit-and-open',
    about: 'a process exits, and another gets its PASID',
    actors: [
      actor('proca', [open('f0')], [only('exit')]),
      actor('procb', [open('f1')], [submit('f1', 'lazy')]),
    ],
  },
  {
    id: 'passed-and-closed',
    about: 'a process passes its descriptor and exits; the receiver closes it, while another thread opens',
    actors: [
      actor('proca', [open('f0')], [{ op: 'pass_fd', fd: 'f0', to: 'procb' }], [only('exit')]),
      actor('procb0', [close('f0')]),
      actor('procb1', [open('f1')]),
    ],
  },
  {
    id: 'inherited-portal',
    about: 'a child opens one wq, submits to another through what it inherited, and exits',
    actors: [parent, child],
  },
  {
    id: 'inherited-portal-and-open',
    about:
      'a child opens one wq, submits to another through what it inherited, and exits; another process gets its PASID',
    actors: [parent, child, actor('procb', [open('f0', 1), open('f0')])],
  },
  {
    id: 'slow-page',
    about: 'a record waits for a page that nobody provides, or that comes; another process opens and closes',
    actors: [
      actor(
        'proca',
        [open('f0')],
        [submit('f0', 'fuse'), submit('f0', 'uffd')],
        [poll('lazy'), only('uffd_answer')],
      ),
      actor('procb', [open('f1')], [close('f1')]),
    ],
  },
  {
    id: 'slow-page-request',
    about: 'the same with page requests, and a record of the other on another wq',
    world: { prs: 'enabled' },
    actors: [
      actor('proca', [open('f0')], [submit('f0', 'fuse'), submit('f0', 'lazy')]),
      actor('procb', [open('f1', 1)], [submit('f1', 'present')]),
    ],
  },
  {
    id: 'page-request-and-close',
    about:
      'with page requests: two processes submit to wqs of their own, and close before the device is through',
    world: { prs: 'enabled' },
    actors: [
      actor('proca', [open('f0')], [submit('f0', 'lazy')], [close('f0')]),
      actor('procb', [open('f1', 1)], [submit('f1', 'lazy')], [close('f1')]),
    ],
  },
  {
    id: 'page-request-of-a-child',
    about: 'the same of a child, alone',
    world: { prs: 'enabled' },
    actors: [
      actor('proca', [only('fork')]),
      actor('child0', [open('f0')], [submit('f0', 'lazy')], [close('f0')]),
    ],
  },
  {
    id: 'full-log',
    about: 'two threads submit, and the log has room for one event',
    world: { ring: 2 },
    actors: [actor('proca0', [open('f0')], [submit('f0', 'lazy')]), actor('proca1', [submit('f0', 'lazy')])],
  },
  {
    id: 'slow-page-and-close',
    about:
      'a process closes while its record waits for a page that nobody provides; another submits to another wq',
    actors: [
      actor('proca', [open('f0')], [submit('f0', 'fuse')], [close('f0')]),
      actor('procb', [open('f1', 1)], [submit('f1', 'lazy')]),
    ],
  },
  {
    id: 'batch',
    about: 'a batch whose member or whose own record cannot be written, with a record asked for or not',
    actors: [
      actor(
        'proca',
        [open('f0')],
        ['lazy', 'hole'].flatMap((member) =>
          [true, false].map((rcr) => submit('f0', 'lazy', { what: 'batch', member, rcr })),
        ),
      ),
    ],
  },
  {
    id: 'driver-removed',
    about: 'the user driver is unbound while a record is fixed up and the descriptor closed',
    actors: [
      actor('proca', [open('f0')], [submit('f0', 'lazy')], [close('f0')]),
      actor('admin', [only('user_drv_remove')]),
    ],
  },
  failing('kmem', 'shared'),
  failing('set_pasid', 'dedicated'),
  failing('ida', 'shared'),
  failing('device_add', 'shared'),
];
