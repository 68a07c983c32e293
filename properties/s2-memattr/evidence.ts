/**
 * What a world of the s2-memattr series keeps for its claims to judge. Models write it, claims read it; neither knows
 * more of the other.
 */

import type { Call, Thread } from '../../harness/machine/thread.ts';

/** The guest's pages: one for each memory slot, and that of the virtual GIC CPU interface, which is in no slot. */
export type GuestPage = 'slot0' | 'slot1' | 'gicv';

/** What the guest says in its own tables (stage 1). `mmu-off`: it has none; data accesses are Device-nGnRnE then. */
export type Stage1 =
  | 'normal-wb'
  | 'normal-wt'
  | 'normal-nc'
  | 'device-GRE'
  | 'device-nGRE'
  | 'device-nGnRE'
  | 'device-nGnRnE'
  | 'mmu-off';

/**
 * MemAttr of a stage-2 entry, by what it means. `any` is 0b111 of FWB, where the guest may choose cacheable too.
 * `uninitialised`: the encoder wrote what the variable happened to hold, and said that all was well.
 */
export type MemAttr = 'normal' | 'normal-nc' | 'device-nGnRE' | 'any' | 'uninitialised';

/** What both stages come to; `unknown` where stage 2 is uninitialised. */
export type MemoryType = Exclude<Stage1, 'mmu-off'> | 'unknown';

/** enum kvm_pgtable_prot. */
export interface Prot {
  readonly read: boolean;
  readonly write: boolean;
  readonly exec: boolean;
  /** KVM_PGTABLE_PROT_DEVICE. */
  readonly device: boolean;
  /** KVM_PGTABLE_PROT_NORMAL_NC; a kernel without that bit ignores it. */
  readonly normalNc: boolean;
}

/**
 * What user space maps at an address under a slot. All but `ram` are VM_PFNMAP.
 *
 * - `pci`: a BAR through vfio-pci, noncached. `platform`: MMIO through vfio-platform, noncached.
 * - `mem`, `resource_wc`: the page frame of that same BAR, through /dev/mem (noncached) and sysfs resourceN_wc
 *   (write-combining).
 * - `cacheable`: MMIO that some other driver maps with a cacheable protection.
 * - `usemem`, `resmem`: GPU memory through nvgrace-gpu, cacheable and write-combining.
 * - `vfio_ram`: a region of a variant driver of vfio-pci, whose page frames memblock knows as memory.
 * - `ram`: anonymous memory.
 */
export type Backing =
  | 'pci'
  | 'platform'
  | 'mem'
  | 'resource_wc'
  | 'cacheable'
  | 'usemem'
  | 'resmem'
  | 'vfio_ram'
  | 'ram';

/** Type of the VMM's own mapping: vma->vm_page_prot. */
export type HostType = 'device-nGnRnE' | 'normal-nc' | 'normal';

/** A page of physical memory. Aliases of a BAR have the same one. */
export type PageFrame = 'PCI BAR' | 'platform MMIO' | 'other MMIO' | 'GPU memory' | 'memory' | 'GICV';

export type MemAttrOperation =
  | GuestAccessRequest
  | { readonly kind: 'mmap'; readonly hva: number; readonly backing: Backing; readonly writable: boolean }
  | { readonly kind: 'munmap'; readonly hva: number }
  | { readonly kind: 'mprotect'; readonly hva: number; readonly writable: boolean }
  | { readonly kind: 'memory_disable' | 'memory_enable' }
  | { readonly kind: 'reset'; readonly device: ResettableDevice }
  | { readonly kind: 'allow_nc' }
  | { readonly kind: 'set_memslot'; readonly slot: number; readonly logging: boolean }
  | { readonly kind: 'set_prot_attr'; readonly prot: Prot }
  | { readonly kind: 'map_gicv' | 'host_mmio' };

export type ResettableDevice = 'pci' | 'platform';

export interface GuestAccessRequest {
  readonly kind: 'guest_access';
  readonly page: GuestPage;
  readonly access: 'read' | 'write' | 'exec';
  readonly stage1: Stage1;
  /** Never of a fetch. */
  readonly unaligned: boolean;
}

