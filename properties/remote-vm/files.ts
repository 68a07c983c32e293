/** Claims about open and release: SVA-I6 to I9 of models/remote-vm/README.md, and what crashes (SVA-H11, H16). */
import type { Property } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { descriptorName, fileName } from './describe.ts';
import type { Crash, Evidence, OpenFile } from './evidence.ts';

export const eachBindIsUnboundOnce: Property<Evidence> = {
  id: 'each-bind-is-unbound-once',
  claim: 'each iommu_sva_bind_device is matched by exactly one unbind, however open and release end',
  source: {
    status: 'inferred',
    note: 'error paths of open unbind twice (SVA-H10, H11); nobody raised it, and mainline dropped one of the calls later',
    invariant: 'SVA-I6',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const file of evidence.files) {
      if (file.binds === 0) continue;
      const { binds, unbinds, call, step } = file;
      const over = isOver(file);
      if (over) exercised = true;
      if (unbinds <= binds && (!over || unbinds === binds)) continue;
      report(unbinds > binds ? 'unbound-twice' : 'never-unbound', step, () => ({
        message: `${fileName(file)} is through with its PASID. ${callLine(call)}.`,
        expected: ['as many unbinds as binds'],
        actual: [`${binds} bound, ${unbinds} unbound`],
      }));
    }
    return exercised;
  },
};

/** Whether its open failed, or freed its context, or its release has ended. */
const isOver = ({ opened, contextFreed, released, call }: OpenFile): boolean =>
  released || contextFreed || (!opened && call.ret !== null && call.ret < 0);

export const openFileFindsItsContext: Property<Evidence> = {
  id: 'open-file-finds-its-context',
  claim:
    "for every open file, until its release removes it, its PASID leads to a living context of the same address space in its wq's upasid_xa",
  source: {
    status: 'inferred',
    note: 'a second open by the same process (SVA-H7), or a PASID that is given anew before the old context has gone (SVA-H6); a failed xa_insert is only warned of',
    invariant: 'SVA-I7',
  },
  requires: ['contexts'],
  check({ evidence }, report) {
    let exercised = false;
    for (const file of evidence.files) {
      if (!file.opened || file.contextFreed) continue;
      exercised = true;
      if (file.inserted === null || file.insertedAs !== file.pasid) {
        report('not-under-its-pasid', file.step, () => ({
          message: `${fileName(file)} was opened.`,
          expected: [`a context under PASID ${file.pasid}`],
          actual: [file.inserted === null ? 'no context' : `a context under PASID ${file.insertedAs}`],
        }));
      }
      if (file.inserted === false && !hasInserted(file, evidence)) {
        report('stale-context-in-the-way', file.step, () => ({
          message: `${fileName(file)} was opened while another address space's context was in upasid_xa under its PASID.`,
          expected: [`PASID ${file.pasid} leads to ${file.mm.name}`],
          actual: [`xa_insert(${file.pasid}) failed with -EBUSY`],
        }));
      }
      const { lostContextAt } = file;
      if (lostContextAt === null) continue;
      report('context-missing', lostContextAt, () => ({
        message: `${fileName(file)} is open, and has no context from the release of another file on.`,
        expected: [`PASID ${file.pasid} leads to a context of ${file.mm.name}`],
        actual: [`PASID ${file.pasid} leads to none of it`],
      }));
    }
    return exercised;
  },
};

/** Whether the context in the way of a file may have been one of the same address space, which is as good. */
const hasInserted = (file: OpenFile, { files }: Evidence): boolean =>
  files.some(({ mm, wq, inserted }) => mm === file.mm && wq === file.wq && inserted === true);

