/**
 * What a world of the vfio-mmap series keeps for its claims to judge. Models write it, claims read it; neither knows
 * more of the other.
 */

import type { RefCount } from '../../harness/machine/events.ts';
import type { Process } from '../../harness/machine/process.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';
import type { Source } from '../../harness/model/source.ts';

export type Arch = 's390' | 'x86' | 'powerpc';

/** PROT_READ, PROT_WRITE, PROT_EXEC. */
export interface Protection {
  readonly read: boolean;
  readonly write: boolean;
  readonly exec: boolean;
}

export type VfioOperation =
  | { readonly kind: 'region_info'; readonly bar: number }
  | MapRequest
  | {
      readonly kind: 'touch';
      readonly map: string;
      readonly offset: number;
      readonly access: 'load' | 'store';
    }
  | MmioRequest
  | {
      readonly kind: 'pread' | 'pwrite';
      readonly bar: number;
      readonly pos: number;
      readonly count: number;
    }
  | { readonly kind: 'mprotect'; readonly map: string; readonly prot: Protection }
  | {
      readonly kind: 'munmap';
      readonly map: string;
      readonly offset: number;
      /** Null: to the end of the mapping. */
      readonly length: number | null;
    }
  | {
      readonly kind: 'memory_disable' | 'memory_enable' | 'reset' | 'open' | 'close' | 'fork' | 'power_off';
    };

export interface MapRequest {
  readonly kind: 'mmap';
  /** The device, or /dev/mem: another VM_PFNMAP mapping, whose page frames are no PCI cookies. */
  readonly file: 'device' | 'mem';
  /** VFIO region index; of no meaning for /dev/mem. */
  readonly bar: number;
  readonly offset: number;
  readonly length: number;
  readonly prot: Protection;
  readonly private: boolean;
  /** The name it gets, or null. */
  readonly as: string | null;
}

export interface MmioRequest {
  readonly kind: 'mmio_read' | 'mmio_write';
  readonly map: string;
  readonly offset: number;
  readonly length: number;
  /** The caller's data buffer: mapped or unmapped. */
  readonly buffer: 'ok' | 'bad';
}

/** One BAR of the function. Size 0: it does not exist. */
export interface BarShape {
  readonly size: number;
  readonly type: 'mem' | 'io';
  /** Offset of its first byte in its page. */
  readonly start: number;
  /** Whether something else owns a part of the page that a sub-page BAR begins. */
  readonly neighbour: boolean;
  /** Whether it holds the MSI-X table. */
  readonly msix: boolean;
}

/** Why vfio does not offer a BAR for mmap; null: it does. In the order in which vfio_pci_probe_mmaps asks. */
export type NotMappable =
  /** pdev->non_mappable_bars (v5 and later). */
  | 'non-mappable'
  /** CONFIG_VFIO_PCI_MMAP is off. */
  | 'config'
  | 'io'
  | 'empty'
  /** Larger than the ioremap area (patch 2/3 of v1 to v3). */
  | 'oversized'
  /** Smaller than a page, and not aligned to one or sharing it. */
  | 'sub-page';

/** What is so before the first operation, and does not change. */
export interface VfioFacts {
  readonly arch: Arch;
  /** s390: the static key have_mio. */
  readonly haveMio: boolean;
  /** s390: zpci_is_enabled(). */
  readonly zpciEnabled: boolean;
  /** An ISM function; s390 alone has them. */
  readonly ism: boolean;
  /** Indexed by BAR number, six of them. */
  readonly bars: readonly BarShape[];
  /** Bytes that ioremap has; a mapping needs one guard page besides. */
  readonly ioremapArea: number;
  /** Whether the process answers the request to let go of the device. */
  readonly ownerCooperates: boolean;
  /** Whether kmalloc of more than 64 bytes fails in the s390 system calls. */
  readonly allocationsFail: boolean;
  /** PCI_COMMAND_MEMORY when the scenario begins. */
  readonly memoryEnabled: boolean;
}

