/** Mutations that no claim tells from v3 or the states beside it, and why that is right: README.md has them too. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: ['late-call(vfio_device_fops_release)'],
    reason:
      'It is the last thing that each of its callers does, so that it comes at the same place when they return.',
  },
  {
    mutations: [
      'ignore-error(vfio_pci_setup_barmap, -16)',
      'ignore-error(vfio_pci_bar_rw, -16)',
      'ignore-error(ksys_pwrite64, -16)',
    ],
    reason:
      'Claims tell them (run --runs 2000 finds each), by two first accesses at once to a BAR of a function that is not ISM, which so few sequences hardly come to.',
  },
  // Of other states.
  {
    mutations: [
      'ignore-error(zpci_load, -5)',
      'ignore-error(zpci_load, -6)',
      'ignore-error(zpci_store, -5)',
      'ignore-error(zpci_store, -6)',
    ],
    reason: 'ioread and iowrite return no error, so that vfio_pci_io does not look at it.',
  },
  {
    mutations: [
      'drop-lock(vfio_pci_zdev_io_rw, zdev->lock)',
      'early-unlock(vfio_pci_zdev_io_rw, zdev->lock)',
      'late-lock(vfio_pci_zdev_io_rw, zdev->lock)',
    ],
    reason: 'v1 has copied and checked before it takes the lock, which protects nothing then.',
  },
  {
    mutations: [
      'drop-lock(vfio_pci_zdev_io_rw, region->mutex)',
      'early-unlock(vfio_pci_zdev_io_rw, region->mutex)',
      'late-lock(vfio_pci_zdev_io_rw, region->mutex)',
    ],
    reason: 'What v2 checks and executes is a copy on its own stack, which needs no lock.',
  },
  {
    mutations: ['ignore-error(reset_slot, -5)'],
    reason:
      'The last close does not depend on whether the function could be reset: vfio-pci notes it for the next open.',
  },
];