export const nothingOutlivesRelease: Property<Evidence> = {
  id: 'nothing-outlives-release',
  claim:
    'after release no work and no entry of the event log can still write a record of that file and PASID',
  source: {
    status: 'merged',
    date: 'v6.4',
    commit: 'c40bd7d9737b',
    note: 'idxd_cdev_evl_drain_pasid: marks what is pending and drains the workqueue',
    invariant: 'SVA-I8',
  },
  requires: ['fixup'],
  check({ evidence }, report) {
    let exercised = false;
    for (const file of evidence.files) {
      if (!file.released) continue;
      if (!exercised) exercised = hasLogged(file, evidence);
      if (file.leftBehind === 0) continue;
      report('events-left-behind', file.step, () => ({
        message: `${fileName(file)} was released.`,
        expected: ['no event of its descriptors is left to handle'],
        actual: [`${file.leftBehind} left in the event log or on the workqueue`],
      }));
    }
    return exercised;
  },
};

const hasLogged = (file: OpenFile, { descriptors }: Evidence): boolean =>
  descriptors.some((descriptor) => descriptor.file === file && descriptor.ended === 'logged');

export const faultItemsAreFreed: Property<Evidence> = {
  id: 'fault-items-are-freed',
  claim: 'every idxd_evl_fault item is freed once it is handled, or once no worker will see it',
  source: {
    status: 'inferred',
    note: 'from the batch patch on (2442b7473ad0) the work returns early where nothing is to be copied (SVA-H12), which nobody raised. That queue_work refuses while somebody drains was seen on real machines (d5638de827cf); that nobody frees what it refuses was not said',
    invariant: 'SVA-I9',
  },
  requires: ['fixup'],
  check({ evidence }, report) {
    let exercised = false;
    for (const { handled, dropped, freed, descriptor, step } of evidence.items) {
      if (!handled && !dropped) continue;
      exercised = true;
      if (freed) continue;
      report(dropped ? 'refused-item-leaked' : 'item-leaked', step, () => ({
        message: `${dropped ? 'queue_work refused the work' : 'The work has ended'} for ${descriptorName(descriptor)}.`,
        expected: ['kmem_cache_free of its item'],
        actual: ['item still allocated'],
      }));
    }
    return exercised;
  },
};

export const driverDoesNotCrash: Property<Evidence> = {
  id: 'driver-does-not-crash',
  claim:
    'neither the interrupt thread nor the character device uses what is not there any more, or waits for itself',
  source: {
    status: 'inferred',
    note: 'a demand on every kernel; SVA-H11 and SVA-H16, which nobody raised. Freed address spaces and handles have claims of their own',
  },
  check({ machine, evidence }, report) {
    for (const crash of evidence.crashes) {
      const what = crashText(crash);
      if (what === null) continue;
      report(crash.kind, crash.step, () => ({
        message: `${crash.thread.name} would not get past this in Linux.`,
        expected: ['nothing of the kind'],
        actual: [what],
      }));
    }
    return machine.calls.length > 0;
  },
};

/** Null where another claim judges it. */
function crashText({ kind }: Crash): string | null {
  switch (kind) {
    case 'null-workqueue':
      return 'queue_work() or drain_workqueue() on a workqueue that is not there';
    case 'freed-context':
      return 'private_data points to a context that was freed';
    case 'self-deadlock':
      return 'mutex_lock() of a mutex that this thread holds';
    case 'unbind-of-freed-handle':
    case 'freed-mm':
      return null;
    default:
      return kind satisfies never;
  }
}

export const errorsAreRateLimited: Property<Evidence> = {
  id: 'errors-are-rate-limited',
  claim: 'no error that a user can cause at will is logged without a rate limit',
  source: {
    status: 'posted',
    date: '2023-04-07',
    messageId: '20230407203143.2189681-1-fenghua.yu@intel.com',
    note: 'Tony Luck, as the changelog of v4 has it: dev_err of the fault work became dev_dbg_ratelimited (SVA-H14). Warnings are not judged',
  },
  requires: ['fixup'],
  check({ evidence }, report) {
    for (const { level, ratelimited, about, step, thread } of evidence.messages) {
      if (level !== 'err' || ratelimited) continue;
      report('unlimited-error', step, () => ({
        message: `${thread.name} logs what a user chose to cause.`,
        expected: ['a rate limit, or no message'],
        actual: [`dev_err: ${about}`],
      }));
    }
    return evidence.fixups.some(({ copied, size }) => copied !== null && copied < size);
  },
};
