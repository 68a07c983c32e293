import type { Patch } from '../../../harness/model/patch.ts';
import { deviceWins } from '../encoder.ts';
import type { MemAttrKernel } from '../kernel.ts';
import { NORMAL_NC, ofDevices } from '../mmu.ts';

/** A bit of its own, which every page frame that is no memory gets, and the GIC too. The encoder is that of v3 1/2. */
export const normalNcForAllDevices: Patch<MemAttrKernel> = {
  id: '1/1',
  subject: 'KVM: arm64: allow the VM to select DEVICE_* and NORMAL_NC for IO memory',
  source: {
    status: 'posted',
    date: '2023-12-05',
    messageId: '20231205033015.10044-1-ankita@nvidia.com',
  },
  apply: (kernel) => ({
    ...kernel,
    hasNormalNc: true,
    stage2_set_prot_attr: deviceWins,
    stage2_memory_type: ofDevices(() => NORMAL_NC),
    ioremapType: NORMAL_NC,
  }),
};
