/** The states of the series, in the order of its history, then what mends it, then mutants. */
import type { Patch } from '../../harness/model/patch.ts';
import type { StateSpec } from '../../harness/model/series.ts';
import type { Source } from '../../harness/model/source.ts';
import type { RemoteVmKernel } from './kernel.ts';
import { mapRecordArea, proposal, warnOnly } from './patches/alternatives.ts';
import { descsCompleted, eventLog, fileDevice, type SourceOf, sysfsAndPrs } from './patches/event-log.ts';
import * as fixes from './patches/fixes.ts';
import * as fixup from './patches/fixup.ts';
import { mutexForLog, ownPortals, smpWmb, unbindOnce } from './patches/later.ts';
import * as mutants from './patches/mutants.ts';

type RemoteVmPatch = Patch<RemoteVmKernel>;
type State = StateSpec<RemoteVmKernel>;

/** Patches of one posting have message ids that count up. All were found in the archives but those of `counted`. */
const posting =
  (date: string, prefix: string, counted: readonly number[]): SourceOf =>
  (number) => ({
    status: 'posted',
    date,
    messageId: `${prefix}-${number + 1}-fenghua.yu@intel.com`,
    ...(counted.includes(number)
      ? { note: 'message id built by counting; the mail itself was not found' }
      : {}),
  });

const v1Source = posting('2023-01-03', '20230103163505.1569356', [3, 10]);
const v2Source = posting('2023-03-06', '20230306163138.587484', []);
const v3Source = posting('2023-03-13', '20230313170219.1956012', [3, 9, 11, 13, 14]);
const v4Source = posting('2023-04-07', '20230407203143.2189681', [2, 9]);

const MERGED: readonly string[] = [
  '0c40bfb4c2df',
  '1649091f9180',
  '244da66cda35',
  '2f431ba908d2',
  '5fbe6503b52f',
  '2f30decd2f23',
  'c2f156bf168f',
  'b022f59725f0',
  'c40bd7d9737b',
  '6926987185a3',
  '2442b7473ad0',
  'fecae134ee10',
  'e6fd6d7e5f0f',
  '244009b07e7d',
  'a62b8f87c770',
  'f2dc327131b5',
];
const mergedSource: SourceOf = (number) => ({
  status: 'merged',
  date: 'v6.4',
  commit: MERGED[number - 1]!,
});

const v1: readonly RemoteVmPatch[] = [
  ...eventLog(17, v1Source),
  ...fixup.exportBoth(v1Source),
  fixup.processFaults(10, 17, 'v1', v1Source),
  descsCompleted(11, 17, v1Source),
  fixup.processBatches(12, 17, 'v1', v1Source),
  fixup.userCounters(13, 17, v1Source),
  fileDevice(14, 17, v1Source),
  ...sysfsAndPrs(15, 17, v1Source),
];

/** v2 to v4, and what was merged: they differ in how 8/16 gets at user memory. */
const sixteen = (
  eighth: RemoteVmPatch,
  version: 'v2' | 'v3' | 'v4',
  source: SourceOf,
): readonly RemoteVmPatch[] => [
  ...eventLog(16, source),
  eighth,
  fixup.processFaults(9, 16, version, source),
  descsCompleted(10, 16, source),
  fixup.processBatches(11, 16, version, source),
  fixup.userCounters(12, 16, source),
  fileDevice(13, 16, source),
  ...sysfsAndPrs(14, 16, source),
];

const sketchSource: Source = {
  status: 'proposed in review',
  date: '2023-03-01',
  messageId: 'f1f6e3b9-a1cb-cebe-d173-a42cec7febd1@intel.com',
  note: 'Fenghua Yu; the patches around it are those of v2',
};

const v2 = sixteen(fixup.exportWrapper(v2Source), 'v2', v2Source);
const merged = sixteen(fixup.copyInUsersMm(mergedSource), 'v4', mergedSource);

const partOne = eventLog(16, mergedSource);
const prsKnob = sysfsAndPrs(14, 16, mergedSource).slice(2);

const on = (version: string, patches: readonly RemoteVmPatch[], patch: RemoteVmPatch): State => ({
  id: `${version}+${patch.id}`,
  source: patch.source,
  about: `${version} with ${patch.source.status === 'mutant' ? 'a known wrong change' : 'a change of ours'}: ${patch.subject}.`,
  patches,
  extras: [patch],
});

