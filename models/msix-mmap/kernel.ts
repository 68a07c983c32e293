import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Documented, MsixOperation, MsixTable } from '../../properties/msix-mmap/evidence.ts';
import type { AlignmentRules } from './pci.ts';
import type { MsixSettings } from './settings.ts';
import type { MsixWorld } from './world.ts';

type Path<A extends unknown[], T = number> = (t: Thread, w: MsixWorld, ...args: A) => CodePath<T>;

/** Also taken, without a thread, by the open that comes before the scenario. */
type OpenPath<T = void> = (t: Thread | null, w: MsixWorld) => CodePath<T>;

export type Operation<K extends MsixOperation['kind']> = MsixOperation & { readonly kind: K };

/** What decides whether pages with the MSI-X table may be mapped. */
export interface MsixGate {
  /** What is asked, for reports; null where the answer is always yes. */
  readonly by: string | null;
  readonly allows: (settings: MsixSettings, kernel: MsixKernel) => boolean;
  /** The same question, put to the function's own host bridge alone. */
  readonly ownPath: (settings: MsixSettings) => boolean;
  /** Whether vfio_pci_bar_rw asks, too, and lets pread and pwrite at the table where the answer is yes. */
  readonly opensFile: boolean;
}

/** The documents with something added to them. */
export const documenting = ({ documented }: MsixKernel, what: Documented): ReadonlySet<Documented> =>
  new Set([...documented, what]);

/**
 * The modelled code, each function under its name in Linux where it has one. Patches replace entries and add the
 * optional ones.
 */
export interface MsixKernel {
  /** What a patch adds to the documents: for claims, which must not go by the code. */
  documented: ReadonlySet<Documented>;

  /** From an operation of a scenario to the code path it runs. */
  dispatch: (t: Thread, w: MsixWorld, operation: MsixOperation) => CodePath<number | null>;

  // drivers/pci, and arch/powerpc where it has a say.
  alignment: AlignmentRules;
  /** v4.12: what BARs are aligned to without a parameter. */
  pcibios_default_alignment?: (settings: MsixSettings) => number;
  /** rfc1 to rfc3: whether all sub-page BARs are moved to pages of their own, and by what. */
  pageAlignment?: (settings: MsixSettings) => 'arch' | 'page_aligned' | null;
  pciehp_enable_slot: Path<[slot: number, size: number]>;
  pciehp_disable_slot: Path<[slot: number]>;

  // drivers/iommu
  /** iommu_capable(&pci_bus_type, IOMMU_CAP_INTR_REMAP): one answer for all PCI devices. */
  iommu_capable: (settings: MsixSettings) => boolean;

  // fs and mm
  vfio_group_get_device_fd: Path<[]>;
  filp_close: Path<[]>;
  fput: Path<[file: number], void>;
  ksys_mmap_pgoff: Path<[operation: Operation<'mmap'>]>;
  __vm_munmap: Path<[map: string]>;
  /** A load or store of user space. */
  access: Path<[operation: Operation<'touch'>], number | null>;

  // drivers/vfio/pci
  vfio_pci_open: Path<[]>;
  vfio_pci_release: Path<[], void>;
  vfio_pci_enable: OpenPath<number>;
  vfio_pci_disable: OpenPath;
  /** v4.6: an Intel graphics function has regions of its own, which can fail. */
  vfio_pci_igd_init?: (settings: MsixSettings) => number;
  /** v4.8. */
  vfio_pci_probe_mmaps?: OpenPath;
  /** v4.8, at the end of vfio_pci_disable: dummy resources go. */
  releaseDummies?: OpenPath;
  /** v5.11 makes the list of dummy resources in vfio_pci_probe. */
  dummyListMadeAtProbe: boolean;
  /** What VFIO_DEVICE_GET_INFO adds to RESET and PCI. */
  deviceFlags: (settings: MsixSettings) => number;
  vfio_pci_get_region_info: Path<[bar: number]>;
  vfio_pci_mmap: Path<[operation: Operation<'mmap'>, file: number]>;
  vfio_pci_bar_rw: Path<[operation: Operation<'pread' | 'pwrite'>]>;
  do_io_rw: Path<[operation: Operation<'pread' | 'pwrite'>, count: number, excluded: MsixTable | null]>;
  vfio_pci_setup_barmap: Path<[bar: number]>;
  vfio_pci_set_irqs_ioctl: Path<[vectors: number]>;
  /** Absent: the ioctl does not exist. */
  vfio_pci_ioeventfd?: Path<[operation: Operation<'ioeventfd'>]>;
  /** Whether a BAR may be mapped, the MSI-X table left aside. */
  mayMapBar: Path<[bar: number], boolean>;
  /** What GET_REGION_INFO goes by for its MMAP flag, where that is something else. */
  infoSaysMmap?: Path<[bar: number], boolean>;
  /** Bytes of a BAR that an mmap may ask for. */
  physLen: (settings: MsixSettings, size: number) => number;
  /** Absent: never. */
  msixGate?: MsixGate;
  /** How a kernel that does not map the table tells so, or one that does. */
  regionCapability: 'none' | 'sparse' | 'msix mappable';
  /** Whether ioeventfds leave out the table, and do_io_rw where no gate lets it in: false only in a mutant. */
  excludesTable: boolean;

  // kernel/irq and drivers/pci/msi.c
  irq_set_affinity: Path<[vector: number]>;

  /** The function raises an interrupt. */
  raise: Path<[vector: number]>;
}
