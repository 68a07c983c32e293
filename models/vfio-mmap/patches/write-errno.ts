import { EFAULT } from '../../../harness/machine/errno.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { VfioKernel } from '../kernel.ts';

/** Nobody posted it: the write system call says of a foreign page frame what the read one says. */
export const failForeignWrites: Patch<VfioKernel> = {
  id: 'write-errno',
  subject: 's390/pci: fail s390_pci_mmio_write() below ZPCI_IOMAP_ADDR_BASE',
  source: {
    status: 'inferred',
    note: 'until a67a88b0b8de the write gave -EFAULT there; no version of the series touches it',
  },
  apply: (kernel) => ({ ...kernel, mmioWriteBelowIomap: -EFAULT }),
};