export const states: readonly State[] = [
  {
    id: 'pre',
    aliases: ['base'],
    source: { status: 'merged', date: 'v6.3' },
    about: 'Before the series: no event log. The IOMMU has pages faulted in while the engine waits.',
    patches: [],
  },
  {
    id: 'v1',
    source: { ...v1Source(0) },
    about: 'The driver finds the mm by PASID and calls access_remote_vm, both exported for it.',
    patches: v1,
  },
  {
    id: 'sketch',
    source: sketchSource,
    about: 'v2 with the wrapper as first sketched: it returns the mm that it took a reference to.',
    patches: sixteen(
      fixup.sketchWrapper(() => sketchSource),
      'v2',
      v2Source,
    ),
  },
  {
    id: 'v2',
    source: { ...v2Source(0) },
    about: 'iommu_access_remote_vm() does both, and drops the reference.',
    patches: v2,
  },
  {
    id: 'v3',
    source: { ...v3Source(0) },
    about: 'The driver keeps contexts by PASID for each wq, and copies by itself through pinned pages.',
    patches: sixteen(fixup.copyByGupInDriver(v3Source), 'v3', v3Source),
  },
  {
    id: 'altA',
    source: proposal,
    about: 'The first part only: a warning of each fault, and PRS for whoever wants more.',
    patches: [...partOne, ...prsKnob],
    companions: [warnOnly],
  },
  {
    id: 'altB',
    source: proposal,
    about: 'Records in memory that the driver allocates and user space maps: nothing to fix up.',
    patches: [...partOne, ...prsKnob],
    companions: [mapRecordArea],
  },
  {
    id: 'v4',
    source: { ...v4Source(0) },
    about: 'kthread_use_mm and copy_to_user: the body, a barrier, the status.',
    patches: sixteen(fixup.copyInUsersMm(v4Source), 'v4', v4Source),
  },
  {
    id: 'merged',
    aliases: ['mainline'],
    source: {
      status: 'merged',
      date: 'v6.4',
      commit: 'b022f59725f0',
      note: 'the copy; the rest of v4 with it',
    },
    about: 'As in v6.4; what is modelled is what v4 posted.',
    patches: merged,
  },
  {
    id: 'merged+1',
    source: unbindOnce.source,
    about: 'Early 2024: open unbinds once where idxd_wq_set_pasid fails.',
    patches: merged,
    extras: [unbindOnce],
  },
  {
    id: 'smpwmb',
    source: smpWmb.source,
    about: 'merged+1 with smp_wmb() in the place of wmb(), which review doubted that anybody needs.',
    patches: merged,
    extras: [unbindOnce, smpWmb],
  },
  {
    id: 'merged+evl-mutex',
    source: mutexForLog.source,
    about: 'merged+1 with a mutex for the event log, under which release drains the workqueue.',
    patches: merged,
    extras: [unbindOnce, mutexForLog],
  },
  {
    id: 'merged+own-portals',
    source: ownPortals.source,
    about: 'The same, and nobody maps a portal through a file that another address space opened.',
    patches: merged,
    extras: [unbindOnce, mutexForLog, ownPortals],
  },
  on('v2', v2, fixes.missErrno),
  on('merged', merged, fixes.removeFirst),
  on('merged', merged, fixes.mmget),
  on('merged', merged, fixes.freeItem),
  {
    ...on('merged+evl-mutex', merged, fixes.orderedWorkqueue),
    // Without the mutex the work of a member may be refused, which no order mends.
    extras: [unbindOnce, mutexForLog, fixes.orderedWorkqueue],
  },
  on('merged', merged, fixes.checkWorkqueue),
  on('merged', merged, fixes.openErrors),
  {
    id: 'mended',
    source: { status: 'inferred', note: 'merged+own-portals with every change that the models ask for' },
    about: 'merged+own-portals with all changes of ours together.',
    patches: merged,
    extras: [unbindOnce, mutexForLog, ownPortals, ...fixes.all],
  },
  on('v2', v2, mutants.noDrain),
  on('v2', v2, mutants.doubleMmput),
  on('v2', v2, mutants.follForce),
  on('v2', v2, mutants.stubReturnsLength),
  on('merged', merged, mutants.noDrain),
  on('merged', merged, mutants.noUnbind),
  on('merged', merged, mutants.noBarrier),
  on('merged', merged, mutants.leakUcLock),
  on('merged', merged, mutants.lockCycle),
  on('merged', merged, mutants.retryForever),
  on('merged', merged, mutants.noDeviceDrain),
  on('merged', merged, mutants.removeErrors),
  on('merged', merged, mutants.queuedTwice),
];
