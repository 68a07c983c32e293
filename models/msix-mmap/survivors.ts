/** What no claim needs to tell from a state: README.md has the scores. */
import type { Survivor } from '../../harness/model/survivor.ts';

export const survivors: readonly Survivor[] = [
  {
    mutations: ['early-unlock(vfio_pci_open, driver_lock)'],
    reason:
      'Before v4.8 there is one access between driver_lock and its release, and letting go after it is what the state does.',
  },
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
    mutations: ['flip(alignment.merged)'],
    reason:
      'Fixed BARs, large ones and VF BARs keep their addresses, which is what was merged later and what no claim forbids.',
  },
  {
    mutations: ['flip(alignment.heedsProbeOnly)'],
    reason: 'It is what was merged later, and takes a violation away.',
  },
  {
    mutations: ['flip(dummyListMadeAtProbe)'],
    reason:
      'Before v4.8 there is no such list, and from v4.8 to v4.16 it is what v5.11 has and takes a violation away.',
  },
  {
    mutations: ['flip(alignment.startalignMarksWindows)'],
    reason: 'Where no alignment leaves the size alone nothing sets IORESOURCE_STARTALIGN.',
  },
  {
    mutations: ['flip(msixGate.opensFile)'],
    reason:
      'Nobody promises that pread and pwrite reach the table where it may be mapped: that rfc4 and busflag let them is read off a diffstat and a later patch.',
  },
];
