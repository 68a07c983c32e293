/** Mutations that the claims need not tell from a state of this series: README.md has them by reason. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: ['drop-wait(kvm_handle_guest_abort, mmu_invalidate_in_progress)'],
    reason:
      'Linux does not wait there: the guest faults again and again until the invalidation is over, which the wait stands for.',
  },
  {
    mutations: ['ignore-error(kvm_pgtable_stage2_map, -11)'],
    reason:
      'dirty-log-is-exact tells it (claims.test.ts, and run finds it), by three threads on one page that the few sequences of mutate do not come upon.',
  },
];
