/** What others asked for in answer to the postings. */
import type { Patch } from '../../../harness/model/patch.ts';
import type { MsixKernel } from '../kernel.ts';
import { busFlag } from './gates.ts';
import { ALWAYS } from './mainline.ts';

export const alwaysMappable: Patch<MsixKernel> = {
  id: 'always-mappable',
  subject: 'vfio-pci: the MSI-X table is mapped without a question',
  source: {
    status: 'proposed in review',
    date: '2016-01',
    note: 'David Laight on rfc3, lkml.iu.edu/hypermail/linux/kernel/1601.2/02227.html: a function can send such messages by DMA anyway',
  },
  apply: (kernel) => ({ ...kernel, msixGate: ALWAYS }),
};

export const busFlagMsiRemap: Patch<MsixKernel> = {
  id: 'bus-flag',
  subject: 'vfio-pci: Allow to mmap MSI-X table if interrupt remapping is supported',
  source: {
    status: 'posted',
    date: '2016',
    commit: '2edb74537d44c377a3845d5ddb9935c6f5bdc7ef',
    note: 'after rfc4; read in the PowerKVM tree (open-power-host-os/linux), with ababfd906cbf for the flag and 48d41314503f, which sets it for IODA; never in mainline',
  },
  apply: (kernel) => ({ ...kernel, msixGate: busFlag }),
};
