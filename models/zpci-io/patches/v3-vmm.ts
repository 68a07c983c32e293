import { EINVAL } from '../../../harness/machine/errno.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { ZpciKernel } from '../kernel.ts';
import { PAGE_SIZE, ZPCI_IO_BAR_MAX } from '../layout.ts';
import { barAccess, crossesPage, insideBar, intercepted, offsetOf, shortAccessRefused } from '../vmm.ts';

/**
 * The VMM's half of the same proposal: a guest's access stays one pread or pwrite, of the guest's length. That ISM
 * functions take any length and alignment the VMM knows from the function's type.
 */
export const vmmKeepsAccessWidth: Patch<ZpciKernel> = {
  id: 'vmm-width',
  subject: 'VMM: keep the guest access width through to the BAR region',
  source: {
    status: 'proposed in review',
    date: '2021-01-26',
    note: 'by Alex Williamson 2021-01-26 23:18; details inferred',
  },
  apply: (kernel) => ({
    ...kernel,
    pcistb_service_call: (t, w, insn) => (w.settings.ism ? pcistb : kernel.pcistb_service_call)(t, w, insn),
    pcistg_service_call: (t, w, insn) => (w.settings.ism ? pcistg : kernel.pcistg_service_call)(t, w, insn),
    pcilg_service_call: (t, w, insn) => (w.settings.ism ? pcilg : kernel.pcilg_service_call)(t, w, insn),
  }),
};

const pcistb = intercepted(function* (t, w, insn) {
  const { pcias, offset, len } = insn;
  if (pcias > ZPCI_IO_BAR_MAX) return -EINVAL;
  if (!w.settings.relaxedAlign && (offset.lo % 8 !== 0 || len <= 8 || len % 8 !== 0)) return -EINVAL;
  if (len > Math.min(PAGE_SIZE, w.settings.maxstbl) || crossesPage(insn)) return -EINVAL;
  if (!insideBar(w, insn)) return -EINVAL;
  yield* w.kernel.ksys_pwrite64(t, w, barAccess(pcias, offsetOf(insn), len, true));
  return 0;
});

const pcistg = intercepted(function* (t, w, insn) {
  const refused = shortAccessRefused(insn);
  if (refused !== null) return refused;
  if (!insideBar(w, insn)) return -EINVAL;
  yield* w.kernel.ksys_pwrite64(t, w, barAccess(insn.pcias, offsetOf(insn), insn.len, true));
  return 0;
});

const pcilg = intercepted(function* (t, w, insn) {
  const refused = shortAccessRefused(insn);
  if (refused !== null) return refused;
  if (!insideBar(w, insn)) return -EINVAL;
  yield* w.kernel.ksys_pread64(t, w, barAccess(insn.pcias, offsetOf(insn), insn.len, false));
  return 0;
});
