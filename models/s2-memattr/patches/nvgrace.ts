/** nvgrace-gpu has an mmap of its own for the memory of the GPU, and sets the flag there. */
import type { Patch } from '../../../harness/model/patch.ts';
import type { MemAttrKernel } from '../kernel.ts';

/** As posted first: for both regions, though usemem is mapped cacheable. */
export const flagAllGpuMemory: Patch<MemAttrKernel> = {
  id: 'nvgrace-v1',
  subject: 'vfio/nvgrace-gpu: Convey kvm that the device is wc safe',
  source: {
    status: 'posted',
    date: '2024-02-28',
    messageId: '20240228194801.2299-1-ankita@nvidia.com',
    note: 'Jason Gunthorpe asks for resmem only in 20240229160600.GJ9179@nvidia.com',
  },
  apply: (kernel) => ({ ...kernel, setsFlag: [...kernel.setsFlag, 'usemem', 'resmem'] }),
};

/** As merged: for resmem, which is mapped write-combining. */
export const flagReservedGpuMemory: Patch<MemAttrKernel> = {
  id: 'nvgrace',
  subject: 'vfio/nvgrace-gpu: Convey kvm to map device memory region as noncached',
  source: {
    status: 'merged',
    date: 'v6.9',
    messageId: '20240229193934.2417-1-ankita@nvidia.com',
    commit: '81617c17bf58',
    note: 'through the vfio tree',
  },
  apply: (kernel) => ({ ...kernel, setsFlag: [...kernel.setsFlag, 'resmem'] }),
};
