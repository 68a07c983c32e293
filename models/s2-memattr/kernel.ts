import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type {
  Backing,
  GuestAccessRequest,
  HostType,
  Leaf,
  Mapping,
  MemAttrOperation,
  Prot,
  Stage2Fault,
} from '../../properties/s2-memattr/evidence.ts';
import type { Encoder } from './encoder.ts';
import type { Stage2Entry } from './stage2-entry.ts';
import type { MemAttrWorld } from './world.ts';

export type Path<A extends unknown[], T = number> = (t: Thread, w: MemAttrWorld, ...args: A) => CodePath<T>;

/** `struct vm_area_struct`; mprotect replaces it. */
export interface Vma {
  readonly mapping: Mapping;
  /** VM_WRITE. */
  readonly writable: boolean;
}

/** The local variables of one user_mem_abort, as far as its parts share them. */
export interface Abort {
  readonly fault: Stage2Fault;
  readonly slot: number;
  /** What was sampled with the mmap lock held: vm_page_prot, VM_PFNMAP, and the opt-in of alt-ioctl. */
  hostType: HostType;
  pfnmap: boolean;
  ncAllowed: boolean;
  writable: boolean;
}

/** The bits of enum kvm_pgtable_prot that say a memory type, and X. */
export type TypeBits = Pick<Prot, 'device' | 'normalNc' | 'exec'>;

/**
 * The modelled code, each function under its name in Linux. Patches replace entries, and add or remove the optional
 * ones. Parts of functions that a patch changes have names of ours, and a comment that says what they are.
 */
export interface MemAttrKernel {
  /** From an operation of a scenario to the code path it runs. */
  dispatch: (t: Thread, w: MemAttrWorld, operation: MemAttrOperation) => CodePath<number | null>;

  // The guest.
  guest_access: Path<[request: GuestAccessRequest]>;

  // arch/arm64/kvm/mmu.c
  kvm_handle_guest_abort: Path<[request: GuestAccessRequest, entry: Stage2Entry, permission: boolean]>;
  user_mem_abort: Path<[abort: Abort]>;
  /** The part of it that looks at the VMA, with the mmap lock held. */
  sample_vma: Path<[abort: Abort, vma: Vma], void>;
  /** The part of it from there to mmap_read_unlock(). */
  read_mmu_seq_and_unlock: Path<[abort: Abort, vma: Vma], void>;
  /** The part of it between the page frame and mmu_lock: 0, or -errno. */
  check_pfn: (w: MemAttrWorld, abort: Abort) => number;
  mmu_invalidate_retry: Path<[mmuSeq: number], boolean>;
  /** The part of it with mmu_lock held, before the permissions are put together: 0, or -errno. */
  check_under_mmu_lock: (w: MemAttrWorld, abort: Abort) => number;
  /** The part of it that chooses the type, and X where no exec fault asks for it. */
  stage2_memory_type: (w: MemAttrWorld, abort: Abort) => TypeBits;
  kvm_phys_addr_ioremap: Path<[]>;
  /** What it asks for besides read and write. */
  ioremapType: TypeBits;
  kvm_arch_prepare_memory_region: Path<[slot: number, logging: boolean]>;
  /** Whether a slot over a VMA with VM_PFNMAP is refused for what the VMA is mapped as. */
  refusesSlotOver: (w: MemAttrWorld, vma: Vma) => boolean;
  /** Cacheable mappings of VM_PFNMAP stay cacheable (v6.17). */
  mapsCacheablePfnmap: boolean;
  /** alt-reject: what would be another type at stage 2 than in the VMM is refused where nothing says that it may be. */
  refusesMismatches: boolean;
  kvm_mmu_wp_memory_region: Path<[slot: number], void>;

  // arch/arm64/kvm/hyp
  stage2_set_prot_attr: Encoder;
  /** Whether the encoder knows KVM_PGTABLE_PROT_NORMAL_NC. */
  hasNormalNc: boolean;
  kvm_pgtable_stage2_map: Path<[entry: Stage2Entry, leaf: NewLeaf, prot: Prot]>;
  kvm_pgtable_stage2_relax_perms: Path<[entry: Stage2Entry, fault: Stage2Fault, prot: Prot]>;
  host_stage2_idmap: Path<[]>;

  // virt/kvm/kvm_main.c
  kvm_set_memory_region: Path<[slot: number, logging: boolean]>;
  /** `gone`: what munmap takes away; null where the VMA stays. */
  kvm_mmu_notifier_invalidate_range_start: Path<[hva: number, gone: Mapping | null], void>;
  kvm_mmu_notifier_invalidate_range_end: Path<[], void>;
  /** 0 with the page frame in the fault, or -EFAULT. */
  __gfn_to_pfn_memslot: Path<[abort: Abort]>;
  /** The ioctl of alt-ioctl. */
  kvm_vm_ioctl_allow_nc?: Path<[]>;

  // mm
  ksys_mmap_pgoff: Path<[hva: number, backing: Backing, writable: boolean]>;
  do_munmap: Path<[hva: number]>;
  do_mprotect: Path<[hva: number, writable: boolean]>;
  /** Whether mm.h gives the VMA flag a bit, where there is room for it. */
  flagHasBit: boolean;
  /** What the drivers map that set it: all that vfio_pci_core_mmap() does, or nvgrace-gpu's own. */
  setsFlag: readonly Backing[];
  /** alt-fd: slots are backed by files, and the VMM has no mapping of them. */
  fdBacked: boolean;

  // drivers/vfio
  vfio_pci_mmap_fault: Path<[vma: Vma], void>;
  vfio_pci_zap_and_down_write_memory_lock: Path<[], void>;
  vfio_basic_config_write: Path<[enable: boolean]>;
  vfio_pci_ioctl_reset: Path<[]>;
  vfio_platform_call_reset: Path<[]>;
}

/** What a stage-2 entry is to map, before its attributes are encoded. */
export interface NewLeaf extends Pick<Leaf, 'pageFrame' | 'devicePfn' | 'fault'> {
  /** KVM_PGTABLE_WALK_HANDLE_FAULT: that nothing has to be done is -EAGAIN to such a walk, and 0 to others. */
  readonly handlesFault: boolean;
}