/** What is so before the first operation, and does not change. */
export interface MemAttrFacts {
  /** ARM64_HAS_STAGE2_FWB, and KVM_PGTABLE_S2_NOFWB not set. */
  readonly fwb: boolean;
  /** ARM64_HAS_CACHE_DIC. */
  readonly cacheDic: boolean;
  /** CONFIG_64BIT: without it the VMA flag is VM_NONE. */
  readonly is64bit: boolean;
  /** is_protected_kvm_enabled(). */
  readonly pkvm: boolean;
  /** Backings under slot 0 and slot 1 when the scenario begins; null: nothing is mapped there. */
  readonly backings: readonly (Backing | null)[];
}

/** A VMA as mmap(2) made it; mprotect keeps it. Frozen but for `gone`. */
export interface Mapping {
  /** Counts up in the order of creation. */
  readonly id: number;
  /** -1 for one that was there before the scenario. */
  readonly step: number;
  readonly hva: number;
  readonly backing: Backing;
  readonly pageFrame: PageFrame;
  /** VM_PFNMAP. */
  readonly pfnmap: boolean;
  /** vm_page_prot. */
  readonly hostType: HostType;
  /** Whether vm_flags has VM_VFIO_ALLOW_WC, later VM_ALLOW_ANY_UNCACHED: as this kernel's drivers set it. */
  readonly flag: boolean;
  /**
   * Set by munmap (or an mmap over it) in the step in which the MMU notifier has taken its stage-2 entry away. No entry
   * that comes from it may be used from then on.
   */
  gone: boolean;
}

/** A stage-2 entry that is valid. */
export interface Leaf {
  readonly attr: MemAttr;
  readonly read: boolean;
  readonly write: boolean;
  readonly exec: boolean;
  readonly pageFrame: PageFrame;
  /** kvm_is_device_pfn() of it: not memory that memblock knows. True for GICV. */
  readonly devicePfn: boolean;
  /** The fault that put it in; null for GICV. */
  readonly fault: Stage2Fault | null;
}

/** One pass through user_mem_abort, as far as it got. A guest access that is retried makes several. */
export interface Stage2Fault {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly page: GuestPage;
  readonly access: 'read' | 'write' | 'exec';
  /** memslot_is_logging(): KVM_MEM_LOG_DIRTY_PAGES, as it was read with srcu held. */
  readonly logging: boolean;
  readonly kind: 'translation' | 'permission';
  /** The VMA that was looked up first, from which the flag was sampled. Null before, or if there was none. */
  sampled: Mapping | null;
  /** The flag as this kernel's user_mem_abort has it in its variable; false where it samples none. */
  flag: boolean;
  /** kvm->mmu_invalidate_seq as it was read; null before. */
  mmuSeq: number | null;
  /** Whether the VMA was looked at once more after mmap_read_unlock(). */
  vmaUsedAfterUnlock: boolean;
  /** The VMA that the page frame came from, which was looked up for itself. Null before, or where that failed. */
  supplier: Mapping | null;
  /** kvm_is_device_pfn() of that page frame. */
  devicePfn: boolean;
  /** What was asked of the page tables; null if it did not come to that. */
  prot: Prot | null;
  /** Whether mmu_invalidate_retry() sent it back. */
  retried: boolean;
  /** Whether the page was marked dirty in the slot's bitmap. */
  dirtied: boolean;
  /** What user_mem_abort returned; null while it has not. 0 also where the guest just tries again. */
  ret: number | null;
}

/**
 * A change of a stage-2 entry. Those of one page are in the order in which they happened; of two pages either may come
 * first.
 *
 * - `break`: made invalid and locked before another value comes in. `tlbi`: whether the TLB was told.
 * - `map`: the new value. `relax`: more permissions. `protect`: write permission taken by dirty logging.
 * - `unmap`: by the MMU notifier.
 */
export interface LeafChange {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly page: GuestPage;
  readonly kind: 'break' | 'map' | 'relax' | 'protect' | 'unmap';
  /** Null: invalid. */
  readonly before: Leaf | null;
  readonly after: Leaf | null;
  readonly tlbi: boolean;
  /** The fault for which it was made; null for others. */
  readonly fault: Stage2Fault | null;
  /** Cache maintenance to the point of coherency. */
  readonly cleaned: boolean;
}

/**
 * An access of the guest that found a valid stage-2 entry with the permission it needs. One that faults in stage 1 is
 * none: nobody but the guest hears of it.
 */
