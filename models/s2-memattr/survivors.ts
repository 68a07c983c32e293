/** Mutations that the claims need not tell from a state of this series: README.md has them by reason. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: ['drop-wait(kvm_handle_guest_abort, mmu_invalidate_in_progress)'],
    reason:
      'Linux does not wait there: the guest faults again and again until the invalidation is over, which the wait stands for.',
  },
  {
    mutations: [
      'early-unlock(kvm_arch_prepare_memory_region, mmap_lock)',
      'early-unlock(kvm_mmu_wp_memory_region, mmu_lock)',
      'early-unlock(vfio_basic_config_write, memory_lock)',
    ],
    reason:
      'Nothing changes: there is one access under the lock, and it is let go of right behind it anyway.',
  },
  {
    mutations: ['ignore-error(kvm_pgtable_stage2_map, -11)'],
    reason:
      'dirty-log-is-exact tells it (claims.test.ts, and run finds it), by three threads on one page that the few sequences of mutate do not come upon.',
  },
];
