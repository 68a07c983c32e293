/** Mutations that no claim tells from v3, and why that is right: README.md has them too. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: ['late-call(vfio_device_fops_release)'],
    reason:
      'It is the last thing that each of its callers does, so that it comes at the same place when they return.',
  },
  {
    mutations: [
      'early-unlock(vfio_basic_config_write, memory_lock)',
      'early-unlock(vfio_pci_request, igate)',
      'early-unlock(vfio_req_notifier_handler, BQL)',
    ],
    reason:
      'One step is all that the lock is held for, so that one step after it was taken it is released anyway.',
  },
  {
    mutations: ['early-unlock(vfio_pci_disable, dev->mutex)'],
    reason:
      'The reset itself is no step: before reset_slot took a lock of its own (v6.9) nothing that others see comes between the trylock and the unlock.',
  },
  {
    mutations: ['flip(zdev.relaxedAlign)', 'flip(zdev.relaxedFlag)'],
    reason:
      'Patches 1/4 and 2/4 tell a VMM that stores are relaxed, and the VMM of v3 knows that from the type of the function.',
  },
];
