import { describe, expect, test } from 'vitest';
import { type ClaimCase, explored, testClaimCases } from '../../harness/campaign/claim-cases.fixture.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { record } from '../../harness/scenario/recording.ts';
import { series as remoteVm } from '../../models/remote-vm/series.ts';

const STEPS_MAX = 10_000;

type Fields = { readonly [field: string]: Operation[string] };

const op = (actor: string, name: string, fields: Fields = {}): Operation => ({ actor, op: name, ...fields });
const open = (actor = 'proca0', as = 'f0', wq = 0): Operation => op(actor, 'open', { wq, as });
const close = (actor = 'proca0', fd = 'f0'): Operation => op(actor, 'close', { fd });
const submit = (cr: string, actor = 'proca0', fd = 'f0'): Operation => op(actor, 'submit', { fd, cr });
const batch = (member: string, rcr: boolean): Operation =>
  op('proca0', 'submit', { fd: 'f0', cr: 'lazy', what: 'batch', member, rcr });
const poll = (cr: string, actor = 'proca0'): Operation => op(actor, 'poll', { cr });
const passToB = op('proca0', 'pass_fd', { fd: 'f0', to: 'procb' });
const exit = op('proca0', 'exit');
const answer = op('proca0', 'uffd_answer');
const removeDriver = op('admin', 'user_drv_remove');
const ADMIN_LAST: NonNullable<ClaimCase['first']> = [['proca0', 1]];

const DEDICATED_FAILS: WorldConfig = { wq0: 'dedicated', fault: 'set_pasid' };

/** procb closes the last reference to the file of proca, which has gone, while procb1 opens one of its own. */
const LAST_CLOSE_AND_OPEN = [
  open(),
  passToB,
  exit,
  close('procb0'),
  open('procb1', 'f1'),
  submit('lazy', 'procb1', 'f1'),
];
/** procb0 has unbound the PASID, which is given to procb1 before the context goes; the worker finds the old one. */
const UNBOUND_NOT_REMOVED: NonNullable<ClaimCase['first']> = [
  ['proca0', 21],
  ['exit of proca', 13],
  ['procb0', 15],
  ['procb1', 24],
  ['irq', 4],
  ['worker', 1],
];
/** A child opens one wq, submits to another through what it inherited, and exits. */
const INHERITED_AND_EXIT = [
  open('proca0', 'f1', 1),
  op('proca0', 'fork'),
  open('child0'),
  submit('lazy', 'child0', 'f1'),
  op('child0', 'exit'),
];
const CHILD_FIRST: NonNullable<ClaimCase['first']> = [
  ['proca0', 20],
  ['child0', 1],
];
/** The worker has found the mm of the child, which is freed before it asks for a reference. */
const FREED_BEFORE_GETTER: NonNullable<ClaimCase['first']> = [
  ['proca0', 20],
  ['child0', 26],
  ['exit of child0', 24],
  ['irq', 1],
];
/** A batch whose member is logged while procb drains the workqueue, and which itself is logged afterwards. */
const BATCH_BESIDE_A_CLOSE = [open(), batch('lazy', true), open('procb0'), close('procb0')];
const REFUSED_MEMBER: NonNullable<ClaimCase['first']> = [
  ['proca0', 22],
  ['procb0', 23],
  ['irq', 1],
];
/** Two engines' worth of work on one engine: procb has the other work queue. */
const BESIDE_A_SLOW_PAGE = [
  open('proca0', 'f0', 1),
  submit('fuse'),
  open('procb0'),
  submit('present', 'procb0'),
];
/** proca closes while its record waits for a page, and procb has the other work queue. */
const BESIDE_A_SLOW_CLOSE = [
  open(),
  submit('fuse'),
  close(),
  open('procb0', 'f1', 1),
  submit('lazy', 'procb0', 'f1'),
];
/** The worker waits for the page, and the release of proca for the worker, before procb begins. */
const WORKER_BEFORE_CLOSE: NonNullable<ClaimCase['first']> = [
  ['proca0', 22],
  ['irq', 6],
  ['worker', 8],
];
/** proca drains the workqueue while the event of procb comes. */
const EVENT_WHILE_DRAINING = [open(), submit('lazy'), close(), open('procb0'), submit('lazy', 'procb0')];