/**
 * What this kernel goes by. `size`: BARs beyond the ioremap area are not offered. `device`: ISM functions are not.
 * `none`: nothing but the Kconfig option, if that.
 */
export type ExclusionRule = 'none' | 'size' | 'device';

/** A mapping as mmap(2) made it, or as fork(2) inherited it. */
export interface Mapping {
  /** Counts up over all processes in the order of creation. */
  readonly id: number;
  readonly step: number;
  /** The mmap or fork that made it. */
  readonly call: Call;
  readonly process: Process;
  /** Null for /dev/mem. */
  readonly bar: number | null;
  /** First byte in the region. */
  readonly offset: number;
  /** Whole pages, in bytes. */
  readonly length: number;
  /** What it was inherited from; null for one made by mmap. */
  readonly inherited: Mapping | null;
}

/** One access that reached the function. */
export interface DeviceAccess {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly via: 'syscall' | 'cpu' | 'pread or pwrite';
  readonly insn: 'pcilg' | 'pcistg' | 'pcistb' | 'pcilgi' | 'pcistgi' | 'pcistbi' | 'load' | 'store';
  readonly iswrite: boolean;
  readonly bar: number;
  /** Offset in the BAR. */
  readonly offset: number;
  readonly len: number;
  /** Null for pread and pwrite, which go through the kernel's own mapping. */
  readonly mapping: Mapping | null;
  /** False where the function does not understand the instruction (MIO for an ISM function): nothing happened. */
  readonly done: boolean;
  /** Whether PCI_COMMAND_MEMORY was set at that moment. */
  readonly memoryEnabled: boolean;
  /** Whether the user's page table still had the page at that moment; true for pread and pwrite. */
  readonly present: boolean;
}

/**
 * One s390_pci_mmio_read or s390_pci_mmio_write (every one on s390), as far as it got. On a MIO host there is no lookup and no follow:
 * the instruction itself is the whole call.
 */
export interface MmioCall {
  readonly call: Call;
  readonly request: MmioRequest;
  /** What vma_lookup found: null before it, or if there was nothing. */
  mapping: Mapping | null;
  /** Protection of that VMA when it was checked. */
  prot: Protection | null;
  /** Calls of fixup_user_fault, and of follow_pte or follow_pfnmap_start. */
  fixups: number;
  follows: number;
  /** Whether the mmap lock was let go of between the lookup and the end of the access. */
  lockDropped: boolean;
  /** Whether it went on with a VMA that was no longer mapped by then. */
  staleVma: boolean;
  /** Bytes that the device took or gave. */
  bytes: number;
}

/** A page fault that reached vfio's handler. */
export interface Fault {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly mapping: Mapping;
  readonly result: 'nopage' | 'sigbus';
}

/** vm_flags_set() on a VMA: in the driver's mmap, and in its fault handler where that one does it too. */
export interface VmaFlagChange {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly mapping: Mapping;
  /** How this thread held the mmap lock. */
  readonly mmapLock: 'write' | 'read' | 'none';
}

/** Page table entries went, by memory disable, reset, munmap or mprotect. */
export interface Zap {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly mapping: Mapping;
  /** Pages of the mapping that were there: the first, and the one behind the last. */
  readonly start: number;
  readonly end: number;
}

/** A BAR as vfio-pci maps it for itself, with its resource requested: pread, pwrite and mmap need that. */
export interface KernelMapping {
  readonly bar: number;
  /** The step in which the last close undid it, or -1. */
  undone: number;
}

/** A call found a BAR mapped for the kernel, or mapped it. */
export interface BarUse {
  readonly call: Call;
  readonly bar: number;
}

/** mprotect(2) came by some pages: what they are left with, changed or not. */
export interface Protected {
  readonly call: Call;
  readonly mapping: Mapping;
  readonly start: number;
  readonly end: number;
  readonly prot: Protection;
}

