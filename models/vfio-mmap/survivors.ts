/** Mutations that no claim can tell from a state, and why that is right: README.md has their number. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: [
      'early-unlock(follow_pte, PTE lock)',
      'early-unlock(follow_pte, child# PTE lock)',
      'early-unlock(vfio_pci_zap_and_down_write_memory_lock, memory_lock)',
    ],
    reason:
      'It changes nothing: the function does one thing under the lock and lets go of it then, or returns with it.',
  },
  {
    mutations: ['late-call(vfio_device_fops_release)'],
    reason: 'It changes nothing: the call is the last thing that fput does.',
  },
  {
    mutations: ['late-call(vfio_pci_mmap_open)'],
    reason:
      'In munmap it zaps later under the same mmap lock; in a fork it then zaps what was copied, which is what it is for.',
  },
  {
    mutations: ['late-call(vfio_pci_mmap_close)'],
    reason:
      'The VMA leaves the list later in the same munmap, under the same mmap lock, which a zap takes before it looks at a VMA of the list.',
  },
  {
    mutations: ['late-lock(kernel_clone, child# PTE lock)'],
    reason:
      "A fork takes the two PTE locks in the other order, and nobody else ever has a parent's and a child's.",
  },
  {
    mutations: [
      'drop-call(vfio_req_notifier_handler, 0)',
      'drop-wait(vfio_req_notifier_handler, device fd)',
      'late-call(munmap_vma, 0)',
    ],
    reason:
      'They are of the process that has the device, which may answer the request in any way, or not at all.',
  },
  {
    mutations: ['revert(proc_bus_pci_mmap)'],
    reason: 's390 has no such file, and no function of another architecture has the flag that it honours.',
  },
];
