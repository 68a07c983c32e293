/** What can be mapped under a slot, and what each of them is to mm and to KVM. */
import type { Backing, HostType, PageFrame } from '../../properties/s2-memattr/evidence.ts';

/** Not among those that other series return. Source: uapi/asm-generic/errno-base.h. */
export const ENOEXEC = 8;

export interface BackingFacts {
  readonly pageFrame: PageFrame;
  /** VM_PFNMAP. */
  readonly pfnmap: boolean;
  readonly hostType: HostType;
  /**
   * Mapped by vfio_pci_core_mmap(): a page comes with the first fault, and goes when memory is disabled or the function
   * reset. The others with VM_PFNMAP call remap_pfn_range() in their mmap.
   */
  readonly vfioPciCore: boolean;
}

const NONCACHED = { pfnmap: true, hostType: 'device-nGnRnE', vfioPciCore: false } as const;
const WRITE_COMBINING = { pfnmap: true, hostType: 'normal-nc', vfioPciCore: false } as const;
const CACHEABLE = { pfnmap: true, hostType: 'normal', vfioPciCore: false } as const;

export const BACKINGS: Readonly<Record<Backing, BackingFacts>> = {
  pci: { ...NONCACHED, pageFrame: 'PCI BAR', vfioPciCore: true },
  platform: { ...NONCACHED, pageFrame: 'platform MMIO' },
  mem: { ...NONCACHED, pageFrame: 'PCI BAR' },
  resource_wc: { ...WRITE_COMBINING, pageFrame: 'PCI BAR' },
  cacheable: { ...CACHEABLE, pageFrame: 'other MMIO' },
  usemem: { ...CACHEABLE, pageFrame: 'GPU memory' },
  resmem: { ...WRITE_COMBINING, pageFrame: 'GPU memory' },
  vfio_ram: { ...NONCACHED, pageFrame: 'memory', vfioPciCore: true },
  ram: { pageFrame: 'memory', pfnmap: false, hostType: 'normal', vfioPciCore: false },
};

/** kvm_is_device_pfn(): not pfn_is_map_memory(). */
export const kvm_is_device_pfn = (pageFrame: PageFrame): boolean => pageFrame !== 'memory';
