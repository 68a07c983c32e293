import type { Patch } from '../../../harness/model/patch.ts';
import type { ZpciKernel } from '../kernel.ts';

/** The 13-bit maximum store block length of the CLP answer is kept in the zpci_dev. */
export const hardwareMaxstbl: Patch<ZpciKernel> = {
  id: '3/4',
  subject: 's390/pci: Get hardware-reported max store block length',
  source: {
    status: 'posted',
    date: '2021-01-19',
    messageId: '1611086550-32765-4-git-send-email-mjrosato@linux.ibm.com',
  },
  apply: (kernel) => ({ ...kernel, zdev: { ...kernel.zdev, maxstbl: true } }),
};
