/** Verdicts other than that a claim holds, and what in the code is behind them: README.md has them as a table. */
import type { Expectation } from '../../harness/model/expectation.ts';

/** Each mutant has what the state below it breaks; a few change some of that. */
const v2NoDrain = 'v2+mutant-no-drain';
const v2Mutants = [
  v2NoDrain,
  'v2+mutant-double-mmput',
  'v2+mutant-foll-force',
  'v2+mutant-stub-returns-length',
];
const noUnbind = 'merged+mutant-no-unbind';
const leakUcLock = 'merged+mutant-leak-uc-lock';
const lockCycle = 'merged+mutant-lock-cycle';
const retryForever = 'merged+mutant-retry-forever';
const noDeviceDrain = 'merged+mutant-no-device-drain';
const removeErrors = 'merged+mutant-remove-errors';
const queuedTwice = 'merged+mutant-queued-twice';
const mergedMutants = [
  'merged+mutant-no-drain',
  noUnbind,
  'merged+mutant-no-barrier',
  leakUcLock,
  lockCycle,
  retryForever,
  noDeviceDrain,
  removeErrors,
  queuedTwice,
];

/** Each of these mends one thing of merged. */
const removeFirst = 'merged+remove-first';
const mmget = 'merged+mmget';
const freeItem = 'merged+free-item';
const checkedWq = 'merged+checked-wq';
const openErrors = 'merged+open-errors';
const ownPortals = 'merged+own-portals';
/** Release drains under evl->lock, so that queue_work refuses nothing. */
const logMutex = ['merged+evl-mutex', ownPortals, 'merged+evl-mutex+ordered-wq'];

const byWrapper = ['v2', 'v2+errno', ...v2Mutants];
/** The mm is found by iommu_sva_find. */
const byPasid = ['v1', 'sketch', ...byWrapper];
/** Pages are pinned, and written in ascending order. */
const byPinning = [...byPasid, 'v3'];
/** The copy of v4: kthread_use_mm and copy_to_user. */
const inUsersMm = [
  'v4',
  'merged',
  'merged+1',
  'smpwmb',
  ...logMutex,
  removeFirst,
  mmget,
  freeItem,
  checkedWq,
  openErrors,
  ...mergedMutants,
];
/** The mm is found by the context in upasid_xa. */
const byContext = ['v3', ...inUsersMm];
/** All that fix records up, but for mended. */
const fixups = [...byPasid, ...byContext];

const without = (states: readonly string[], ...others: readonly string[]): readonly string[] =>
  states.filter((state) => !others.includes(state));

const mutant = { status: 'mutant' } as const;
const unraised = (hazard: string) =>
  ({ status: 'inferred', note: `${hazard} in README.md; nobody in the thread raised it` }) as const;
const coverLetterV4 = {
  status: 'posted',
  date: '2023-04-07',
  messageId: '20230407203143.2189681-1-fenghua.yu@intel.com',
} as const;
const copyOfV4 = { date: '2023-04-07', messageId: '20230407203143.2189681-9-fenghua.yu@intel.com' } as const;
const split = {
  date: '2023-03-30',
  messageId: 'c4ff442d-706d-bb00-84af-c991454a37de@intel.com',
} as const;
const refusedWork = {
  status: 'merged',
  date: 'v6.9',
  commit: 'd5638de827cf',
  note: 'makes evl->lock a mutex because of what queue_work refuses; the rest nobody raised',
} as const;
const lookUpRemoved = {
  status: 'merged',
  date: 'v6.4',
  commit: '2bef9ba8aefc',
  note: 'removes iommu_sva_find',
} as const;

// Several claims break by one and the same thing.

const waitsForItself = {
  states: without(fixups, openErrors),
  verdict: 'violated',
  reason:
    'Where device_add fails put_device runs the release callback, which waits for the wq_lock that idxd_cdev_open holds.',
  source: unraised('SVA-H11'),
} as const;
const neverShort = {
  states: [retryForever],
  verdict: 'inconclusive',
  reason: 'The work copies until all is there, so that no copy of it ever comes back short.',
  source: mutant,
} as const;

