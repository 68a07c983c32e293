import { EFAULT, EINTR, EINVAL, EIO } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { FileAccess, Operand } from '../../../properties/zpci-io/evidence.ts';
import { toNumber } from '../../../properties/zpci-io/u64.ts';
import type { ZpciKernel } from '../kernel.ts';
import {
  HEADER_SIZE,
  PAGE_SIZE,
  REGION_SIZE,
  REQUEST_SIZE,
  VFIO_ZPCI_IO_FLAG_BLOCKW,
  VFIO_ZPCI_IO_FLAG_READ,
} from '../layout.ts';
import { reachable } from '../user-copy.ts';
import type { ZpciWorld } from '../world.ts';
import { introduceRegion, readHeader } from './v1-4-io-region.ts';

/**
 * What a v2 would have looked like: the private mutex before the copy, the request in a copy on the stack, checks
 * and instruction on that copy alone, whole requests only, FOLL_WRITE and a dirty page for loads.
 */
export const introduceRegionV2: Patch<ZpciKernel> = {
  id: '4/4',
  subject: 'vfio-pci/zdev: Introduce the zPCI I/O vfio region (v2 as inferred)',
  source: { status: 'inferred', note: 'step list of a v2 that nobody posted; see the series README' },
  requires: ['3/4'],
  apply: (kernel) => ({
    ...introduceRegion.apply(kernel),
    vfio_pci_zdev_io_rw,
    zdev_io_lock: (w) => w.region!.mutex,
  }),
};

function* vfio_pci_zdev_io_rw(t: Thread, w: ZpciWorld, pos: number, access: FileAccess): CodePath<number> {
  if (pos >= REGION_SIZE) return -EINVAL;
  const count = Math.min(access.count, REGION_SIZE - pos);
  if (!access.iswrite) {
    if (pos + count > HEADER_SIZE) return -EFAULT;
    return yield* readHeader(t, w, access, count);
  }
  if (pos < HEADER_SIZE) return -EFAULT;

  const { mutex } = w.region!;
  if ((yield mutex.acquireKillable) < 0) return -EINTR;
  const ret = yield* submit(t, w, pos, count, access);
  yield mutex.release;
  return ret;
}

/** Under the mutex. The stack copy is nobody else's, so that filling it is no shared access. */
function* submit(t: Thread, w: ZpciWorld, pos: number, count: number, access: FileAccess): CodePath<number> {
  w.noteFaultIn(t);
  if (reachable(access) < count) return -EFAULT;
  if (pos !== HEADER_SIZE || count !== REQUEST_SIZE) return -EINVAL;
  const request = new DataView(access.image!.buffer);
  const flags = request.getUint32(4);
  const gaddr = toNumber(request.getUint32(8), request.getUint32(12));
  const len = request.getUint16(28);
  const inPage = request.getUint32(12) % PAGE_SIZE;
  const last = inPage + len - 1;
  const read = (flags & VFIO_ZPCI_IO_FLAG_READ) !== 0;
  const blockw = (flags & VFIO_ZPCI_IO_FLAG_BLOCKW) !== 0;

  if (read && len > 8) return -EIO;
  if (blockw && len > w.maxstbl) return -EIO;
  if (inPage % 8 !== 0) return -EIO;
  if (last < 0 || last >= PAGE_SIZE) return -EIO;

  yield w.mm.walk(gaddr, read);
  w.noteFaultIn(t);
  const page = w.mm.getUserPage(gaddr, read);
  if (page === null) return -EIO;
  yield w.zdev.fh.read;
  const operand: Operand = {
    path: 'region',
    fh: w.zdev.fh.value,
    pcias: request.getUint8(30),
    offsetHi: request.getUint32(16),
    offsetLo: request.getUint32(20),
    len,
    page,
    dataOffset: inPage,
    dataSize: PAGE_SIZE,
  };
  const ret = read
    ? yield* w.kernel.__zpci_load(t, w, operand)
    : blockw
      ? yield* w.kernel.__zpci_store_block(t, w, operand)
      : -EIO;
  if (read && ret === 0) page.dirty = true;
  w.kernel.put_page(w, page);
  return ret < 0 ? -EIO : count;
}
