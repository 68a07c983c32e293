import { EFAULT, EINVAL, EIO, ENOMEM } from '../../../harness/machine/errno.ts';
import type { Page } from '../../../harness/machine/memory.ts';
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
  VFIO_ZPCI_IO_FLAG_BLOCKW,
  VFIO_ZPCI_IO_FLAG_READ,
} from '../layout.ts';
import { copyToUser, copyWordFromUser, reachable } from '../user-copy.ts';
import { vfio_pci_enable as enableWithoutRegion } from '../vfio-pci.ts';
import { ZpciIoRegion, type ZpciWorld } from '../world.ts';

/** The region itself. Registered for every zPCI function; only QEMU limits its use. */
export const introduceRegion: Patch<ZpciKernel> = {
  id: '4/4',
  subject: 'vfio-pci/zdev: Introduce the zPCI I/O vfio region',
  source: {
    status: 'posted',
    date: '2021-01-19',
    messageId: '1611086550-32765-5-git-send-email-mjrosato@linux.ibm.com',
  },
  requires: ['3/4'],
  apply: (kernel) => ({
    ...kernel,
    vfio_pci_enable,
    vfio_pci_zdev_io_init,
    vfio_pci_zdev_io_rw,
    zdev_io_lock: (w) => w.zdev.lock,
  }),
};

/** An error of io_init leaves through `return ret`, past the disable_exit that its siblings go to. */
function vfio_pci_enable(w: ZpciWorld): number {
  const ret = enableWithoutRegion(w);
  return ret < 0 ? ret : w.kernel.vfio_pci_zdev_io_init!(w);
}

/** kmalloc is not checked: the header is written through whatever it returned. */
export function vfio_pci_zdev_io_init(w: ZpciWorld): number {
  if (w.settings.fault === 'register_region') return -ENOMEM;
  if (w.settings.fault === 'kmalloc') {
    w.oops = 'vfio_pci_zdev_io_init';
    return -ENOMEM;
  }
  w.region = new ZpciIoRegion(w.machine, w.maxstbl);
  w.open.regions = 1;
  return 0;
}

function* vfio_pci_zdev_io_rw(t: Thread, w: ZpciWorld, pos: number, access: FileAccess): CodePath<number> {
  const region = w.region!;
  const { flags, gaddr, offset, tail } = region;

  if (pos >= REGION_SIZE) return -EINVAL;
  const count = Math.min(access.count, REGION_SIZE - pos);

  if (!access.iswrite) {
    // Only the header may be read.
    if (pos + count > HEADER_SIZE) return -EFAULT;
    return yield* readHeader(t, w, access, count);
  }

  // Only the request may be written: straight into the shared region, in words, under no lock.
  if (pos < HEADER_SIZE) return -EFAULT;
  w.noteFaultIn(t);
  for (let at = pos; at < pos + count; ) {
    yield region.word(at >> 3).write;
    at = copyWordFromUser(region, access, at, pos + count);
  }
  if (reachable(access) < count) return -EFAULT;

  // The checks, each on what the shared request says at that moment.
  yield flags.read;
  if (flags.load(4, 4) & VFIO_ZPCI_IO_FLAG_READ) {
    yield tail.read;
    if (tail.load(4, 2) > 8) return -EIO;
  }
  yield flags.read;
  if (flags.load(4, 4) & VFIO_ZPCI_IO_FLAG_BLOCKW) {
    yield tail.read;
    if (tail.load(4, 2) > w.maxstbl) return -EIO;
  }
  yield gaddr.read;
  if (gaddr.load(7, 1) % 8 !== 0) return -EIO;
  yield gaddr.read;
  const inPage = gaddr.load(6, 2) % PAGE_SIZE;
  yield tail.read;
  const last = inPage + tail.load(4, 2) - 1;
  if (last < 0 || last >= PAGE_SIZE) return -EIO;

  const lock = w.kernel.zdev_io_lock!(w);
  yield lock.acquire;

  // gaddr is read again for the page ...
  yield gaddr.read;
  const address = toNumber(gaddr.load(0, 4), gaddr.load(4, 4));
  yield w.mm.walk(address, false);
  w.noteFaultIn(t);
  const page = w.mm.getUserPage(address, false);
  if (page === null) {
    yield lock.release;
    return -EIO;
  }
  // ... and once more for the place in it.
  yield gaddr.read;
  const dataOffset = gaddr.load(6, 2) % PAGE_SIZE;

  // ZPCI_CREATE_REQ(zdev->fh, region->req.pcias, region->req.len)
  yield w.zdev.fh.read;
  const fh = w.zdev.fh.value;
  yield tail.read;
  const pcias = tail.load(6, 1);
  yield tail.read;
  const len = tail.load(4, 2);

  let ret = 0;
  yield flags.read;
  if (flags.load(4, 4) & VFIO_ZPCI_IO_FLAG_READ) {
    yield offset.read;
    ret = yield* w.kernel.__zpci_load(t, w, requested(region, fh, pcias, len, page, dataOffset));
  } else {
    yield flags.read;
    if (flags.load(4, 4) & VFIO_ZPCI_IO_FLAG_BLOCKW) {
      yield offset.read;
      ret = yield* w.kernel.__zpci_store_block(t, w, requested(region, fh, pcias, len, page, dataOffset));
    } else {
      ret = -EIO;
    }
  }

  w.kernel.put_page(w, page);
  yield lock.release;
  return ret < 0 ? -EIO : count;
}

/** As the request says at this moment, in the page that was pinned. */
function requested(
  { offset }: ZpciIoRegion,
  fh: number,
  pcias: number,
  len: number,
  page: Page,
  dataOffset: number,
): Operand {
  return {
    path: 'region',
    fh,
    pcias,
    offsetHi: offset.load(0, 4),
    offsetLo: offset.load(4, 4),
    len,
    page,
    dataOffset,
    dataSize: PAGE_SIZE,
  };
}

/** A read of the header, shared with the states that keep it. `count` is clipped and within the header. */
export function* readHeader(t: Thread, w: ZpciWorld, access: FileAccess, count: number): CodePath<number> {
  const actual = yield* copyToUser(w.region!, access, count);
  if (actual === null) return -EFAULT;
  w.deliveries.push({
    step: w.machine.steps,
    call: t.call!,
    what: 'header',
    expected: headerBytes(w.settings.maxstbl).slice(access.pos, access.pos + count),
    actual,
  });
  return count;
}

/** hdr as init fills it: flags 0, max, reserved 0. */
function headerBytes(maxstbl: number): number[] {
  return [0, 0, 0, 0, 0, 0, 0, 0, maxstbl >> 8, maxstbl & 0xff, 0, 0, 0, 0, 0, 0];
}
