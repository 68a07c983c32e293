/** The questions that postings put before they let the MSI-X table be mapped. */
import type { MsixGate } from '../kernel.ts';

const filtersMsi: MsixGate['ownPath'] = (settings) => settings.filtersMsi;

/** rfc1: compiled in or not, for all host bridges. CONFIG_EEH is of powerpc only. */
export const configEeh: MsixGate = {
  by: 'CONFIG_EEH',
  allows: ({ arch, eeh }) => arch === 'powernv' && eeh,
  ownPath: filtersMsi,
  opensFile: false,
};

/** rfc2: the same, and a Kconfig option. */
export const configEehAndMsix: MsixGate = {
  ...configEeh,
  by: 'CONFIG_EEH and CONFIG_VFIO_PCI_MMAP_MSIX',
  allows: (settings, kernel) => configEeh.allows(settings, kernel) && settings.mmapMsix,
};

/** rfc3: an attribute of the host bridge, which IODA bridges set. Who else would was not to be read. */
const msiFiltered: MsixGate['ownPath'] = (settings) => settings.arch === 'powernv' && settings.filtersMsi;
export const hostBridge: MsixGate = {
  by: 'msi_filtered of the host bridge',
  allows: msiFiltered,
  ownPath: msiFiltered,
  opensFile: false,
};

/** PCI_BUS_FLAGS_MSI_REMAP: pnv_pci_ioda_root_bridge_prepare sets it, and buses below inherit it. */
export const busFlag: MsixGate = {
  by: 'PCI_BUS_FLAGS_MSI_REMAP',
  allows: msiFiltered,
  ownPath: msiFiltered,
  opensFile: true,
};
