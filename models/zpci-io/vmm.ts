/**
 * QEMU as it was before the series (hw/s390x/s390-pci-inst.c, s390-pci-bus.c), and the guest it runs. Its check for
 * MSI-X, which refuses an ISM function altogether, is left out: without that there is nothing to see.
 */
import { EINVAL, ENODEV } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { FileAccess, GuestAccess } from '../../properties/zpci-io/evidence.ts';
import { toNumber } from '../../properties/zpci-io/u64.ts';
import { PAGE_SIZE, ZPCI_IO_BAR_MAX, ZPCI_MAX_WRITE_SIZE, ZPCI_PCIAS_CFGSPC } from './layout.ts';
import type { ZpciWorld } from './world.ts';

/** What a handler does with an instruction once the BQL is held and the function is known to be there. */
type Handler = (t: Thread, w: ZpciWorld, insn: GuestAccess) => CodePath<number | null>;

/**
 * A vCPU that took a PCI intercept: out of KVM_RUN (so without vcpu->mutex) into QEMU, under the BQL. SIGKILL ends
 * it where it waits for the BQL, and at its way back from a system call; null says that the instruction never
 * completed.
 */
export function intercepted(handler: Handler): Handler {
  return function* (t, w, insn) {
    if ((yield w.bql.acquireKillable) < 0) return null;
    yield w.pbdev.read;
    w.machine.assertHeld(w.bql);
    const ret = w.pbdev.value === 'standby' ? -ENODEV : yield* handler(t, w, insn);
    if (t.killed) return null;
    // memory_region_dispatch_read and _write of a region with the global lock, as a BAR's is.
    w.machine.assertHeld(w.bql);
    yield w.bql.release;
    return ret;
  };
}

/** PCISTB: 9 to 128 bytes in the end, in whole doublewords, one memory-region write of 8 bytes for each. */
export const pcistb_service_call = intercepted(function* (t, w, insn) {
  const offset = offsetOf(insn);
  if (insn.pcias > ZPCI_IO_BAR_MAX) return -EINVAL;
  if (insn.offset.lo % 8 !== 0 || insn.len <= 8 || insn.len % 8 !== 0) return -EINVAL;
  if (insn.len > ZPCI_MAX_WRITE_SIZE || crossesPage(insn)) return -EINVAL;
  if (!insideBar(w, insn)) return -EINVAL;
  for (let i = 0; i < insn.len; i += 8) {
    // vfio_region_write reports a failed pwrite to the log only; the guest sees success.
    yield* w.kernel.ksys_pwrite64(t, w, barAccess(insn.pcias, offset + i, 8, true));
    if (t.killed) return null;
  }
  return 0;
});

export const pcistg_service_call = intercepted(function* (t, w, insn) {
  const refused = shortAccessRefused(insn) ?? barAccessRefused(w, insn);
  if (refused !== null) return refused;
  yield* w.kernel.ksys_pwrite64(t, w, barAccess(insn.pcias, offsetOf(insn), dispatchWidth(insn), true));
  return 0;
});

export const pcilg_service_call = intercepted(function* (t, w, insn) {
  const refused = shortAccessRefused(insn) ?? barAccessRefused(w, insn);
  if (refused !== null) return refused;
  yield* w.kernel.ksys_pread64(t, w, barAccess(insn.pcias, offsetOf(insn), dispatchWidth(insn), false));
  return 0;
});

export const offsetOf = ({ offset }: GuestAccess): number => toNumber(offset.hi, offset.lo);

/**
 * The one access that memory_region_dispatch_* makes of a PCISTG or PCILG: `size_memop(len)` keeps the lowest set bit
 * of the length only, so that three bytes become one.
 */
const dispatchWidth = ({ len }: GuestAccess): number => len & -len;

/** PCISTG and PCILG: within one doubleword of a BAR; null if so, else what the guest gets at once. */
export function shortAccessRefused({ pcias, offset, len }: GuestAccess): number | null {
  if (pcias === ZPCI_PCIAS_CFGSPC) {
    // Config space is QEMU's own emulation: no access to the host's function that this series is about.
    return len === 0 || len === 3 || len > 4 - (offset.lo % 4) ? -EINVAL : 0;
  }
  return pcias > ZPCI_IO_BAR_MAX || len === 0 || len > 8 - (offset.lo % 8) ? -EINVAL : null;
}

/** What the memory region of the BAR does not accept: beyond its end, or not aligned to the width of the access. */
function barAccessRefused(w: ZpciWorld, insn: GuestAccess): number | null {
  return insideBar(w, insn) && insn.offset.lo % dispatchWidth(insn) === 0 ? null : -EINVAL;
}

/** A PCISTB whose operand leaves a 4 KiB block of PCI address space is a specification exception. */
export const crossesPage = (insn: GuestAccess): boolean =>
  (insn.offset.lo % PAGE_SIZE) + insn.len > PAGE_SIZE;

export function insideBar(w: ZpciWorld, insn: GuestAccess): boolean {
  return offsetOf(insn) + insn.len <= (w.settings.barSize[insn.pcias] ?? 0);
}

export function barAccess(index: number, pos: number, count: number, iswrite: boolean): FileAccess {
  return { index, pos, count, iswrite, buffer: 'ok', image: null };
}

/** req_trigger fired: QEMU's main loop, under the BQL, sends the guest a deconfigure request (event 0x0303). */
export function* vfio_req_notifier_handler(_t: Thread, w: ZpciWorld): CodePath<null> {
  if ((yield w.bql.acquireKillable) < 0) return null;
  yield w.pbdev.write;
  // The main loop calls the handlers of its fds under the BQL (util/main-loop.c).
  w.machine.assertHeld(w.bql);
  if (w.pbdev.value === 'online') {
    w.pbdev.value = 'unplug requested';
    if (w.settings.guestCooperates) {
      w.machine.spawn('guest', w.vmm, (thread) => w.kernel.zpci_deconfigure_device(thread, w));
    }
  }
  yield w.bql.release;
  return null;
}

/**
 * The guest's answer on one of its vCPUs: its driver lets go of the function (the ISM driver's teardown reads a
 * command response and writes a command, both in BAR 2), CLP disables it, SCLP deconfigures it. On the last, QEMU
 * performs the pending unplug and closes the device fd.
 */
export function* zpci_deconfigure_device(t: Thread, w: ZpciWorld): CodePath<null> {
  const command = w.settings.ism ? 2 : 0;
  const origin = { hi: 0, lo: 0 };
  yield* w.kernel.pcilg_service_call(t, w, { pcias: command, offset: origin, len: 8 });
  if (t.killed) return null;
  yield* w.kernel.pcistb_service_call(t, w, { pcias: command, offset: origin, len: 16 });
  if (t.killed) return null;
  if ((yield w.bql.acquireKillable) < 0) return null;
  yield w.pbdev.write;
  w.machine.assertHeld(w.bql);
  w.pbdev.value = 'standby';
  w.guestLetGo = w.machine.steps;
  yield* w.kernel.filp_close(t, w);
  if (t.killed) return null;
  // The unplug ends in a memory_region_transaction_commit, which asserts it.
  w.machine.assertHeld(w.bql);
  yield w.bql.release;
  return null;
}
