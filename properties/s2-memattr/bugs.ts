/** What KVM itself checks. */
import type { Property } from '../../harness/model/property.ts';
import type { Evidence } from './evidence.ts';

export const noKernelBug: Property<Evidence> = {
  id: 'no-kernel-bug',
  claim: 'every end of an invalidation had its beginning: no KVM_BUG_ON fires',
  source: {
    status: 'merged',
    date: 'v6.8',
    note: 'KVM_BUG_ON(mmu_invalidate_in_progress < 0) of kvm_mmu_invalidate_end(), and mmu_notifier.h: the two calls are paired',
  },
  check({ evidence: { bugs, leafChanges } }, report) {
    let exercised = false;
    for (const { kind } of leafChanges) if (kind === 'unmap') exercised = true;
    for (const { condition, step, thread } of bugs) {
      exercised = true;
      report('bug-on', step, () => ({
        message: `${thread.name} runs into a KVM_BUG_ON, which ends the virtual machine.`,
        expected: [`not ${condition}`],
        actual: [condition],
      }));
    }
    return exercised;
  },
};
