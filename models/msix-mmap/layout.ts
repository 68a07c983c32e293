/** Numbers of the user interface and of the modelled machine. */

/** Memory window of the host bridge: addresses are offsets into it. */
export const WINDOW_SIZE = 0x10_0000;

/** Device numbers that can be hot added. */
export const HOTPLUG_SLOTS = [2, 3] as const;

/** The scenario's largest MSI-X table. */
export const VECTORS_MAX = 64;

/** PCI_MSIX_ENTRY_SIZE of include/uapi/linux/pci_regs.h. */
export const PCI_MSIX_ENTRY_SIZE = 16;
/** Where in an entry the vector control word is; bit 0 masks. */
export const PCI_MSIX_ENTRY_VECTOR_CTRL = 12;
/** Where in an entry the message data is. */
export const PCI_MSIX_ENTRY_DATA = 8;

/** A BAR position in a region offset: VFIO_PCI_OFFSET_SHIFT is 40. */
export const VFIO_PCI_REGION_SPAN = 2 ** 40;

// include/uapi/linux/vfio.h
export const VFIO_DEVICE_FLAGS_RESET = 1;
export const VFIO_DEVICE_FLAGS_PCI = 2;
export const VFIO_REGION_INFO_FLAG_READ = 1;
export const VFIO_REGION_INFO_FLAG_WRITE = 2;
export const VFIO_REGION_INFO_FLAG_MMAP = 4;
export const VFIO_REGION_INFO_FLAG_CAPS = 8;

// Flags of rfc1, known by name. The bits are ours: the next that were free in v4.4.
export const VFIO_DEVICE_FLAGS_PCI_PAGE_ALIGNED = 16;
export const VFIO_DEVICE_FLAGS_PCI_MSIX_MMAP = 32;

/** Device fds that a process can have at once here. */
export const FILES_MAX = 3;

/** The function that is assigned to the process, and one that may be there since boot. */
export const ASSIGNED = '0000:01:00.0';
export const NEIGHBOUR = '0000:01:01.0';
