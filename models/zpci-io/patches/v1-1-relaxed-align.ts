import type { Patch } from '../../../harness/model/patch.ts';
import type { ZpciKernel } from '../kernel.ts';

/** The CLP answer's bit for relaxed length and alignment is kept in the zpci_dev. */
export const trackRelaxedAlign: Patch<ZpciKernel> = {
  id: '1/4',
  subject: 's390/pci: track alignment/length strictness for zpci_dev',
  source: {
    status: 'posted',
    date: '2021-01-19',
    messageId: '1611086550-32765-2-git-send-email-mjrosato@linux.ibm.com',
  },
  apply: (kernel) => ({ ...kernel, zdev: { ...kernel.zdev, relaxedAlign: true } }),
};
