/** What others asked for in answer to the postings. */
import type { Patch } from '../../../harness/model/patch.ts';
import type { MsixKernel } from '../kernel.ts';
import { busFlag, noQuestion } from './gates.ts';

export const alwaysMappable: Patch<MsixKernel> = {
  id: 'always-mappable',
  subject: 'vfio-pci: the MSI-X table is mapped without a question',
  source: {
    status: 'proposed in review',
    date: '2016-01',
    note: 'David Laight on rfc3, lkml.iu.edu/hypermail/linux/kernel/1601.2/02227.html: a function can send such messages by DMA anyway',
  },
  apply: (kernel) => ({ ...kernel, msixGate: noQuestion }),
};

export const busFlagMsiRemap: Patch<MsixKernel> = {
  id: 'bus-flag',
  subject: 'PCI: Add a new PCI_BUS_FLAGS_MSI_REMAP flag, and ask it before the MSI-X table is mapped',
  source: {
    status: 'inferred',
    date: '2016',
    note: 'posted after rfc4, not read; in the PowerKVM tree as 48d41314503f and 2edb74537d44; never in mainline',
  },
  apply: (kernel) => ({ ...kernel, msixGate: busFlag }),
};
