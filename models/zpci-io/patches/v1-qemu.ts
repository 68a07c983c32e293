import { EINVAL, EIO } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { GuestAccess } from '../../../properties/zpci-io/evidence.ts';
import type { ZpciKernel } from '../kernel.ts';
import {
  HEADER_SIZE,
  PAGE_SIZE,
  REQUEST_SIZE,
  VFIO_PCI_NUM_REGIONS,
  VFIO_ZPCI_IO_FLAG_BLOCKW,
  VFIO_ZPCI_IO_FLAG_READ,
  ZPCI_IO_BAR_MAX,
} from '../layout.ts';
import { requestImage } from '../request.ts';
import { crossesPage, intercepted, shortAccessRefused } from '../vmm.ts';
import { QEMU_LOCAL, QEMU_PCISTB_BUF, type ZpciWorld } from '../world.ts';

/** Whether QEMU carries this function's PCILG and PCISTB through the region. */
type UsesRegion = (w: ZpciWorld) => boolean;

/** v1 asks for the ISM function type. Which checks relaxed alignment skips: 1611089059-6468-6 of the same set. */
export const qemuUsesRegionForIsm: Patch<ZpciKernel> = {
  id: 'qemu',
  subject: 'QEMU: s390x/pci: use the zPCI I/O region for ISM functions',
  source: {
    status: 'posted',
    date: '2021-01-19',
    messageId: '1611089059-6468-1-git-send-email-mjrosato@linux.ibm.com',
  },
  apply: (kernel) => carryThroughRegion(kernel, (w) => w.settings.ism),
};

/** The RFC asks for the relaxed alignment flag instead. */
export const qemuUsesRegionForRelaxed: Patch<ZpciKernel> = {
  id: 'qemu-rfc',
  subject: 'QEMU: s390x/pci: use the zPCI I/O region for functions with relaxed alignment',
  source: { status: 'posted', date: '2020-12-09', note: 'companion of the kernel RFC 1607545670-1557-1' },
  apply: (kernel) => carryThroughRegion(kernel, relaxed),
};

/** What VFIO_DEVICE_INFO_ZPCI_FLAG_RELAXED tells the VMM. */
export const relaxed: UsesRegion = ({ kernel: { zdev }, settings }) =>
  zdev.relaxedFlag && zdev.relaxedAlign && settings.relaxedAlign;

function carryThroughRegion(kernel: ZpciKernel, usesRegion: UsesRegion): ZpciKernel {
  // Decided when QEMU realizes the device, from the regions it has then.
  const carried: UsesRegion = (w) => w.open.regions > 0 && usesRegion(w);
  const pcistb = intercepted(pcistbThroughRegion);
  const pcilg = intercepted(pcilgThroughRegion);
  return {
    ...kernel,
    pcistb_service_call: (t, w, insn) =>
      carried(w) ? pcistb(t, w, insn) : kernel.pcistb_service_call(t, w, insn),
    pcilg_service_call: (t, w, insn) =>
      carried(w) ? pcilg(t, w, insn) : kernel.pcilg_service_call(t, w, insn),
  };
}

/** The guest's data goes to pbdev->pcistb_buf (the BQL keeps it private), then one request of 32 bytes. */
function* pcistbThroughRegion(t: Thread, w: ZpciWorld, insn: GuestAccess): CodePath<number> {
  const { pcias, offset, len } = insn;
  if (pcias > ZPCI_IO_BAR_MAX) return -EINVAL;
  if (!relaxed(w)) {
    // Alignment, length and its limit are all behind this condition: the kernel checks the limit again.
    if (offset.lo % 8 !== 0 || len <= 8 || len % 8 !== 0) return -EINVAL;
    if (len > Math.min(PAGE_SIZE, w.settings.maxstbl)) return -EINVAL;
  }
  if (crossesPage(insn)) return -EINVAL;
  return yield* submit(t, w, VFIO_ZPCI_IO_FLAG_BLOCKW, QEMU_PCISTB_BUF, insn);
}

function* pcilgThroughRegion(t: Thread, w: ZpciWorld, insn: GuestAccess): CodePath<number> {
  const refused = shortAccessRefused(insn);
  if (refused !== null) return refused;
  return yield* submit(t, w, VFIO_ZPCI_IO_FLAG_READ, QEMU_LOCAL, insn);
}

/** Anything but 32 written bytes is an operand exception for the guest. */
function* submit(t: Thread, w: ZpciWorld, flags: number, gaddr: number, insn: GuestAccess): CodePath<number> {
  const image = requestImage({ flags, gaddr, offset: insn.offset, len: insn.len, pcias: insn.pcias });
  const ret = yield* w.kernel.ksys_pwrite64(t, w, {
    index: VFIO_PCI_NUM_REGIONS,
    pos: HEADER_SIZE,
    count: REQUEST_SIZE,
    iswrite: true,
    buffer: 'ok',
    image,
  });
  return ret === REQUEST_SIZE ? 0 : -EIO;
}
