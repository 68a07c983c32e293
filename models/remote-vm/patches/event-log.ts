/** What the first seven patches bring, alike in v1 to v4 and as merged, and what else did not change in between. */
import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import { process_evl_entries, reportEntry } from '../irq.ts';
import type { RemoteVmKernel } from '../kernel.ts';

type RemoteVmPatch = Patch<RemoteVmKernel>;

/** Where a patch of a version, by its number, is to be found. */
export type SourceOf = (number: number) => Source;

const unchanged = (kernel: RemoteVmKernel): RemoteVmKernel => kernel;

/** 1 to 7 of `count`: the event log is set up and reported; the workqueue and the cache have no user yet. */
export function eventLog(count: number, source: SourceOf): RemoteVmPatch[] {
  const patch = (
    number: number,
    subject: string,
    apply: RemoteVmPatch['apply'],
    requires: readonly number[] = [],
  ): RemoteVmPatch => ({
    id: `${number}/${count}`,
    subject: `dmaengine: idxd: ${subject}`,
    source: source(number),
    requires: requires.map((need) => `${need}/${count}`),
    apply,
  });
  return [
    patch(1, 'make misc interrupt one shot', unchanged),
    patch(2, 'add event log size sysfs attribute', unchanged),
    patch(3, 'setup event log configuration', (kernel) => ({ ...kernel, eventLog: true }), [2]),
    patch(
      4,
      'add interrupt handling for event log',
      (kernel) => ({ ...kernel, process_evl_entries, process_evl_entry: reportEntry }),
      [3],
    ),
    patch(5, 'add debugfs for event log dump', unchanged, [3]),
    patch(6, 'add per DSA wq workqueue for processing cr faults', unchanged),
    patch(7, 'create kmem cache for event log fault items', unchanged, [3]),
  ];
}

/** Completions in a batch descriptor: nothing that is modelled. */
export const descsCompleted = (number: number, count: number, source: SourceOf): RemoteVmPatch => ({
  id: `${number}/${count}`,
  subject: 'dmaengine: idxd: add descs_completed field for completion record',
  source: source(number),
  apply: unchanged,
});

/** From `first` on: the counters in sysfs, the pid, and the knob for PRS. */
export function sysfsAndPrs(first: number, count: number, source: SourceOf): RemoteVmPatch[] {
  const patch = (at: number, subject: string, apply: RemoteVmPatch['apply']): RemoteVmPatch => ({
    id: `${first + at}/${count}`,
    subject: `dmaengine: idxd: ${subject}`,
    source: source(first + at),
    requires: at < 2 ? [`${first - 1}/${count}`] : [],
    apply,
  });
  return [
    patch(0, 'expose fault counters to sysfs', unchanged),
    patch(1, 'add pid to exported sysfs attribute for opened file', unchanged),
    patch(2, 'add per wq PRS disable', (kernel) => ({ ...kernel, prsKnob: true })),
  ];
}

/** Each open file becomes a device; its release callback does what release did, in the same order. */
export const fileDevice = (number: number, count: number, source: SourceOf): RemoteVmPatch => ({
  id: `${number}/${count}`,
  subject: 'dmaengine: idxd: add a device to represent the file opened',
  source: source(number),
  requires: [`${number - 1}/${count}`],
  apply: (kernel) => ({ ...kernel, fileDevice: true }),
});
