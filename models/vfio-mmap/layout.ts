/** Numbers of the user interface and of the architectures. Source: vfio.h, vfio_pci_core.h, asm/pci_io.h. */
import type { Arch } from '../../properties/vfio-mmap/evidence.ts';

export { PAGE_SIZE } from '../../harness/machine/memory.ts';

export const VFIO_REGION_INFO_FLAG_READ = 1;
export const VFIO_REGION_INFO_FLAG_WRITE = 2;
export const VFIO_REGION_INFO_FLAG_MMAP = 4;
export const VFIO_REGION_INFO_FLAG_CAPS = 8;

export const VFIO_PCI_BARS = 6;
export const VFIO_PCI_ROM_REGION_INDEX = 6;
export const VFIO_PCI_CONFIG_REGION_INDEX = 7;
export const VFIO_PCI_VGA_REGION_INDEX = 8;
export const VFIO_PCI_NUM_REGIONS = 9;
/** VFIO_PCI_OFFSET_SHIFT is 40: an offset beyond names the next region. */
export const VFIO_PCI_REGION_SPAN = 2 ** 40;

/** Bytes of the MSI-X table, at the start of its BAR. */
export const MSIX_TABLE_SIZE = 0x400;

/** What the s390 system calls keep on the stack; more is kmalloc'ed. */
export const LOCAL_BUF_SIZE = 64;
export const ZPCI_MAX_READ_SIZE = 8;
export const ZPCI_MAX_WRITE_SIZE = 128;

/**
 * TASK_SIZE, with pages of 4 KiB and page tables of four levels on x86. s390 adds levels as it needs them, up to 2^64
 * bytes, which is more than a scenario can name.
 */
export const TASK_SIZE: Readonly<Record<Arch, number>> = {
  s390: Number.POSITIVE_INFINITY,
  x86: 2 ** 47 - 4096,
  powerpc: 2 ** 46,
};
