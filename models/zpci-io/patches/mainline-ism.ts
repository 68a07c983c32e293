import { EFAULT, EINVAL, ENOMEM } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { FileAccess } from '../../../properties/zpci-io/evidence.ts';
import { kernelOperand, loadedBytes } from '../insn.ts';
import type { ZpciKernel } from '../kernel.ts';
import { PAGE_SIZE, ZPCI_IO_BAR_MAX } from '../layout.ts';
import { reachable } from '../user-copy.ts';
import type { ZpciWorld } from '../world.ts';

/** drivers/vfio/pci/ism/main.c as merged: what Alex Williamson asked for in 2021, without the BAR path's memory_lock. */
export const vfioIsm: Patch<ZpciKernel> = {
  id: 'vfio-ism',
  subject: 'vfio/ism: Implement vfio_pci driver for ISM devices',
  source: {
    status: 'merged',
    date: 'v7.1-rc1',
    commit: 'bf4197be96d0',
    messageId: '20260325-vfio_pci_ism-v8-2-ddc504cde914@linux.ibm.com',
  },
  requires: ['interpretation'],
  apply: (kernel) => ({
    ...kernel,
    vfio_device_fops_rw: (t, w, access) =>
      w.settings.ism ? w.kernel.ism_vfio_pci_rw!(t, w, access) : w.kernel.vfio_pci_rw(t, w, access),
    ism_vfio_pci_rw,
    ism_vfio_pci_do_io_w,
    ism_vfio_pci_do_io_r,
    ism_narrow: (register, len) => register.slice(8 - len),
    ism_stays_in_page: (pos, count) => (pos % PAGE_SIZE) + count <= PAGE_SIZE,
  }),
};

/** Positions are index << 48 | pos, so that BAR 0 of 256 TiB is reachable whole. */
function* ism_vfio_pci_rw(t: Thread, w: ZpciWorld, access: FileAccess): CodePath<number> {
  if (access.count === 0) return 0;
  const bar = access.index;
  if (bar > ZPCI_IO_BAR_MAX) return -EINVAL;
  const end = w.settings.barSize[bar]!;
  if (end === 0 || access.pos >= end) return -EINVAL;
  const count = Math.min(access.count, end - access.pos);
  return access.iswrite
    ? yield* w.kernel.ism_vfio_pci_do_io_w!(t, w, bar, count, access)
    : yield* w.kernel.ism_vfio_pci_do_io_r!(t, w, bar, count, access);
}

/** One PCISTB from a buffer of the per-device cache. No lock; whether memory is enabled is not asked. */
function* ism_vfio_pci_do_io_w(
  t: Thread,
  w: ZpciWorld,
  bar: number,
  count: number,
  access: FileAccess,
): CodePath<number> {
  if (count > w.maxstbl) return -EINVAL;
  if (!w.kernel.ism_stays_in_page!(access.pos, count)) return -EINVAL;
  if (w.settings.allocationsFail) return -ENOMEM;
  w.noteFaultIn(t);
  if (reachable(access) < count) return -EFAULT;
  yield w.zdev.fh.read;
  const operand = kernelOperand('derived driver', w.zdev.fh.value, bar, access.pos, count, w.maxstbl);
  const ret = yield* w.kernel.__zpci_store_block(t, w, operand);
  return ret < 0 ? ret : count;
}

/** PCILGs of 8, 4, 2 and 1 bytes by alignment. An error hides the chunks that were copied before it. */
function* ism_vfio_pci_do_io_r(
  t: Thread,
  w: ZpciWorld,
  bar: number,
  count: number,
  access: FileAccess,
): CodePath<number> {
  const expected: number[] = [];
  const actual: number[] = [];
  let done = 0;
  while (done < count) {
    const at = access.pos + done;
    const width = [8, 4, 2, 1].find((n) => count - done >= n && at % n === 0)!;
    yield w.zdev.fh.read;
    const operand = kernelOperand('derived driver', w.zdev.fh.value, bar, at, width, 8);
    const ret = yield* w.kernel.__zpci_load(t, w, operand);
    if (ret < 0) return ret;
    w.noteFaultIn(t);
    if (done + width > reachable(access)) return -EFAULT;
    const bytes = loadedBytes(operand);
    expected.push(...bytes);
    // PCILG leaves the value right justified in a register of 8 bytes, big endian.
    actual.push(...w.kernel.ism_narrow!([...new Array<number>(8 - width).fill(0), ...bytes], width));
    done += width;
  }
  w.deliveries.push({ step: w.machine.steps, call: t.call!, what: 'load', expected, actual });
  return done;
}
