import type { Patch } from '../../../harness/model/patch.ts';
import { bothRefused } from '../encoder.ts';
import type { MemAttrKernel } from '../kernel.ts';
import { giveFlagABit, goByFlag, setFlag } from './vma-flag.ts';

/** Everything but the bit in one patch, with the hunk of the encoder that belonged into 1/2. */
export const normalNcForVfioPci: Patch<MemAttrKernel> = {
  id: '2/2',
  subject: 'kvm: arm64: set io memory s2 pte as normalnc for vfio pci devices',
  source: {
    status: 'posted',
    date: '2023-12-08',
    messageId: '20231208164709.23101-3-ankita@nvidia.com',
  },
  requires: ['1/2'],
  apply: (kernel) => ({ ...setFlag(goByFlag(giveFlagABit(kernel))), stage2_set_prot_attr: bothRefused }),
};
