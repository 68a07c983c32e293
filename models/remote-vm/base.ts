/** v6.3, without the series: no event log. */
import { idxd_cdev_open, idxd_cdev_release, idxd_user_drv_remove } from './cdev.ts';
import type { RemoteVmKernel } from './kernel.ts';
import { exit_mmap, mmdrop, mmput } from './mm.ts';
import { dispatch } from './process.ts';
import { iommu_sva_bind_device, iommu_sva_unbind_device } from './sva.ts';

export const base: RemoteVmKernel = {
  dispatch,
  idxd_cdev_open,
  idxd_cdev_release,
  idxd_user_drv_remove,
  drainsDevice: true,
  userContexts: false,
  removesContextFirst: false,
  countsContexts: false,
  handlesLogOnRelease: false,
  freesRefused: false,
  unbindsBeforeLabel: true,
  labelUnbinds: false,
  fileDevice: false,
  mendsOpenErrors: false,
  portalsOfOpenerOnly: false,
  checksWorkqueue: false,
  drainsUnderLock: false,
  flushesWorkqueue: false,
  iommu_sva_bind_device,
  iommu_sva_unbind_device,
  mmput,
  mmdrop,
  exit_mmap,
  eventLog: false,
  batches: false,
  freesUncopied: false,
  orderedWorkqueue: false,
  prsKnob: false,
  recordArea: false,
  retriesCopy: false,
  barrier: 'none',
  forcesWrite: false,
  exportedSymbols: [],
  callsIommuSvaFind: false,
  stub: null,
};
