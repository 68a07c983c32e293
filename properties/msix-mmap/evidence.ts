/**
 * What a world of the msix-mmap series keeps for its claims to judge. Models write it, claims read it; neither knows
 * more of the other.
 *
 * Addresses are offsets into the memory window of the host bridge. The assigned function is 0000:01:00.0.
 */

import type { Call } from '../../harness/machine/thread.ts';

export type MsixOperation =
  | { readonly kind: 'open' | 'close' }
  | { readonly kind: 'device_info' }
  | { readonly kind: 'region_info'; readonly bar: number }
  | {
      readonly kind: 'mmap';
      readonly bar: number;
      readonly offset: number;
      readonly length: number;
      readonly read: boolean;
      readonly write: boolean;
      readonly shared: boolean;
      readonly as: string;
    }
  | {
      readonly kind: 'touch';
      readonly map: string;
      readonly offset: number;
      readonly store: boolean;
      readonly value: number;
    }
  | { readonly kind: 'munmap'; readonly map: string }
  | {
      readonly kind: 'pread' | 'pwrite';
      readonly bar: number;
      readonly pos: number;
      readonly count: number;
    }
  | { readonly kind: 'ioeventfd'; readonly bar: number; readonly pos: number; readonly count: number }
  | { readonly kind: 'set_irqs'; readonly vectors: number }
  | { readonly kind: 'hot_add'; readonly slot: number; readonly size: number }
  | { readonly kind: 'hot_remove'; readonly slot: number }
  | { readonly kind: 'affinity' | 'trigger'; readonly vector: number };

/** The MSI-X table: `vdev->msix_bar`, `msix_offset` and `msix_size`. */
export interface MsixTable {
  readonly bar: number;
  readonly offset: number;
  /** 16 bytes a vector. */
  readonly size: number;
  readonly vectors: number;
}

/** A BAR as its function decodes it: what the kernel records for it may differ. */
export interface HardwareBar {
  readonly bar: number;
  readonly size: number;
  /** Firmware's address may not be changed (IORESOURCE_PCI_FIXED). */
  readonly fixed: boolean;
}

/** What a scenario set, and what is true of the machine whatever a kernel thinks of it. */
export interface MsixFacts {
  readonly arch: 'powernv' | 'x86' | 'arm64';
  readonly pageSize: 4096 | 65536;
  readonly bars: readonly HardwareBar[];
  readonly table: MsixTable | null;
  /** Whether hardware lets the function raise no interrupts but its own: the truth about its own host bridge. */
  readonly filtersMsi: boolean;
  /** The same of the other host bridge of the machine, which the function is not under. */
  readonly otherFiltersMsi: boolean;
  /** The administrator asked for it (`allow_unsafe_interrupts` of vfio_iommu_type1). */
  readonly allowUnsafeInterrupts: boolean;
  /** What the IOMMU driver of x86 or arm64 says of IOMMU_CAP_INTR_REMAP. */
  readonly intrRemap: boolean;
  readonly probeOnly: boolean;
  /** The kernel parameter pci=resource_alignment=. */
  readonly resourceAlignment: string;
  /** vfio_pci_igd_init fails. */
  readonly igdFails: boolean;
  /** The process opens the device before the scenario begins, if it can. */
  readonly opened: boolean;
  /** Virtual functions of the assigned function: how many, and how many bytes each decodes. Null without SR-IOV. */
  readonly sriov: { readonly vfs: number; readonly size: number } | null;
}

/** What a state has that others do not, by its documents: include/uapi/linux/vfio.h, kernel-parameters.txt. */
export type Documented =
  | 'VFIO_DEVICE_IOEVENTFD'
  | 'regions of an Intel graphics function'
  | 'resource_alignment=:noresize'
  | 'resource_alignment=*';

/** A resource as the kernel has it. `start` is null while it has no address. */
export interface Recorded {
  readonly start: number | null;
  readonly size: number;
}

/**
 * An alignment that something asked for, of one resource of a function that was found: at boot (`step` 0) or hot
 * added. Also recorded where it was ignored: `after` is then `before`.
 */
export interface AlignmentRequest {
  readonly step: number;
  /** `0000:01:00.0`. */
  readonly device: string;
  readonly resource: 'BAR' | 'VF BAR';
  /** BAR number; of a VF BAR, 0. */
  readonly bar: number;
  readonly align: number;
  /** What asked: the kernel parameter in its two forms, rfc1's or v4.12's arch code, `resource_page_aligned`. */
  readonly by: 'resize' | 'noresize' | 'arch' | 'default' | 'page_aligned';
  /** `by` is `resize`, and the parameter of this kernel has a form that keeps the size. */
  readonly resizeChosen: boolean;
  readonly before: Recorded;
  /** When addresses have been assigned. Without one the function is dead. */
  readonly after: Recorded;
  /** Bytes from one virtual function to the next, as the hardware has them and as the kernel counts; null of a BAR. */
  readonly stride: { readonly hardware: number; readonly recorded: number } | null;
  /** The BAR carries IORESOURCE_STARTALIGN and the kernel takes that for the mark of a bridge window. */
  readonly takenForWindow: boolean;
}

