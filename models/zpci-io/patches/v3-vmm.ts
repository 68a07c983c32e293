import { EINVAL } from '../../../harness/machine/errno.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { ZpciKernel } from '../kernel.ts';
import { PAGE_SIZE, ZPCI_IO_BAR_MAX } from '../layout.ts';
import { toNumber } from '../u64.ts';
import { barAccess, crossesPage, insideBar, intercepted } from '../vmm.ts';
import { relaxed } from './v1-qemu.ts';

/** The VMM's half of the same proposal: a guest's PCISTB stays one pwrite, of the guest's length. */
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
  }),
};

const pcistb = intercepted(function* (t, w, insn) {
  const { pcias, offset, len } = insn;
  if (pcias > ZPCI_IO_BAR_MAX) return -EINVAL;
  if (!relaxed(w) && (offset.lo % 8 !== 0 || len <= 8 || len % 8 !== 0)) return -EINVAL;
  if (len > Math.min(PAGE_SIZE, w.settings.maxstbl) || crossesPage(insn)) return -EINVAL;
  if (!insideBar(w, insn)) return -EINVAL;
  yield* w.kernel.ksys_pwrite64(t, w, barAccess(pcias, toNumber(offset.hi, offset.lo), len, true));
  return 0;
});
