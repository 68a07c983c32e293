/** Numbers of the user interface. Source: v1 4/4, vfio.h, vfio_pci_private.h. */

/** `sizeof(struct vfio_zpci_io_hdr)`: where the request begins. */
export const HEADER_SIZE = 16;
export const REQUEST_SIZE = 32;
/** `sizeof(struct vfio_region_zpci_io)`. */
export const REGION_SIZE = HEADER_SIZE + REQUEST_SIZE;

export const VFIO_ZPCI_IO_FLAG_READ = 1;
export const VFIO_ZPCI_IO_FLAG_BLOCKW = 2;

export const VFIO_PCI_CONFIG_REGION_INDEX = 7;
/** Device specific regions are numbered from here. */
export const VFIO_PCI_NUM_REGIONS = 9;
/** VFIO_PCI_OFFSET_SHIFT is 40: what a position in a region can at most be before it means the next region. */
export const VFIO_PCI_REGION_SPAN = 2 ** 40;
/** ISM_VFIO_PCI_OFFSET_SHIFT is 48, so that BAR 0 of 256 TiB fits (bf4197be96d0). */
export const ISM_VFIO_PCI_REGION_SPAN = 2 ** 48;

export { PAGE_SIZE } from '../../harness/machine/memory.ts';
/** Heap bytes before anybody wrote them: POISON_INUSE of mm/slub.c. */
export const HEAP_GARBAGE = 0x5a;

/** Largest PCISTB that vfio and QEMU allowed before the series. Source: ZPCI_MAX_WRITE_SIZE, arch/s390 pci.h. */
export const ZPCI_MAX_WRITE_SIZE = 128;
/** PCI address spaces 0 to 5 are the BARs. */
export const ZPCI_IO_BAR_MAX = 5;
export const ZPCI_PCIAS_CFGSPC = 15;
