/** What no claim needs to tell from a state: README.md has the scores. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: ['late-call(vfio_pci_probe_mmaps)'],
    reason: 'It is the last thing that vfio_pci_enable does already.',
  },
  {
    mutations: ['late-call(releaseDummies)'],
    reason:
      'Whether dummy resources go before or after pci_disable_device makes no difference under driver_lock: nobody can open the function in between.',
  },
  {
    mutations: ['late-call(vfio_pci_release)'],
    reason:
      'Only that the place of the descriptor can be had again comes before it then, which in Linux has happened at close.',
  },
  {
    mutations: ['flip(msixGate.opensFile)'],
    reason:
      'Nobody promises that pread and pwrite reach the table where it may be mapped: that rfc4 and busflag let them is read off a diffstat and a later patch.',
  },
];
