/** What was proposed on 2023-03-30 in the place of fixing records up, and never posted. */
import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { RemoteVmKernel } from '../kernel.ts';

export const proposal: Source = {
  status: 'proposed in review',
  date: '2023-03-30',
  messageId: 'c4ff442d-706d-bb00-84af-c991454a37de@intel.com',
  note: 'Fenghua Yu',
};

/** The message of 4/16 is all that comes of a fault. */
export const warnOnly: Patch<RemoteVmKernel> = {
  id: 'warn-only',
  subject: 'dmaengine: idxd: warn of completion record faults, and leave them alone',
  source: proposal,
  requires: ['4/16'],
  apply: (kernel) => kernel,
};

/** Its shape is ours: VM_DONTCOPY, populated at mmap. */
export const mapRecordArea: Patch<RemoteVmKernel> = {
  id: 'record-area',
  subject: 'dmaengine: idxd: allocate completion records and let user space map them',
  source: proposal,
  requires: ['4/16'],
  apply: (kernel) => ({ ...kernel, recordArea: true }),
};