const CASES: readonly ClaimCase[] = [
  {
    claim: 'record-is-written-into-its-own-process',
    kind: 'written-into-another-process',
    state: 'v2+mutant-no-drain',
    ops: [open(), submit('lazy'), exit, open('procb0')],
    // The files of proca are closed, and the PASID is free, before the interrupt comes.
    first: [
      ['proca0', 26],
      ['exit of proca', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'record-is-written-into-its-own-process',
    kind: 'written-into-another-process',
    state: 'v2',
    ops: [...INHERITED_AND_EXIT, open('procb0')],
    // The child exits, its PASID is given to procb, and only then comes the interrupt.
    first: CHILD_FIRST,
    // Its context is looked for on wq 1, which procb has not opened.
    keeper: 'v3',
  },
  {
    claim: 'record-is-written-into-its-own-process',
    kind: 'written-into-another-process',
    state: 'merged',
    ops: [...INHERITED_AND_EXIT, open('procb0', 'f0', 1)],
    first: CHILD_FIRST,
    keeper: null,
  },
  {
    claim: 'status-is-visible-after-body',
    kind: 'stale-body',
    state: 'v2',
    // The close of the other file waits until the worker is through: v4's record is seen then.
    ops: [
      open(),
      open('proca0', 'f1'),
      submit('lazy'),
      close('proca0', 'f1'),
      poll('lazy'),
      poll('lazy', 'proca1'),
    ],
    // The worker has stored the status, and not the body.
    first: [
      ['proca0', 35],
      ['irq', 4],
      ['worker', 6],
      ['proca1', 1],
    ],
    keeper: 'v4',
  },
  {
    claim: 'status-is-visible-after-body',
    kind: 'partial-body',
    state: 'v2',
    ops: [open(), submit('present'), submit('cross'), poll('present'), poll('cross')],
    // The worker gets through before the record is looked at.
    first: [
      ['proca0', 29],
      ['irq', 4],
      ['worker', 1],
    ],
    keeper: 'v4',
  },
  {
    claim: 'mm-users-are-balanced',
    kind: 'reference-leaked',
    state: 'sketch',
    ops: [open(), submit('lazy')],
    keeper: 'v2',
  },
  {
    claim: 'mm-users-are-balanced',
    kind: 'reference-dropped-twice',
    state: 'v2+mutant-double-mmput',
    ops: [open(), submit('lazy')],
    keeper: 'v3',
  },
  {
    claim: 'fixup-needs-mm-users',
    kind: 'touched-without-users',
    state: 'v4',
    ops: [open(), submit('lazy'), exit],
    // exit_mm has dropped the last user; the files are still open.
    first: [
      ['proca0', 26],
      ['exit of proca', 3],
      ['irq', 1],
    ],
    keeper: 'merged+mmget',
  },
  {
    claim: 'fixup-never-uses-freed-mm',
    kind: 'freed-mm-used',
    state: 'v3',
    ops: LAST_CLOSE_AND_OPEN,
    first: UNBOUND_NOT_REMOVED,
    keeper: 'merged+remove-first',
  },
  {
    claim: 'fixup-never-uses-freed-mm',
    kind: 'freed-mm-used',
    state: 'merged',
    ops: LAST_CLOSE_AND_OPEN,
    first: UNBOUND_NOT_REMOVED,
    keeper: 'v2',
  },
  {
    claim: 'fixup-never-uses-freed-mm',
    kind: 'freed-mm-used',
    state: 'v2',
    ops: INHERITED_AND_EXIT,
    first: FREED_BEFORE_GETTER,
    keeper: 'v3',
  },
  {
    claim: 'each-bind-is-unbound-once',
    kind: 'unbound-twice',
    state: 'v3',
    ops: [open()],
    world: DEDICATED_FAILS,
    keeper: 'merged+1',
  },
  {
    claim: 'each-bind-is-unbound-once',
    kind: 'never-unbound',
    state: 'merged+mutant-no-unbind',
    ops: [open(), close()],
    keeper: 'merged',
  },
  {
    claim: 'open-file-finds-its-context',
    kind: 'context-missing',
    state: 'v3',
    ops: [open(), open('proca0', 'f1'), close()],
    // Nobody proposed anything for a second open by one process.
    keeper: 'mended',
  },
  {
    claim: 'open-file-finds-its-context',
    kind: 'context-missing',
    state: 'v4',
    // The last close does not make it good.
    ops: [open(), open('proca0', 'f1'), close(), submit('lazy', 'proca0', 'f1'), close('proca0', 'f1')],
    keeper: 'mended',
  },
  {
    claim: 'open-file-finds-its-context',
    kind: 'stale-context-in-the-way',
    state: 'merged',
    ops: LAST_CLOSE_AND_OPEN,
    first: UNBOUND_NOT_REMOVED,
    keeper: 'merged+remove-first',
  },
  {
    claim: 'nothing-outlives-release',
    kind: 'events-left-behind',
    state: 'v2+mutant-no-drain',
    ops: [open(), submit('lazy'), close()],
    keeper: 'v2',
  },
  {
    claim: 'nothing-outlives-release',
    kind: 'events-left-behind',
    state: 'merged+mutant-no-drain',
    ops: [open(), submit('lazy'), close()],
    keeper: 'merged',
  },
  {
    claim: 'fault-items-are-freed',
    kind: 'item-leaked',
    state: 'v2',
    ops: [open(), batch('lazy', false)],
    keeper: 'v1',
  },
  {
    claim: 'fault-items-are-freed',
    kind: 'refused-item-leaked',
    state: 'v2',
    ops: EVENT_WHILE_DRAINING,
    first: [
      ['proca0', 22],
      ['procb0', 1],
    ],
    keeper: 'mended',
  },
  {
    claim: 'nobody-waits-for-anothers-page',
    kind: 'open-never-returns',
    state: 'v3',
    ops: [open(), submit('fuse'), open('procb0')],
    // The worker has uc_lock.
    first: [
      ['proca0', 22],
      ['irq', 4],
      ['worker', 1],
    ],
    keeper: 'v2',
  },
  {
    claim: 'nobody-waits-for-anothers-page',
    kind: 'close-never-returns',
    state: 'v2',
    ops: [open(), submit('fuse'), open('procb0'), close('procb0')],
    first: [
      ['proca0', 22],
      ['irq', 1],
    ],
    keeper: 'altA',
  },
  {
    claim: 'faulted-record-is-completed-in-the-end',
    kind: 'reported-in-swerror-only',
    state: 'pre',
    ops: [open(), submit('lazy')],
    world: { prs: 'absent' },
    keeper: 'v2',
  },
  {
    claim: 'faulted-record-is-completed-in-the-end',
    kind: 'never-tried',
    state: 'altA',
    ops: [open(), submit('lazy')],
    keeper: 'v4',
  },
  {
    claim: 'faulted-record-is-completed-in-the-end',
    kind: 'drained-with-another-file',
    state: 'v2',
    ops: [open(), open('proca0', 'f1'), submit('lazy', 'proca0', 'f1'), close()],
    keeper: 'mended',
  },
  {
    claim: 'faulted-record-is-completed-in-the-end',
    kind: 'refused-while-draining',
    state: 'v2',
    ops: EVENT_WHILE_DRAINING,
    first: [
      ['proca0', 22],
      ['procb0', 1],
    ],
    keeper: 'v2+mutant-no-drain',
  },
  {
    claim: 'faulted-record-is-completed-in-the-end',
    kind: 'copy-failed',
    state: 'v2',
    ops: [open(), submit('uffd'), answer],
    // Pages are pinned without FAULT_FLAG_ALLOW_RETRY: the userfaultfd is not asked.
    first: [
      ['proca0', 22],
      ['irq', 4],
      ['worker', 1],
    ],
    keeper: 'v4',
  },
  {
    claim: 'faulted-record-is-completed-in-the-end',
    kind: 'no-address-space-found',
    state: 'merged',
    ops: [open(), open('proca0', 'f1'), close(), submit('lazy', 'proca0', 'f1')],
    keeper: 'v2',
  },
  {
    claim: 'faulted-record-is-completed-in-the-end',
    kind: 'wrong-address-space-found',
    state: 'merged',
    ops: LAST_CLOSE_AND_OPEN,
    first: UNBOUND_NOT_REMOVED,
    keeper: 'v2+mutant-no-drain',
  },
  {
    claim: 'slow-page-stops-no-other-queue',
    kind: 'other-queue-stopped',
    state: 'pre',
    ops: BESIDE_A_SLOW_PAGE,
    keeper: 'v2',
  },
  {
    claim: 'slow-page-stops-no-other-queue',
    kind: 'user-never-returns',
    state: 'pre',
    ops: [...BESIDE_A_SLOW_PAGE, close('procb0')],
    keeper: 'altA',
  },
  {
    claim: 'slow-page-stops-no-other-queue',
    kind: 'log-never-handled',
    state: 'merged+evl-mutex',
    ops: BESIDE_A_SLOW_CLOSE,
    first: WORKER_BEFORE_CLOSE,
    keeper: 'merged',
  },
  {
    claim: 'slow-page-stops-no-other-queue',
    kind: 'log-stays-full',
    state: 'merged+own-portals',
    ops: [...BESIDE_A_SLOW_CLOSE, submit('lazy', 'procb0', 'f1')],
    world: { ring: 2 },
    first: WORKER_BEFORE_CLOSE,
    keeper: 'mended',
  },
  {
    claim: 'batch-succeeds-only-with-its-members',
    kind: 'success-despite-lost-member',
    state: 'v2',
    ops: [open(), batch('hole', true)],
    // The interrupt for the batch is taken on another CPU than that for its member.
    first: [
      ['proca0', 22],
      ['irq', 3],
      ['proca0', 4],
      ['irq', 3],
      ['irq#2', 4],
      ['worker#2', 1],
    ],
    keeper: 'merged+evl-mutex+ordered-wq',
  },
  {
    claim: 'batch-succeeds-only-with-its-members',
    kind: 'success-despite-refused-member',
    state: 'merged',
    ops: BATCH_BESIDE_A_CLOSE,
    first: REFUSED_MEMBER,
    // With the mutex nothing is refused, so that nothing is asked.
    keeper: null,
  },
  {
    claim: 'full-count-means-status-written',
    kind: 'count-and-status-differ',
    state: 'v2',
    ops: [open(), submit('cross')],
    keeper: 'v4',
  },
  {
    claim: 'unwritable-address-stays-unwritten',
    kind: 'written-without-permission',
    state: 'v2+mutant-foll-force',
    ops: [open(), submit('readonly')],
    keeper: 'v2',
  },
  {
    claim: 'driver-does-not-crash',
    kind: 'null-workqueue',
    state: 'v2',
    ops: [open(), submit('lazy'), removeDriver],
    first: [['proca0', 1]],
    keeper: 'merged+checked-wq',
  },
  {
    claim: 'driver-does-not-crash',
    kind: 'freed-context',
    state: 'merged',
    ops: [open(), close()],
    world: { fault: 'ida' },
    keeper: 'merged+open-errors',
  },
  {
    claim: 'driver-does-not-crash',
    kind: 'freed-context',
    state: 'merged+own-portals',
    ops: [open(), submit('lazy')],
    world: { fault: 'ida' },
    keeper: 'merged+open-errors',
  },
  {
    claim: 'driver-does-not-crash',
    kind: 'self-deadlock',
    state: 'merged',
    ops: [open()],
    world: { fault: 'device_add' },
    keeper: 'merged+open-errors',
  },
  {
    claim: 'errors-are-rate-limited',
    kind: 'unlimited-error',
    state: 'v3',
    ops: [open(), submit('hole')],
    keeper: 'v4',
  },
  {
    claim: 'exit-mmap-runs-in-no-fault-worker',
    kind: 'last-mmput-in-worker',
    state: 'v3',
    ops: [open(), submit('lazy'), exit],
    // The worker has its reference before the process exits.
    first: [
      ['proca0', 22],
      ['irq', 4],
      ['worker', 4],
      ['proca0', 4],
      ['exit of proca', 3],
    ],
    keeper: 'v4',
  },
  {
    claim: 'stored-body-gets-its-status',
    kind: 'body-without-status',
    state: 'v4',
    ops: [open(), submit('cross')],
    keeper: 'v3',
  },
  {
    claim: 'missing-address-space-is-told-apart',
    kind: 'looks-like-nothing-copied',
    state: 'v2',
    ops: [open(), submit('lazy'), exit],
    // exit_mm has dropped the last user; the PASID is still bound.
    first: [
      ['proca0', 26],
      ['exit of proca', 3],
      ['irq', 1],
    ],
    keeper: 'v2+errno',
  },
  {
    claim: 'missing-address-space-is-told-apart',
    kind: 'looks-like-nothing-copied',
    state: 'sketch',
    ops: [open(), submit('lazy'), exit],
    first: [
      ['proca0', 26],
      ['exit of proca', 3],
      ['irq', 1],
    ],
    keeper: 'v1',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'undocumented-error',
    state: 'merged+mutant-remove-errors',
    ops: [open(), close('proca0', 'f1'), removeDriver],
    first: ADMIN_LAST,
    keeper: 'merged',
  },
  {
    claim: 'errors-have-a-cause',
    kind: 'SIGSEGV-without-cause',
    state: 'v4~drop-call(iommu_sva_bind_device)',
    ops: [open(), submit('lazy'), close('proca0', 'f1')],
    keeper: 'v4',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-ENODEV',
    state: 'merged+mutant-remove-errors',
    ops: [removeDriver, removeDriver],
    keeper: 'merged',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-EBUSY',
    state: 'v4~ignore-error(idxd_cdev_open, -16)',
    ops: [open(), open('procb0')],
    world: { wq0: 'dedicated' },
    keeper: 'v4',
  },
  {
    claim: 'causes-give-an-error',
    kind: 'succeeds-despite-ENXIO',
    state: 'v4~drop-call(idxd_user_drv_remove, 0)',
    ops: [removeDriver, open()],
    first: [['admin', 1]],
    keeper: 'v4',
  },
  {
    claim: 'open-fails-where-its-device-cannot-be-made',
    kind: 'succeeds-despite-ENOMEM',
    state: 'v4',
    ops: [open()],
    world: { fault: 'ida' },
    keeper: 'merged+open-errors',
  },
  {
    claim: 'open-fails-where-its-device-cannot-be-made',
    kind: 'succeeds-despite-EIO',
    state: 'v4~flip(fileDevice)',
    ops: [open()],
    world: { fault: 'device_add' },
    keeper: 'merged+open-errors',
  },
  {
    claim: 'calls-have-their-effect',
    kind: 'driver-gone-with-descriptors-in-the-device',
    state: 'merged+mutant-no-device-drain',
    ops: [open(), submit('fuse'), removeDriver],
    world: { prs: 'enabled' },
    first: ADMIN_LAST,
    keeper: 'merged',
  },
  {
    claim: 'calls-have-their-effect',
    kind: 'open-without-a-pasid',
    state: 'v4~drop-call(iommu_sva_bind_device)',
    ops: [open()],
    keeper: 'v4',
  },
  {
    claim: 'calls-have-their-effect',
    kind: 'call-after-exit',
    state: 'v4~drop-signal(dispatch, proca)',
    ops: [exit, poll('lazy')],
    keeper: 'v4',
  },
  {
    claim: 'release-gives-back-what-open-took',
    kind: 'unbound-with-descriptors-in-the-device',
    state: 'merged+mutant-no-device-drain',
    ops: [open(), submit('fuse'), close()],
    world: { prs: 'enabled' },
    keeper: 'merged',
  },
  {
    claim: 'release-gives-back-what-open-took',
    kind: 'never-released',
    state: 'v4~drop-call(idxd_cdev_release)',
    ops: [open(), close()],
    keeper: 'v4',
  },
  {
    claim: 'release-gives-back-what-open-took',
    kind: 'freed-context-in-upasid-xa',
    state: 'v4~late-call(idxd_xa_pasid_remove)',
    ops: [open(), close()],
    keeper: 'v4',
  },
  {
    claim: 'open-file-finds-its-context',
    kind: 'not-under-its-pasid',
    state: 'v4~late-call(iommu_sva_bind_device)',
    ops: [open()],
    keeper: 'v4',
  },
  {
    claim: 'each-bind-is-unbound-once',
    kind: 'never-unbound',
    state: 'v4~flip(labelUnbinds)',
    ops: [open()],
    world: { fault: 'ida' },
    keeper: 'v4',
  },
  {
    claim: 'address-space-goes-with-its-users',
    kind: 'never-torn-down',
    state: 'sketch',
    ops: [open(), submit('lazy'), exit],
    // The worker has its reference before the process exits.
    first: [
      ['proca0', 22],
      ['irq', 4],
      ['worker', 4],
    ],
    keeper: 'v2',
  },
  {
    claim: 'address-space-goes-with-its-users',
    kind: 'torn-down-in-use',
    state: 'v2+mutant-double-mmput',
    ops: [open(), submit('lazy'), poll('present')],
    keeper: 'v2',
  },
  {
    claim: 'address-space-goes-with-its-users',
    kind: 'never-freed',
    state: 'v4~drop-call(mmdrop)',
    ops: [open(), exit],
    keeper: 'v4',
  },
  {
    claim: 'address-space-goes-with-its-users',
    kind: 'torn-down-after-it-was-freed',
    state: 'v4~late-call(exit_mmap)',
    ops: [exit],
    keeper: 'v4',
  },
  {
    claim: 'address-space-goes-with-its-users',
    kind: 'page-that-nobody-provided',
    state: 'v2~drop-wait(access_remote_vm, page provider of proca)',
    ops: [open(), submit('fuse'), poll('present')],
    keeper: 'v2',
  },
  {
    claim: 'address-space-goes-with-its-users',
    kind: 'read-after-munmap',
    state: 'v4~drop-call(dispatch, 0)',
    ops: [op('proca0', 'munmap', { cr: 'present' }), poll('present')],
    keeper: 'v4',
  },
  {
    claim: 'logged-fault-is-handled-once',
    kind: 'two-works',
    state: 'merged+mutant-queued-twice',
    ops: [open(), submit('lazy')],
    keeper: 'merged',
  },
  {
    claim: 'logged-fault-is-handled-once',
    kind: 'entry-overwritten',
    state: 'v4~drop-wait(dispatch, event log)',
    ops: [open(), submit('lazy'), submit('lazy')],
    world: { ring: 2 },
    keeper: 'v4',
  },
  {
    claim: 'logged-fault-is-handled-once',
    kind: 'no-work',
    state: 'v4~flip(batches)',
    ops: [open(), batch('lazy', true)],
    keeper: 'v4',
  },
  {
    claim: 'logged-fault-is-handled-once',
    kind: 'short-without-cause',
    state: 'v4~drop-call(idxd_copy_cr, 0)',
    ops: [open(), submit('lazy')],
    keeper: 'v4',
  },
  {
    claim: 'disabled-page-requests-are-not-made',
    kind: 'page-requested',
    state: 'pre',
    ops: [open(), submit('lazy')],
    keeper: 'v4',
  },
  {
    claim: 'portal-serves-its-opener-only',
    kind: 'submitted-through-anothers-file',
    state: 'v4',
    ops: INHERITED_AND_EXIT,
    keeper: 'merged+own-portals',
  },
  {
    claim: 'no-deadlock',
    kind: 'lock-cycle',
    state: 'merged+mutant-lock-cycle',
    ops: [open(), close(), open('procb0')],
    first: [
      ['proca0', 26],
      ['procb0', 1],
    ],
    keeper: 'merged',
  },
  {
    claim: 'no-livelock',
    kind: 'repeating-state',
    state: 'merged+mutant-retry-forever',
    ops: [open(), submit('hole')],
    keeper: 'merged',
  },
  {
    claim: 'lock-discipline',
    kind: 'return-with-lock-held',
    state: 'merged+mutant-leak-uc-lock',
    ops: [open(), close()],
    keeper: 'merged',
  },
];

testClaimCases(remoteVm, CASES);

const recording = (
  state: string,
  ops: readonly Operation[],
  world: WorldConfig = {},
  schedule: readonly string[] = [],
) =>
  record(remoteVm.model(state)!, { format: 1, model: `remote-vm/${state}`, ops, world, schedule }, STEPS_MAX);

describe('what cited facts say of states', () => {
  test.each([
    { state: 'pre', broken: [] },
    { state: 'v1', broken: ['raw-remote-access-is-not-exported', 'does-without-iommu-sva-find'] },
    { state: 'sketch', broken: ['does-without-iommu-sva-find'] },
    { state: 'v2', broken: ['does-without-iommu-sva-find'] },
    { state: 'v2:1+2+3+4+5+6+7', broken: [] },
    { state: 'v3', broken: [] },
    { state: 'merged', broken: [] },
    {
      state: 'v2+mutant-stub-returns-length',
      broken: ['stub-reports-nothing-copied', 'does-without-iommu-sva-find'],
    },
  ])('$state', ({ state, broken }) => {
    const verdicts = remoteVm.model(state)!.stateVerdicts;
    expect(verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property)).toEqual(
      broken,
    );
    for (const { findings } of verdicts) {
      for (const { expected, actual } of findings) expect(expected).not.toEqual(actual);
    }
  });
});

describe('a claim is not exercised', () => {
  test.each(remoteVm.states.map(({ id }) => id))('by who never opens the device (%s)', (state) => {
    const { exercised } = recording(state, [submit('lazy'), poll('lazy')]);
    expect(exercised).toEqual([
      'driver-does-not-crash',
      'errors-have-a-cause',
      // What altB maps goes with the file.
      ...(state === 'altB' ? [] : ['address-space-goes-with-its-users']),
      'no-deadlock',
      'no-livelock',
      'lock-discipline',
    ]);
  });

  test.each<{ claim: string; what: string; ops: readonly Operation[]; world?: WorldConfig }>([
    { claim: 'record-is-written-into-its-own-process', what: 'an open', ops: [open()] },
    {
      claim: 'status-is-visible-after-body',
      what: 'a record that nobody polls',
      ops: [open(), submit('lazy')],
    },
    {
      claim: 'status-is-visible-after-body',
      what: 'two descriptors with one record',
      ops: [open(), submit('present'), submit('present'), poll('present')],
    },
    { claim: 'mm-users-are-balanced', what: 'a page that is there', ops: [open(), submit('present')] },
    { claim: 'fixup-needs-mm-users', what: 'a process that lives', ops: [open(), submit('lazy')] },
    { claim: 'fixup-never-uses-freed-mm', what: 'a process that lives', ops: [open(), submit('lazy')] },
    { claim: 'each-bind-is-unbound-once', what: 'a file that stays open', ops: [open()] },
    { claim: 'nothing-outlives-release', what: 'a close without a fault', ops: [open(), close()] },
    { claim: 'fault-items-are-freed', what: 'a page that is there', ops: [open(), submit('present')] },
    {
      claim: 'fault-items-are-freed',
      what: 'an allocation that fails',
      ops: [open(), submit('lazy')],
      world: { fault: 'kmem' },
    },
    {
      claim: 'nobody-waits-for-anothers-page',
      what: 'a process that is alone',
      ops: [open(), submit('fuse'), close()],
    },
    {
      claim: 'faulted-record-is-completed-in-the-end',
      what: 'an address that is not mapped',
      ops: [open(), submit('hole')],
    },
    {
      claim: 'faulted-record-is-completed-in-the-end',
      what: 'a file that its user closed',
      ops: [open(), submit('lazy'), close()],
    },
    {
      claim: 'faulted-record-is-completed-in-the-end',
      what: 'a record that its user unmaps',
      ops: [open(), submit('lazy'), op('proca1', 'munmap', { cr: 'lazy' })],
    },
    {
      claim: 'faulted-record-is-completed-in-the-end',
      what: 'an allocation that fails',
      ops: [open(), submit('lazy')],
      world: { fault: 'kmem' },
    },
    {
      claim: 'slow-page-stops-no-other-queue',
      what: 'one work queue',
      ops: [open(), submit('fuse'), submit('present')],
    },
    {
      claim: 'batch-succeeds-only-with-its-members',
      what: 'a batch whose member is written',
      ops: [open(), batch('lazy', true)],
    },
    {
      claim: 'full-count-means-status-written',
      what: 'a page that is there',
      ops: [open(), submit('present')],
    },
    { claim: 'unwritable-address-stays-unwritten', what: 'a writable record', ops: [open(), submit('lazy')] },
    { claim: 'errors-are-rate-limited', what: 'a copy that works', ops: [open(), submit('lazy')] },
    {
      claim: 'exit-mmap-runs-in-no-fault-worker',
      what: 'a process that lives',
      ops: [open(), submit('lazy')],
    },
    { claim: 'stored-body-gets-its-status', what: 'a page that is there', ops: [open(), submit('present')] },
    { claim: 'stored-body-gets-its-status', what: 'nothing that was stored', ops: [open(), submit('hole')] },
    {
      claim: 'stored-body-gets-its-status',
      what: 'a record that its user unmaps',
      ops: [open(), submit('lazy'), op('proca1', 'munmap', { cr: 'lazy' })],
    },
    {
      claim: 'missing-address-space-is-told-apart',
      what: 'an address that is not mapped',
      ops: [open(), submit('hole')],
    },
  ])('$claim by $what', ({ claim, ops, world = {} }) => {
    expect(recording('merged', ops, world).exercised).not.toContain(claim);
  });
});

describe('a claim does not apply', () => {
  test.each([
    { claim: 'open-file-finds-its-context', states: ['pre', 'altA', 'altB', 'v3:1'] },
    { claim: 'full-count-means-status-written', states: ['pre', 'altA', 'altB', 'v2:1+2+3+4+5+6+7', 'v4:1'] },
    { claim: 'nothing-outlives-release', states: ['pre', 'altA', 'altB'] },
  ])('$claim', ({ claim, states }) => {
    for (const state of states) {
      expect(remoteVm.model(state)!.properties.map(({ id }) => id)).not.toContain(claim);
    }
  });
});

describe('nobody is accused', () => {
  const posted = remoteVm.states.filter(({ source }) => source.status !== 'mutant').map(({ id }) => id);
  const violated = (...args: Parameters<typeof recording>) =>
    recording(...args).violations.map(({ property }) => property);

  test.each(posted)('of a record that is where the device can write it (%s)', (state) => {
    expect(violated(state, [open(), submit('present'), poll('present'), close()])).toEqual([]);
  });

  test.each(['v3', 'v4', 'merged', 'merged+1', 'smpwmb'])('where a process opens once (%s)', (state) => {
    for (const claim of ['open-file-finds-its-context', 'faulted-record-is-completed-in-the-end']) {
      expect(explored(remoteVm.model(state)!, claim, [open(), submit('lazy')])).toEqual({
        kinds: [],
        exercised: true,
      });
    }
  });

  test('where the second file of a process is closed first', () => {
    const ops = [open(), open('proca0', 'f1'), close('proca0', 'f1'), submit('lazy')];
    const claim = 'open-file-finds-its-context';
    expect(explored(remoteVm.model('merged')!, claim, ops)).toEqual({ kinds: [], exercised: true });
  });

  test('of what comes to the log of its own work queue, or is marked there', () => {
    const claim = 'slow-page-stops-no-other-queue';
    const ops = [open(), submit('fuse'), submit('lazy'), close(), op('proca1', 'poll', { cr: 'lazy' })];
    expect(explored(remoteVm.model('merged+evl-mutex')!, claim, ops)!.kinds).toEqual([]);
  });

  test('of what its own page keeps in the log, beside a slow page elsewhere', () => {
    const claim = 'slow-page-stops-no-other-queue';
    const ops = [
      open(),
      submit('fuse'),
      open('procb0', 'f1', 1),
      submit('fuse', 'procb0', 'f1'),
      submit('lazy', 'procb0', 'f1'),
      close('procb0', 'f1'),
    ];
    expect(explored(remoteVm.model('merged+evl-mutex')!, claim, ops)).toEqual({ kinds: [], exercised: true });
  });

  test('of a process that waits for a page of its own', () => {
    const ops = [open(), submit('fuse'), close(), open('proca1', 'f1')];
    expect(explored(remoteVm.model('merged')!, 'nobody-waits-for-anothers-page', ops)!.kinds).toEqual([]);
  });

  test('of another process where the page comes', () => {
    const ops = [open(), submit('uffd'), answer, open('procb0'), close('procb0')];
    expect(explored(remoteVm.model('merged')!, 'nobody-waits-for-anothers-page', ops)).toEqual({
      kinds: [],
      exercised: true,
    });
  });

  test('for a page that its own user never provides', () => {
    const claim = 'faulted-record-is-completed-in-the-end';
    for (const cr of ['uffd', 'fuse']) {
      expect(explored(remoteVm.model('altA')!, claim, [open(), submit(cr)])).toEqual({
        kinds: [],
        exercised: false,
      });
    }
  });

  test('of a copy to what is not there', () => {
    for (const state of ['v4', 'merged']) {
      expect(violated(state, [open(), submit('hole'), submit('readonly')])).toEqual([]);
    }
  });
});