/** An open of the device fd, with what vfio_pci_enable came to. */
export interface Open {
  readonly step: number;
  /** Null of the open that comes before the scenario. */
  readonly call: Call | null;
  readonly ret: number;
  /** Whether this was the first open, so that vfio_pci_enable ran. */
  readonly enabled: boolean;
  /** Dummy resources left in the tree by an open that failed. */
  readonly leaked: number;
}

/** vfio_pci_disable, at the last close. */
export interface LastClose {
  readonly step: number;
  readonly call: Call;
  /** Dummy resources of this function that are still in the resource tree afterwards. */
  readonly dummiesLeft: number;
  /** pci_disable_device() was not called. */
  readonly enabled: boolean;
  /** Mappings of its BARs that are alive. Never above 0: each pins the file. */
  readonly mappingsLeft: number;
}

/**
 * Whether a BAR may be mapped, as a kernel decided it (v4.8 and later at the first open, others at GET_REGION_INFO and
 * at mmap). The MSI-X table plays no part in it.
 */
export interface Decision {
  readonly step: number;
  /** Null of the open that comes before the scenario. */
  readonly call: Call | null;
  readonly bar: number;
  readonly start: number | null;
  /** As recorded by the kernel. */
  readonly size: number;
  readonly mmapable: boolean;
  /**
   * Other BARs (`0000:01:01.0 BAR 0`, this function's own among them) that decode bytes in pages of this one: of all that
   * there are where the kernel looked at the resource tree for it, else of those that are there since boot.
   */
  readonly sharedWith: readonly string[];
}

/** Whether the table may be mapped, as a kernel with a gate decided it. */
export interface Gate {
  readonly step: number;
  readonly call: Call;
  readonly asked: 'region_info' | 'mmap' | 'pread' | 'pwrite';
  readonly allowed: boolean;
  /** What the same question comes to when put to the function's own host bridge alone. */
  readonly ownPath: boolean;
  readonly by: string;
}

/** A page range of the sparse mmap capability. */
export interface Area {
  readonly offset: number;
  readonly size: number;
}

/** What VFIO_DEVICE_GET_REGION_INFO told. */
export interface RegionInfo {
  readonly step: number;
  readonly call: Call;
  readonly bar: number;
  readonly size: number;
  readonly mmap: boolean;
  /** VFIO_REGION_INFO_CAP_SPARSE_MMAP; null if it is not there. */
  readonly areas: readonly Area[] | null;
  /** VFIO_REGION_INFO_CAP_MSIX_MAPPABLE. */
  readonly msixMappable: boolean;
  /** How many of the BAR's pages a mmap of that one page would get, at that moment. */
  readonly pagesMappable: number;
}

/** An mmap that came back. */
export interface Mmap {
  readonly step: number;
  readonly call: Call;
  readonly map: string;
  readonly bar: number;
  readonly offset: number;
  /** Whole pages. */
  readonly length: number;
  readonly ret: number;
  /** Whether bytes of the MSI-X table lie in the pages asked for. */
  readonly table: boolean;
  readonly write: boolean;
  /** Address of the BAR, null if it has none. */
  readonly start: number | null;
}

/** A page that is mapped to the user and holds bytes of a BAR of another function. */
export interface Exposure {
  readonly step: number;
  /** Who mapped the page, or brought the other function there. */
  readonly call: Call;
  /** `mmap`: the other function was there first. `hot add`: the mapping was. */
  readonly cause: 'mmap' | 'hot add';
  readonly map: string;
  readonly bar: number;
  /** Address of the page. */
  readonly page: number;
  /** `0000:01:02.0 BAR 0`. */
  readonly exposed: string;
}

/** A function that was hot added or removed. */
export interface HotPlug {
  readonly step: number;
  readonly call: Call;
  readonly what: 'add' | 'remove';
  /** `0000:01:02.0`. */
  readonly device: string;
  readonly size: number;
  /** Where its BAR is (was). Null: there was no room. */
  readonly start: number | null;
  /** Whether there would have been room if no dummy resource were in the tree. */
  readonly roomWithoutDummies: boolean;
  /** Whether the assigned function was open: dummies are meant to be there. */
  readonly opened: boolean;
  /** Live mappings of BARs of the assigned function. */
  readonly mappings: number;
}