/** Something that happened to the function, and the call that did it. */
export interface Deed {
  readonly step: number;
  readonly call: Call;
}

/** A process that a fork made. */
export interface Child extends Deed {
  readonly process: Process;
}

/** PCI_COMMAND_MEMORY was written through the config region. */
export interface CommandWrite extends Deed {
  readonly enabled: boolean;
}

/** Pages that one VMA has, and what it allows. */
export interface MappedPages {
  readonly mapping: Mapping;
  readonly start: number;
  readonly end: number;
  readonly prot: Protection;
  /** Whether it is still mapped: a pointer to one that is not is stale. */
  readonly mapped: boolean;
}

/** Pages that a page table has. */
export interface PresentPages {
  readonly mapping: Mapping;
  readonly start: number;
  readonly end: number;
}

/** A process as the execution left it. */
export interface ProcessEnd {
  readonly process: Process;
  /** Whether it has a descriptor of the device. */
  readonly hasDescriptor: boolean;
  readonly mappedPages: readonly MappedPages[];
  readonly presentPages: readonly PresentPages[];
}

/** An answer of VFIO_DEVICE_GET_REGION_INFO for a BAR. */
export interface RegionInfo {
  readonly step: number;
  readonly call: Call;
  readonly bar: number;
  readonly flags: number;
  /** Whether each interface lets user space map that BAR; null: this kernel has no such interface on this arch. */
  readonly interfaces: Interfaces;
}

export interface Interfaces {
  readonly vfio: boolean;
  /** Why vfio does not. */
  readonly reason: NotMappable | null;
  /** /sys/bus/pci/devices/../resourceN. */
  readonly sysfs: boolean | null;
  /** /proc/bus/pci. */
  readonly procfs: boolean | null;
}

/** A state's build on one architecture that cited facts say fails. */
export interface BuildFailure {
  readonly arch: Arch;
  /** What it needs to show, such as `CONFIG_VFIO_PCI_CORE=m`. */
  readonly config: string;
  readonly error: string;
  readonly source: Source;
}

/** What claims about a state may ask of its kernel: no execution decides these. */
export interface BuildFacts {
  /** Empty: it builds on all. */
  readonly buildFailures: readonly BuildFailure[];
}

export interface Evidence {
  readonly facts: VfioFacts;
  readonly exclusion: ExclusionRule;
  /** What vfio_pci_probe_mmaps answered for BAR 0 to 5 when the device was opened. */
  readonly notMappable: readonly (NotMappable | null)[];
  /** Every mapping that came about, failed mmaps not among them. */
  readonly mappings: readonly Mapping[];
  readonly accesses: readonly DeviceAccess[];
  readonly mmioCalls: readonly MmioCall[];
  readonly faults: readonly Fault[];
  readonly flagChanges: readonly VmaFlagChange[];
  readonly zaps: readonly Zap[];
  readonly regionInfos: readonly RegionInfo[];
  readonly kernelMappings: readonly KernelMapping[];
  readonly barUses: readonly BarUse[];
  readonly protections: readonly Protected[];
  readonly commandWrites: readonly CommandWrite[];
  /** The function was reset, by whatever call. */
  readonly resets: readonly Deed[];
  /** Forks that made a child. */
  readonly children: readonly Child[];
  /** The slot was switched off. */
  readonly deconfigurations: readonly Deed[];
  /** Waited for by the remove path. */
  readonly released: RefCount;

  // What the execution left, for claims that look at its end.

  /** First the one that had the device open from the beginning. */
  readonly processes: readonly ProcessEnd[];
  /** What vfio would look through to take mappings away: its list, or what hangs on the inode. */
  readonly knownToVfio: readonly MappedPages[];
  /** Whether the device counts as open: from the first open to the last close. */
  readonly deviceEnabled: boolean;
  /** How often user space was asked to let go of the device. */
  readonly requestsSent: number;
}