export const expectations: readonly Expectation[] = [
  // Whose memory a record is written into.
  {
    property: 'record-is-written-into-its-own-process',
    states: byPasid,
    verdict: 'violated',
    reason:
      "Release drains the wq of its own file: what went to another through an inherited descriptor outlives the process, and iommu_sva_find gives its PASID's next owner.",
    source: unraised('SVA-H5'),
  },
  {
    property: 'record-is-written-into-its-own-process',
    // A PASID that stays bound is nobody else's.
    states: without(byContext, ownPortals, noUnbind),
    verdict: 'violated',
    reason:
      "Release drains the wq of its own file: what went to another through an inherited descriptor outlives the process, and upasid_xa of that wq has its PASID's next owner.",
    source: {
      status: 'inferred',
      date: '2025-04-21',
      commit: '8dfa57aabff6',
      note: 'closes it, though meant for write(); nobody raised it (SVA-H5)',
    },
  },
  {
    property: 'fixup-never-uses-freed-mm',
    states: byPasid,
    verdict: 'violated',
    reason:
      'ioasid_find calls __mmget_not_zero in an RCU section, which keeps its entry and not the mm, and __mmdrop frees that at once.',
    source: { status: 'inferred', note: 'README.md (f); nobody raised it' },
  },
  {
    property: 'fixup-never-uses-freed-mm',
    states: without(byContext, removeFirst, noUnbind),
    verdict: 'violated',
    reason:
      'Release calls iommu_sva_unbind_device, which may free mm and PASID, before idxd_xa_pasid_remove: a fault of the next owner finds the old context in between.',
    source: unraised('SVA-H6'),
  },
  {
    property: 'fixup-needs-mm-users',
    states: without(inUsersMm, mmget),
    verdict: 'violated',
    reason:
      'idxd_copy_cr calls kthread_use_mm without mmget_not_zero, and faults pages in while exit_mmap runs, or after it.',
    source: { status: 'inferred', ...copyOfV4, note: 'read off v4 8/16; v3 still had mmget_not_zero' },
  },
  {
    property: 'mm-users-are-balanced',
    states: ['sketch'],
    verdict: 'violated',
    reason: 'The wrapper returns with the reference that iommu_sva_find took, and its caller has no mmput.',
    source: {
      status: 'inferred',
      date: '2023-03-01',
      messageId: 'f1f6e3b9-a1cb-cebe-d173-a42cec7febd1@intel.com',
      note: 'read off the sketch of Fenghua Yu',
    },
  },
  {
    property: 'mm-users-are-balanced',
    states: ['v2+mutant-double-mmput'],
    verdict: 'violated',
    reason: 'iommu_access_remote_vm calls mmput twice for the one reference that it has.',
    source: mutant,
  },
  {
    property: 'exit-mmap-runs-in-no-fault-worker',
    states: without(byPasid, 'sketch'),
    verdict: 'violated',
    reason:
      'The work drops the reference of iommu_sva_find by mmput, and is the last to do so where the process has exited meanwhile.',
    source: unraised('SVA-H17'),
  },
  {
    property: 'exit-mmap-runs-in-no-fault-worker',
    states: ['v3', mmget, 'mended'],
    verdict: 'violated',
    reason:
      'idxd_copy_cr drops the reference of mmget_not_zero by mmput and not by mmput_async, with uc_lock held, and may be the last.',
    source: unraised('SVA-H17'),
  },
  {
    property: 'missing-address-space-is-told-apart',
    states: ['sketch', ...without(byWrapper, 'v2+errno')],
    verdict: 'violated',
    reason:
      'The wrapper returns 0 where iommu_sva_find has no mm, as it does where the first page cannot be pinned.',
    source: unraised('SVA-H23'),
  },

  // What of a record is stored, and in which order.
  {
    property: 'status-is-visible-after-body',
    states: byPinning,
    verdict: 'violated',
    reason:
      'access_remote_vm, and the loop that v3 has in its place, begin with the status, which is byte 0, and the user may look before they go on.',
    source: { status: 'posted', ...copyOfV4, note: 'v4 8/16 says why its status goes last' },
  },
  {
    property: 'status-is-visible-after-body',
    states: ['merged+mutant-no-barrier'],
    verdict: 'violated',
    reason: 'Without the wmb() of idxd_copy_cr a weakly ordered machine may show the status before the body.',
    source: mutant,
  },
  {
    property: 'full-count-means-status-written',
    states: byPinning,
    verdict: 'violated',
    reason:
      'The status is the first byte of the copy, and stays where the second page of an unaligned record cannot be pinned.',
    source: { status: 'inferred', note: 'read off the copies of v1 to v3' },
  },
  {
    property: 'stored-body-gets-its-status',
    states: [...without(inUsersMm, retryForever), 'mended'],
    verdict: 'violated',
    reason:
      'copy_to_user fills the first page of an unaligned record, and where it cannot go on idxd_copy_cr leaves out put_user.',
    source: unraised('SVA-H18'),
  },
  {
    property: 'unwritable-address-stays-unwritten',
    states: ['v2+mutant-foll-force'],
    verdict: 'violated',
    reason: 'access_remote_vm gets FOLL_FORCE, and stores through a mapping that is read-only.',
    source: mutant,
  },

  // Open and release.
  {
    property: 'each-bind-is-unbound-once',
    // lock-cycle: a failing open waits for itself before it can unbind twice.
    states: without(fixups, 'merged+1', 'smpwmb', ...logMutex, openErrors, lockCycle, noUnbind),
    verdict: 'violated',
    reason:
      'Where idxd_wq_set_pasid fails idxd_cdev_open unbinds, and goes to a label that does so once more.',
    source: {
      status: 'merged',
      note: 'the first is gone in cdev.c at 03c11eb3b16d, early 2024; its own commit is not known',
    },
  },
  {
    property: 'each-bind-is-unbound-once',
    states: [noUnbind],
    verdict: 'violated',
    reason: 'iommu_sva_unbind_device is not called, and the PASID stays bound.',
    source: mutant,
  },
  {
    property: 'open-file-finds-its-context',
    states: without(fixups, removeFirst, noUnbind),
    verdict: 'violated',
    reason:
      "A failed xa_insert is only warned of: of a process's second file, whose entry goes with the first, and under a PASID that is unbound, and another's, before its old context has gone.",
    source: unraised('SVA-H6 and SVA-H7'),
  },
  {
    property: 'open-file-finds-its-context',
    states: [removeFirst, noUnbind],
    verdict: 'violated',
    reason:
      "A failed xa_insert of a process's second file is only warned of, and closing the first takes away the entry of both.",
    source: unraised('SVA-H7'),
  },
  {
    property: 'nothing-outlives-release',
    states: [v2NoDrain, 'merged+mutant-no-drain'],
    verdict: 'violated',
    reason: 'Release neither marks the entries of the log nor drains the workqueue.',
    source: mutant,
  },
  {
    property: 'nothing-outlives-release',
    states: [noDeviceDrain],
    verdict: 'violated',
    reason: 'What the device still has at a release is logged after it.',
    source: mutant,
  },
  {
    property: 'driver-does-not-crash',
    states: without(fixups, checkedWq, openErrors),
    verdict: 'violated',
    reason:
      'idxd_cdev_open returns 0 with a freed context where ida_alloc fails and waits for itself where device_add does, and nobody asks whether idxd_user_drv_remove has taken wq->wq away.',
    source: unraised('SVA-H11 and SVA-H16'),
  },
  {
    property: 'driver-does-not-crash',
    states: [checkedWq],
    verdict: 'violated',
    reason:
      'idxd_cdev_open returns 0 with a freed context where ida_alloc fails, and waits for itself where device_add does.',
    source: unraised('SVA-H11'),
  },
  {
    property: 'driver-does-not-crash',
    states: [openErrors],
    verdict: 'violated',
    reason:
      'queue_work and drain_workqueue are called with the NULL that idxd_user_drv_remove leaves in wq->wq.',
    source: unraised('SVA-H16'),
  },
  { property: 'no-deadlock', ...waitsForItself, states: without(waitsForItself.states, lockCycle) },
  {
    property: 'no-deadlock',
    states: [lockCycle],
    verdict: 'violated',
    reason: 'idxd_xa_pasid_remove takes wq_lock inside uc_lock, and idxd_cdev_open uc_lock inside wq_lock.',
    source: mutant,
  },
  { property: 'lock-discipline', ...waitsForItself, states: without(waitsForItself.states, leakUcLock) },
  {
    property: 'lock-discipline',
    states: [leakUcLock],
    verdict: 'violated',
    reason: 'idxd_xa_pasid_remove returns with uc_lock held.',
    source: mutant,
  },

  // Fault items and batches.
  {
    property: 'fault-items-are-freed',
    states: without(fixups, 'v1', freeItem),
    verdict: 'violated',
    reason:
      'Of a batch whose record nobody asked for idxd_evl_fault_work has nothing to copy, and returns without kmem_cache_free.',
    source: unraised('SVA-H12'),
  },
  {
    property: 'fault-items-are-freed',
    states: ['v1', freeItem],
    verdict: 'violated',
    reason:
      'process_evl_entry does not look at what queue_work returns, and nobody frees what that refuses while a release drains the workqueue.',
    source: { status: 'inferred', note: 'README.md (e); nobody raised that the item leaks' },
  },
  {
    property: 'batch-succeeds-only-with-its-members',
    states: without(fixups, ...logMutex),
    verdict: 'violated',
    reason:
      'create_workqueue has a worker on each CPU, so that the work of a batch may read batch_fail[] before that of its member writes it, and of a member that queue_work refuses nobody does.',
    source: unraised('SVA-H15'),
  },
  {
    property: 'batch-succeeds-only-with-its-members',
    states: ['merged+evl-mutex', ownPortals],
    verdict: 'violated',
    reason:
      'create_workqueue has a worker on each CPU, so that the work of a batch may read batch_fail[] before that of its member writes it.',
    source: unraised('SVA-H15'),
  },
  {
    property: 'errors-are-rate-limited',
    states: byPinning,
    verdict: 'violated',
    reason: 'idxd_evl_fault_work has a dev_err for each copy that comes back short, as one into a hole does.',
    source: { ...coverLetterV4, note: 'its changelog names Tony Luck for dev_dbg_ratelimited' },
  },
  { property: 'errors-are-rate-limited', ...neverShort },

  // What happens in the end.
  {
    property: 'nobody-waits-for-anothers-page',
    states: without(byPasid, v2NoDrain),
    verdict: 'violated',
    reason:
      "drain_workqueue of a release waits for the works of all files, and one of them may sleep for a page of somebody's FUSE.",
    source: unraised('SVA-H9'),
  },
  {
    property: 'nobody-waits-for-anothers-page',
    states: [v2NoDrain],
    verdict: 'violated',
    reason:
      'Release drains nothing, yet idxd_user_drv_remove has destroy_workqueue wait for a work that sleeps, with wq_lock held, which open wants.',
    source: unraised('SVA-H9'),
  },
  {
    property: 'nobody-waits-for-anothers-page',
    states: [...byContext, 'mended'],
    verdict: 'violated',
    reason:
      'idxd_copy_cr sleeps for a page of user space with uc_lock held, which open and release of every file of the wq take.',
    source: unraised('SVA-H9'),
  },
  {
    property: 'faulted-record-is-completed-in-the-end',
    states: ['pre'],
    verdict: 'violated',
    reason:
      'Where a page request is not made or fails there is SWERROR, out of which nobody writes a record.',
    source: coverLetterV4,
  },
  {
    property: 'faulted-record-is-completed-in-the-end',
    states: ['altA'],
    verdict: 'violated',
    reason: 'By design a warning is all that comes of an entry in the log.',
    source: { status: 'proposed in review', ...split },
  },
  {
    property: 'faulted-record-is-completed-in-the-end',
    states: byPinning,
    verdict: 'violated',
    reason:
      'get_user_pages_remote is called with locked == NULL, so that handle_userfault may not wait and the page of a userfaultfd is an error at once.',
    source: { status: 'inferred', note: 'README.md (d); nobody raised it' },
  },
  {
    property: 'faulted-record-is-completed-in-the-end',
    states: without(inUsersMm, ...logMutex),
    verdict: 'violated',
    reason:
      "queue_work refuses anybody's work while a release drains, and a process that closes one of two files loses context and marked entries of the other.",
    source: refusedWork,
  },
  {
    property: 'faulted-record-is-completed-in-the-end',
    states: logMutex,
    verdict: 'violated',
    reason:
      'Release marks entries by PASID and wq and takes the context by PASID, also where another file of the process needs them.',
    source: { status: 'inferred', note: 'README.md (c) and SVA-H7; nobody raised them' },
  },
  {
    property: 'faulted-record-is-completed-in-the-end',
    states: ['altB'],
    verdict: 'inconclusive',
    reason:
      'The area of records is populated at mmap, so that what faults lies outside of it, where there is nothing to provide.',
    source: { status: 'inferred', ...split, note: 'the shape of the area is ours' },
  },
  {
    property: 'slow-page-stops-no-other-queue',
    states: ['pre', 'altA', ...fixups, 'mended'],
    verdict: 'violated',
    reason:
      'Page requests are on in pre and can be enabled elsewhere: iommu_sva_handle_iopf sleeps for the page, and the engine executes nothing before it has returned.',
    source: {
      status: 'posted',
      date: '2023-03-06',
      messageId: '20230306163138.587484-10-fenghua.yu@intel.com',
    },
  },
  {
    property: 'no-livelock',
    states: [retryForever],
    verdict: 'violated',
    reason: 'The work copies until all of the record is there, and into a hole it never is.',
    source: mutant,
  },

  // What calls do.
  {
    property: 'errors-have-a-cause',
    states: [removeErrors],
    verdict: 'violated',
    reason: 'The removal returns -EBUSY while the wq has clients, where Linux only warns.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: [removeErrors],
    verdict: 'violated',
    reason: 'The removal returns 0 where the driver is not bound, in the place of -ENODEV.',
    source: mutant,
  },
  {
    property: 'open-fails-where-its-device-cannot-be-made',
    // lock-cycle: an open that fails so waits for itself, and never returns.
    states: without(fixups, openErrors, lockCycle),
    verdict: 'violated',
    reason: 'idxd_cdev_open goes to its labels with the rc of xa_insert, 0, where ida_alloc fails.',
    source: unraised('SVA-H11'),
  },
  {
    property: 'calls-have-their-effect',
    states: [noDeviceDrain],
    verdict: 'violated',
    reason: 'idxd_user_drv_remove returns while the device has descriptors of the wq.',
    source: mutant,
  },
  {
    property: 'release-gives-back-what-open-took',
    states: [noDeviceDrain],
    verdict: 'violated',
    reason: 'idxd_cdev_release unbinds the PASID while the device has descriptors with it.',
    source: mutant,
  },
  {
    property: 'address-space-goes-with-its-users',
    states: ['sketch'],
    verdict: 'violated',
    reason: 'A reference to the users of the mm is never dropped, so that exit_mmap never runs.',
    source: {
      status: 'inferred',
      date: '2023-03-01',
      messageId: 'f1f6e3b9-a1cb-cebe-d173-a42cec7febd1@intel.com',
      note: 'read off the sketch of Fenghua Yu (SVA-H2)',
    },
  },
  {
    property: 'address-space-goes-with-its-users',
    states: ['v2+mutant-double-mmput'],
    verdict: 'violated',
    reason: 'The second mmput is the last, and exit_mmap runs while the process lives.',
    source: mutant,
  },
  {
    property: 'logged-fault-is-handled-once',
    states: [queuedTwice],
    verdict: 'violated',
    reason: 'Each entry has two works, and two attempts to write its record.',
    source: mutant,
  },
  {
    property: 'disabled-page-requests-are-not-made',
    states: ['pre'],
    verdict: 'violated',
    reason: 'v6.3 has no knob for page requests: they are made for every wq.',
    source: {
      status: 'posted',
      date: '2023-04-07',
      messageId: '20230407203143.2189681-17-fenghua.yu@intel.com',
    },
  },
  {
    property: 'portal-serves-its-opener-only',
    states: ['pre', 'altA', 'altB', ...without(fixups, ownPortals)],
    verdict: 'violated',
    reason: 'idxd_cdev_mmap does not ask whose file it is: a child, or who was passed it, maps the portal.',
    source: {
      status: 'merged',
      date: '2025-04-21',
      messageId: '20250421170337.3008875-1-dave.jiang@intel.com',
      commit: '8dfa57aabff6',
      note: 'which asks',
    },
  },

  // What no execution decides.
  {
    property: 'raw-remote-access-is-not-exported',
    states: ['v1'],
    verdict: 'violated',
    reason: 'v1 9/17 has an EXPORT_SYMBOL_GPL for it, since the driver is a module and calls it.',
    source: { status: 'posted', messageId: 'Y7RpuqbTAM11wVQG@lucifer', note: 'Lorenzo Stoakes on v1 9/17' },
  },
  {
    property: 'does-without-iommu-sva-find',
    states: ['v1'],
    verdict: 'violated',
    reason: 'idxd_evl_fault_work looks the mm up by PASID itself, by what v1 8/17 puts into a common header.',
    source: lookUpRemoved,
  },
  {
    property: 'does-without-iommu-sva-find',
    states: ['sketch', ...byWrapper],
    verdict: 'violated',
    reason: 'iommu_access_remote_vm is that look-up by PASID and access_remote_vm in one.',
    source: lookUpRemoved,
  },
  {
    property: 'stub-reports-nothing-copied',
    states: ['v2+mutant-stub-returns-length'],
    verdict: 'violated',
    reason: 'The stub returns the length, as if all had been copied.',
    source: mutant,
  },
];