/** A load or store through a mapping. */
export interface Touch {
  readonly step: number;
  readonly call: Call;
  readonly map: string;
  readonly store: boolean;
  readonly address: number;
  /** What answers there. */
  readonly target: 'register' | 'table' | 'PBA' | 'other function' | 'nothing';
  /** `0000:01:00.0 BAR 2`, null if nothing answers. */
  readonly reached: string | null;
  /** The kernel has this address down as part of a BAR of the assigned function. */
  readonly recorded: boolean;
}

/** Something that a user did changed (or would let it change) a vector's address, data or mask. */
export interface TableWrite {
  readonly step: number;
  readonly call: Call;
  readonly via: 'mmap' | 'pwrite' | 'ioeventfd';
  readonly vector: number;
  readonly part: 'address' | 'data' | 'control';
}

/** A pread, pwrite or ioeventfd whose bytes are those of the table in part or whole. */
export interface TableAccess {
  readonly step: number;
  readonly call: Call;
  readonly via: 'pread' | 'pwrite' | 'ioeventfd';
  readonly ret: number;
}

/** An instruction of pread or pwrite at a BAR, whether or not the function decodes that address. */
export interface FileAccess {
  readonly step: number;
  readonly call: Call;
  readonly bar: number;
  /** Offset into the BAR. */
  readonly at: number;
  /** Bytes. */
  readonly width: 1 | 2 | 4;
}

/** A use of what pci_iomap returned, by pread, pwrite or an ioeventfd. */
export interface BarmapUse {
  readonly step: number;
  readonly call: Call;
  readonly bar: number;
  /** Whether there is a mapping: otherwise it is a null pointer. */
  readonly mapped: boolean;
}

/** pci_request_selected_regions() or pci_release_selected_regions() of a BAR for vfio-pci. */
export interface RegionChange {
  readonly step: number;
  readonly bar: number;
  readonly requested: boolean;
}

/** A store on behalf of an eventfd, as it was put on the list. */
export interface Ioeventfd {
  readonly step: number;
  readonly call: Call;
  readonly bar: number;
  readonly pos: number;
  readonly count: number;
}

/** MSI-X Enable of the function's capability was written. */
export interface MsixEnable {
  readonly step: number;
  readonly enabled: boolean;
}

/** The host's interrupt core wrote a vector (SET_IRQS, a change of affinity) from the values that it keeps. */
export interface HostWrite {
  readonly step: number;
  readonly call: Call;
  readonly vector: number;
  readonly part: 'message' | 'control';
  /** Of a control word, whether it masks. */
  readonly masks: boolean;
  /** What it overwrote was written by the user through a mapping, and is another value. */
  readonly overwroteUser: boolean;
}

/** The function raised a vector. */
export interface Interrupt {
  readonly step: number;
  readonly call: Call;
  readonly vector: number;
  /** Who last wrote the vector's address or data; nobody: it is as reset left it. */
  readonly message: 'host' | 'user' | 'nobody';
  readonly masked: boolean;
  /** Hardware checks it: what the user wrote reaches nothing that is not the function's own. */
  readonly filtered: boolean;
}

/** A BAR with an address since boot, of whichever function. */
export interface BootBar {
  /** `0000:01:01.0 BAR 0`. */
  readonly name: string;
  readonly start: number;
  /** As the kernel has it. */
  readonly size: number;
}

export interface Evidence {
  readonly facts: MsixFacts;
  readonly documented: ReadonlySet<Documented>;
  readonly bootBars: readonly BootBar[];
  /** The function's BARs as the kernel has them, once addresses are assigned. */
  readonly recorded: readonly (Recorded & { readonly bar: number })[];
  readonly alignments: readonly AlignmentRequest[];
  readonly opens: readonly Open[];
  readonly closes: readonly LastClose[];
  readonly decisions: readonly Decision[];
  readonly gates: readonly Gate[];
  readonly infos: readonly RegionInfo[];
  readonly mmaps: readonly Mmap[];
  readonly exposures: readonly Exposure[];
  readonly hotPlugs: readonly HotPlug[];
  readonly touches: readonly Touch[];
  readonly tableWrites: readonly TableWrite[];
  readonly tableAccesses: readonly TableAccess[];
  readonly fileAccesses: readonly FileAccess[];
  readonly barmapUses: readonly BarmapUse[];
  readonly regionChanges: readonly RegionChange[];
  readonly ioeventfdsAdded: readonly Ioeventfd[];
  readonly msixEnables: readonly MsixEnable[];
  readonly hostWrites: readonly HostWrite[];
  readonly interrupts: readonly Interrupt[];
  /** Set where the kernel walked a list that was never initialised, or followed a null pointer: in which function. */
  readonly oops: { readonly step: number; readonly function: string } | null;
}
