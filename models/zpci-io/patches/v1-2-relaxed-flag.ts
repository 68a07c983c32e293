import type { Patch } from '../../../harness/model/patch.ts';
import type { ZpciKernel } from '../kernel.ts';

/** VFIO_DEVICE_INFO_ZPCI_FLAG_RELAXED tells the VMM, which then accepts a guest's relaxed PCISTB. */
export const passRelaxedFlag: Patch<ZpciKernel> = {
  id: '2/4',
  subject: 'vfio-pci/zdev: Pass the relaxed alignment flag',
  source: {
    status: 'posted',
    date: '2021-01-19',
    messageId: '1611086550-32765-3-git-send-email-mjrosato@linux.ibm.com',
  },
  requires: ['1/4'],
  apply: (kernel) => ({ ...kernel, zdev: { ...kernel.zdev, relaxedFlag: true } }),
};
