import type { Patch } from '../../../harness/model/patch.ts';
import type { ZpciKernel } from '../kernel.ts';

/** v1 with pci_device_lock(pdev) in the place of zdev->lock: worse, since the remove path holds that one anyway. */
export const takeDeviceLock: Patch<ZpciKernel> = {
  id: 'devlock',
  subject: 'vfio-pci/zdev: hold the PCI device lock instead of zdev->lock',
  source: {
    status: 'proposed in review',
    date: '2021-01-20',
    note: 'by Niklas Schnelle 13:21, withdrawn 17:28; rejected by Alex Williamson 2021-01-21 20:50',
  },
  requires: ['4/4'],
  apply: (kernel) => ({ ...kernel, zdev_io_lock: (w) => w.deviceMutex }),
};
