import type { ExpectedOf } from '../../harness/campaign/expected-verdicts.fixture.ts';

/** Takes an event that no drain has waited for (inherited-portal), or a context that outlives its binding (exit-and-open). */
const freedMm = 'fixup-never-uses-freed-mm';
/** What a process submits to a wq that no release of its own drains: inherited-portal-and-open. */
const elsewhere = 'record-is-written-into-its-own-process';
/** v4 dropped mmget_not_zero. */
const noUsers = 'fixup-needs-mm-users';
const unbind = 'each-bind-is-unbound-once';
const items = 'fault-items-are-freed';
const batches = 'batch-succeeds-only-with-its-members';
const completed = 'faulted-record-is-completed-in-the-end';
/** Page requests can be enabled in every state; a release under the mutex of v6.9 stops the log, too. */
const slowPage = 'slow-page-stops-no-other-queue';
const crash = 'driver-does-not-crash';
/** Both of device_add, which open waits for with wq_lock held. */
const selfDeadlock = ['no-deadlock', 'lock-discipline'];
/** What mmput may come to. */
const exitMmap = 'exit-mmap-runs-in-no-fault-worker';
/** Body before status, and a record that crosses a page. */
const bodyAlone = 'stored-body-gets-its-status';
const silentMiss = 'missing-address-space-is-told-apart';

const common = [
  elsewhere,
  unbind,
  'open-file-finds-its-context',
  items,
  'nobody-waits-for-anothers-page',
  completed,
  slowPage,
  batches,
  crash,
  ...selfDeadlock,
  freedMm,
];
const without = (list: readonly string[], ...claims: readonly string[]): readonly string[] =>
  list.filter((claim) => !claims.includes(claim));

/** Pages are pinned and written in ascending order, and what fails is a dev_err. */
const byPinning = [
  ...common,
  'status-is-visible-after-body',
  'full-count-means-status-written',
  'errors-are-rate-limited',
];
const lookUp = 'does-without-iommu-sva-find';
const v2 = [...byPinning, lookUp, exitMmap, silentMiss];
const merged = [...common, noUsers, bodyAlone];
const merged1 = without(merged, unbind);

/** What each state is expected to break; README.md says why. */
export const expected: ExpectedOf = {
  pre: { violated: [completed, slowPage] },
  v1: { violated: [...byPinning, lookUp, exitMmap, 'raw-remote-access-is-not-exported'] },
  // It never drops the reference.
  sketch: { violated: [...without(v2, exitMmap), 'mm-users-are-balanced'] },
  v2: { violated: v2 },
  v3: { violated: [...byPinning, exitMmap] },
  altA: { violated: [completed, slowPage] },
  // Nothing that faults there is for the kernel to provide.
  altB: { violated: [], inconclusive: [completed] },
  v4: { violated: merged },
  merged: { violated: merged },
  'merged+1': { violated: merged1 },
  smpwmb: { violated: merged1 },
  'merged+evl-mutex': { violated: merged1 },
  'merged+own-portals': { violated: without(merged1, elsewhere) },
  'v2+errno': { violated: without(v2, silentMiss) },
  'merged+remove-first': { violated: without(merged, freedMm) },
  'merged+mmget': { violated: [...without(merged, noUsers), exitMmap] },
  // What queue_work refuses is still lost.
  'merged+free-item': { violated: merged },
  'merged+evl-mutex+ordered-wq': { violated: without(merged1, batches) },
  // The context that ida_alloc's failure leaves behind is another way to crash.
  'merged+checked-wq': { violated: merged },
  // drain_workqueue(NULL) is another way to crash.
  'merged+open-errors': { violated: without(merged, unbind, ...selfDeadlock) },
  // A page that does not come (on another wq with page requests only), mmput, and a record that crosses a page.
  mended: { violated: ['nobody-waits-for-anothers-page', slowPage, exitMmap, bodyAlone] },
  // Of user_drv_remove, which waits for a work with wq_lock held, open still waits.
  'v2+mutant-no-drain': { violated: [...v2, 'nothing-outlives-release'] },
  'v2+mutant-double-mmput': { violated: [...v2, 'mm-users-are-balanced'] },
  'v2+mutant-foll-force': { violated: [...v2, 'unwritable-address-stays-unwritten'] },
  'v2+mutant-stub-returns-length': { violated: [...v2, 'stub-reports-nothing-copied'] },
  'merged+mutant-no-drain': { violated: [...merged, 'nothing-outlives-release'] },
  // A PASID that stays bound keeps its address space.
  'merged+mutant-no-unbind': { violated: without(merged, freedMm, elsewhere) },
  'merged+mutant-no-barrier': { violated: [...merged, 'status-is-visible-after-body'] },
  'merged+mutant-leak-uc-lock': { violated: merged },
  // A failing open waits for itself before it can unbind twice.
  'merged+mutant-lock-cycle': { violated: without(merged, unbind) },
  'merged+mutant-retry-forever': {
    violated: [...without(merged, bodyAlone), 'no-livelock'],
    // A copy that falls short never returns.
    inconclusive: ['errors-are-rate-limited'],
  },
};
