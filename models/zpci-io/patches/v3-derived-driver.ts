import { EFAULT, EINVAL, EIO, ENOMEM } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { FileAccess } from '../../../properties/zpci-io/evidence.ts';
import { kernelOperand, loadedBytes } from '../insn.ts';
import type { ZpciKernel } from '../kernel.ts';
import { ISM_VFIO_PCI_REGION_SPAN, PAGE_SIZE, ZPCI_IO_BAR_MAX } from '../layout.ts';
import { reachable } from '../user-copy.ts';
import { __vfio_pci_memory_enabled } from '../vfio-pci.ts';
import type { ZpciWorld } from '../world.ts';

/**
 * The review's last word, brought to its end: a driver derived from vfio-pci-core ("vfio-zpci-ism") that serves the
 * BAR indexes with one instruction a call, by function handle, from a buffer of the call's own. What the BAR path
 * it derives from has, it keeps: memory_lock and the memory-enable check, the bounds of the BAR; and the 4 KiB rule
 * of the instruction. No region, no lock over user memory, no shared state.
 */
export const derivedDriver: Patch<ZpciKernel> = {
  id: 'vfio-zpci-ism',
  subject: 'vfio/pci: a driver for ISM functions derived from vfio-pci-core',
  source: {
    status: 'proposed in review',
    date: '2021-01-27',
    note: 'by Alex Williamson 2021-01-22 23:48 and 2021-01-27 15:53, never posted then; details inferred',
  },
  requires: ['3/4'],
  apply: (kernel) => ({
    ...kernel,
    vfio_device_fops_rw: (t, w, access) =>
      w.settings.ism ? w.kernel.vfio_zpci_ism_rw!(t, w, access) : w.kernel.vfio_pci_rw(t, w, access),
    vfio_zpci_ism_rw,
  }),
};

function* vfio_zpci_ism_rw(t: Thread, w: ZpciWorld, access: FileAccess): CodePath<number> {
  if (access.count === 0) return 0;
  const bar = access.index;
  if (bar > ZPCI_IO_BAR_MAX || access.pos >= ISM_VFIO_PCI_REGION_SPAN) return -EINVAL;
  const { pos } = access;
  const end = w.settings.barSize[bar]!;
  if (end === 0 || pos >= end) return -EINVAL;
  const count = Math.min(access.count, end - pos);

  if (access.iswrite ? count > w.maxstbl : count > 8 - (pos % 8)) return -EINVAL;
  if ((pos % PAGE_SIZE) + count > PAGE_SIZE) return -EINVAL;
  if (w.settings.allocationsFail) return -ENOMEM;
  w.noteFaultIn(t);
  if (access.iswrite && reachable(access) < count) return -EFAULT;

  yield w.vdev.memoryLock.acquireShared;
  if (!(yield* __vfio_pci_memory_enabled(w))) {
    yield w.vdev.memoryLock.releaseShared;
    return -EIO;
  }
  yield w.zdev.fh.read;
  const operand = kernelOperand(
    'derived driver',
    w.zdev.fh.value,
    bar,
    pos,
    count,
    access.iswrite ? count : 8,
  );
  const ret = access.iswrite
    ? yield* w.kernel.__zpci_store_block(t, w, operand)
    : yield* w.kernel.__zpci_load(t, w, operand);
  yield w.vdev.memoryLock.releaseShared;
  if (ret < 0) return ret;

  if (!access.iswrite) {
    if (reachable(access) < count) return -EFAULT;
    const bytes = loadedBytes(operand);
    w.deliveries.push({ step: w.machine.steps, call: t.call!, what: 'load', expected: bytes, actual: bytes });
  }
  return count;
}
