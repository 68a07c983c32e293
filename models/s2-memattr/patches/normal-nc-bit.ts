import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { Encoder } from '../encoder.ts';
import type { MemAttrKernel } from '../kernel.ts';

/** KVM_PGTABLE_PROT_NORMAL_NC, first patch of v3 to v9: a bit that nobody sets yet. */
export const normalNcBit = (
  id: string,
  subject: string,
  encoder: Encoder,
  source: Source,
): Patch<MemAttrKernel> => ({
  id,
  subject,
  source,
  apply: (kernel) => ({ ...kernel, hasNormalNc: true, stage2_set_prot_attr: encoder }),
});