export interface GuestAccess {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly request: GuestAccessRequest;
  readonly leaf: Leaf;
  /** What stage 1 and stage 2 come to. */
  readonly type: MemoryType;
  /** False: an alignment fault of stage 2, since it is unaligned and stage 2 makes Device of what stage 1 has Normal. */
  readonly done: boolean;
  /** Whether the VMA that the entry came from was gone by then: see Mapping.gone. Of no meaning for GICV: false. */
  readonly stale: boolean;
  /** Whether PCI_COMMAND_MEMORY was set at that moment. */
  readonly memoryEnabled: boolean;
}

/** What stage2_set_prot_attr() came to, whoever called it. Those of different steps have no order. */
export interface Encoding {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  /** `direct`: the operation set_prot_attr, and so any prot. */
  readonly caller: 'user_mem_abort' | 'kvm_phys_addr_ioremap' | 'host stage 2' | 'direct';
  readonly prot: Prot;
  readonly ret: number;
  /** What it wrote; null where it failed and wrote nothing. */
  readonly attr: MemAttr | null;
  /** Whether what it wrote is executable. */
  readonly exec: boolean;
  /** WARN_ON_ONCE. */
  readonly warned: boolean;
}

/** What user space has at an address under a slot, once munmap, mmap or mprotect is through with it. */
export interface VmaChange {
  readonly step: number;
  readonly call: Call;
  readonly hva: number;
  /** Null: nothing. */
  readonly mapping: Mapping | null;
  /** VM_WRITE; false where there is nothing. */
  readonly writable: boolean;
}

/** Other flags of a memory slot, from the moment at which a fault can find them. */
export interface SlotChange {
  readonly step: number;
  readonly call: Call;
  readonly slot: number;
  /** KVM_MEM_LOG_DIRTY_PAGES. */
  readonly logging: boolean;
}

/** A write of PCI_COMMAND_MEMORY. */
export interface CommandWrite {
  readonly step: number;
  readonly call: Call;
  readonly enable: boolean;
}

/** A BUG_ON or KVM_BUG_ON that fired. */
export interface KernelBug {
  readonly step: number;
  readonly thread: Thread;
  /** Its condition. */
  readonly condition: string;
}

/** A reset of a device by its driver. */
export interface Reset {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly device: ResettableDevice;
  /** Writes of the guest to that device that may still be on their way when the reset is complete. */
  readonly inFlight: readonly GuestAccess[];
  /** Of vfio-pci: guest pages whose stage-2 entries still map it at that moment. */
  readonly mapped: readonly GuestPage[];
}

export interface Evidence {
  readonly facts: MemAttrFacts;
  /** What the kernel goes by: whether it can encode Normal-NC, and whether vfio-pci sets the flag (64-bit). */
  readonly hasNormalNc: boolean;
  readonly vfioPciSetsFlag: boolean;
  /** Whether it means to map what user space maps cacheable so, memory or not, where the CPUs allow it (v6.17). */
  readonly mapsCacheablePfnmap: boolean;
  /** alt-reject: a VMA without the flag that is mapped otherwise than Device is refused a device page frame. */
  readonly refusesMismatches: boolean;
  /** alt-fd: slots are backed by files, which are those that are there at the beginning, and VMAs are nothing to them. */
  readonly fdBacked: boolean;
  /** alt-ioctl: whether there is the ioctl with which the VMM allows Normal-NC. */
  readonly hasOptIn: boolean;
  readonly mappings: readonly Mapping[];
  readonly stage2Faults: readonly Stage2Fault[];
  readonly leafChanges: readonly LeafChange[];
  readonly guestAccesses: readonly GuestAccess[];
  readonly encodings: readonly Encoding[];
  readonly resets: readonly Reset[];
  /** Those of one page in their order; each page begins with what was mapped before the first step. */
  readonly vmaChanges: readonly VmaChange[];
  /** Those of one slot in their order; slots begin without logging. */
  readonly slotChanges: readonly SlotChange[];
  /** In their order; memory is enabled at the beginning. */
  readonly commandWrites: readonly CommandWrite[];
  /** Calls that have allowed Normal-NC. */
  readonly optIns: readonly Call[];
  readonly bugs: readonly KernelBug[];
  /** The entry of each page as it is at the end. */
  readonly leafOf: (page: GuestPage) => Leaf | null;
}

/** What KVM_RUN, or the guest itself, gets from a `guest_access`, besides 0 (done) and negative errnos of KVM_RUN. */
export const EXIT_MMIO = 1;
export const INSTRUCTION_ABORT = 2;
export const ALIGNMENT_FAULT = 3;
