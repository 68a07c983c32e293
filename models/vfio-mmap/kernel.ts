import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type {
  Arch,
  BuildFacts,
  ExclusionRule,
  MapRequest,
  MmioCall,
  MmioRequest,
  NotMappable,
  Protection,
  VfioFacts,
  VfioOperation,
} from '../../properties/vfio-mmap/evidence.ts';
import type { AddressSpace, Vma } from './address-space.ts';
import type { VfioWorld } from './world.ts';

type Path<A extends unknown[], T = number> = (t: Thread, w: VfioWorld, ...args: A) => CodePath<T>;

/** What a fault handler answers. */
export type VmFault = 'nopage' | 'sigbus';

/** One pread or pwrite. */
export interface FileAccess {
  readonly bar: number;
  readonly pos: number;
  readonly count: number;
  readonly iswrite: boolean;
}

/**
 * The modelled code, each function under its name in Linux, and facts of a tree that no execution decides. Patches
 * replace entries, and add or remove the optional ones. Parts of functions that a patch changes have names of ours, and
 * a comment that says what they are.
 */
export interface VfioKernel extends BuildFacts {
  /** From an operation of a scenario to the code path it runs. */
  dispatch: (t: Thread, w: VfioWorld, operation: VfioOperation) => CodePath<number | null>;

  // mm and fs: system calls that are nobody's in particular.
  ksys_mmap_pgoff: Path<[request: MapRequest]>;
  do_munmap: Path<[map: string, offset: number, length: number | null]>;
  /** munmap(2) of a VMA that its owner knows the address of. */
  munmap_vma: Path<[vma: Vma]>;
  do_mprotect: Path<[map: string, prot: Protection]>;
  kernel_clone: Path<[]>;
  /** A load or store of user space; null where it ends with a signal. */
  touch: Path<[map: string, offset: number, access: 'load' | 'store'], number | null>;
  /** A page fault from user space, or in user-space mode from a MIO instruction in the kernel. */
  do_exception: Path<[mm: AddressSpace, map: string, page: number, write: boolean], VmFault | 'badarea'>;
  fixup_user_fault: Path<[mm: AddressSpace, map: string, page: number, write: boolean, call: MmioCall], void>;
  /** follow_pte, later follow_pfnmap_start. Returns with the PTE lock held, or -EINVAL without it. */
  follow_pte: Path<[mm: AddressSpace, vma: Vma, page: number, call: MmioCall]>;
  filp_close: Path<[mm: AddressSpace]>;
  fput: Path<[], void>;

  // drivers/vfio
  vfio_device_open: Path<[mm: AddressSpace]>;
  vfio_device_fops_release: Path<[], void>;
  vfio_unregister_group_dev: Path<[], void>;

  // drivers/vfio/pci
  /** depends on and default of the option, by architecture; absent once it was removed. */
  CONFIG_VFIO_PCI_MMAP?: (arch: Arch) => boolean;
  /** pdev->non_mappable_bars (v5 and later). */
  non_mappable_bars?: (facts: VfioFacts) => boolean;
  /** The test of patch 2/3, `resource_size(res) > IOREMAP_END + 1 - IOREMAP_START`. */
  resource_exceeds_ioremap?: (facts: VfioFacts, size: number) => boolean;
  /** At open, before anybody has the fd, hence not a code path. */
  vfio_pci_probe_mmaps: (w: VfioWorld) => (NotMappable | null)[];
  vfio_pci_ioctl_get_region_info: Path<[index: number]>;
  vfio_pci_core_mmap: Path<[request: MapRequest]>;
  vfio_pci_core_setup_barmap: Path<[bar: number]>;
  pci_iomap: (w: VfioWorld, bar: number) => boolean;
  vfio_pci_mmap_fault: Path<[vma: Vma, page: number], VmFault>;
  /** The old form, which keeps a list of its own of VMAs that have been faulted in, has both; later ones neither. */
  vfio_pci_mmap_open?: Path<[vma: Vma], void>;
  vfio_pci_mmap_close?: Path<[vma: Vma], void>;
  /** Whether device VMAs hang on the vfio inode, through which unmap_mapping_range finds them. */
  vmasOnInode: boolean;
  vfio_pci_zap_and_down_write_memory_lock: Path<[], void>;
  vfio_basic_config_write: Path<[enable: boolean]>;
  vfio_pci_ioctl_reset: Path<[]>;
  vfio_pci_bar_rw: Path<[access: FileAccess]>;
  /** Widths that do_io_rw splits into, widest first. */
  ioWidths: readonly number[];
  vfio_pci_core_enable: Path<[]>;
  vfio_pci_core_disable: Path<[], void>;
  vfio_pci_core_request: Path<[], void>;

  // arch/s390/pci
  s390_pci_mmio_write: Path<[request: MmioRequest]>;
  s390_pci_mmio_read: Path<[request: MmioRequest]>;
  /** First check of both: not empty, and within the page of the address. */
  mmio_length_is_valid: (request: MmioRequest) => boolean;
  /** Which protection the VMA must have for the read system call; the write one needs write. */
  mmioReadNeeds: 'read' | 'write';
  /** The part of both between the checks of the VMA and the access: 0 with the PTE lock held, or -errno without. */
  mmio_lookup_pfn: Path<[mm: AddressSpace, vma: Vma, page: number, call: MmioCall]>;
  /** What the write system call returns for a page frame below ZPCI_IOMAP_ADDR_BASE. */
  mmioWriteBelowIomap: number;
  zpci_memcpy_toio: Path<[mm: AddressSpace, vma: Vma, call: MmioCall]>;
  zpci_memcpy_fromio: Path<[mm: AddressSpace, vma: Vma, call: MmioCall]>;
  __memcpy_toio_inuser: Path<[mm: AddressSpace, call: MmioCall]>;
  __memcpy_fromio_inuser: Path<[mm: AddressSpace, call: MmioCall]>;

  // drivers/pci: the two other ways to map a BAR. Null where this kernel has no such file on that architecture.
  pci_mmap_resource: (facts: VfioFacts, bar: number) => boolean | null;
  proc_bus_pci_mmap: (facts: VfioFacts, bar: number) => boolean | null;
  /** Which rule keeps BARs away from user space. */
  exclusion: ExclusionRule;

  // drivers/pci/hotplug/s390_pci_hpc.c
  disable_slot: Path<[]>;
  /** The owner's process, when it is asked to let go of the device. */
  vfio_req_notifier_handler: Path<[], null>;
}
