/** Faults and slots. Source: arch/arm64/kvm/mmu.c of v6.8 and virt/kvm/kvm_main.c. */
import { EAGAIN, EFAULT, EINVAL, EPERM } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import {
  EXIT_MMIO,
  type GuestAccessRequest,
  INSTRUCTION_ABORT,
  type Prot,
} from '../../properties/s2-memattr/evidence.ts';
import type { Abort, TypeBits, Vma } from './kernel.ts';
import { ENOEXEC, kvm_is_device_pfn } from './layout.ts';
import type { Stage2Entry } from './stage2-entry.ts';
import { type MemAttrWorld, mapsAtOnce } from './world.ts';

export const DEVICE: TypeBits = { device: true, normalNc: false, exec: false };
export const NORMAL_NC: TypeBits = { device: false, normalNc: true, exec: false };
const NORMAL: TypeBits = { device: false, normalNc: false, exec: false };
const NORMAL_EXEC: TypeBits = { device: false, normalNc: false, exec: true };

/**
 * A stage-2 fault, from the exit of the guest to its entry: 0 where it is to try again, what KVM_RUN returns, or what
 * the guest gets.
 */
export function* kvm_handle_guest_abort(
  t: Thread,
  w: MemAttrWorld,
  request: GuestAccessRequest,
  entry: Stage2Entry,
  permission: boolean,
): CodePath<number> {
  const { page, access } = request;
  // No memory slot is there: an instruction abort, or user space emulates the access.
  if (page === 'gicv') return access === 'exec' ? INSTRUCTION_ABORT : EXIT_MMIO;
  const slot = page === 'slot0' ? 0 : 1;
  const { srcu, logging, mmuInvalidateInProgress } = w.kvm;
  yield srcu.acquireShared;
  yield logging[slot]!.read;
  // srcu_dereference_check() of __kvm_memslots().
  w.machine.assertHeld(srcu);
  const abort = newAbort(t, w, request, entry, permission, slot, logging[slot]!.value);
  const { fault } = abort;
  const ret = yield* w.kernel.user_mem_abort(t, w, abort);
  fault.ret = ret;
  yield srcu.releaseShared;
  // Linux has it fault again and again meanwhile.
  if (fault.retried) yield mmuInvalidateInProgress.wait;
  return ret === -ENOEXEC ? INSTRUCTION_ABORT : ret;
}

function newAbort(
  t: Thread,
  w: MemAttrWorld,
  { access }: GuestAccessRequest,
  { page }: Stage2Entry,
  permission: boolean,
  slot: number,
  logging: boolean,
): Abort {
  const fault = {
    step: w.machine.steps,
    thread: t,
    call: t.call!,
    page,
    access,
    logging,
    kind: permission ? ('permission' as const) : ('translation' as const),
    sampled: null,
    flag: false,
    mmuSeq: null,
    vmaUsedAfterUnlock: false,
    supplier: null,
    devicePfn: false,
    prot: null,
    retried: false,
    dirtied: false,
    ret: null,
  };
  w.stage2Faults.push(fault);
  return {
    fault,
    slot,
    hostType: 'normal',
    pfnmap: false,
    ncAllowed: false,
    writable: false,
  };
}

export function* user_mem_abort(t: Thread, w: MemAttrWorld, abort: Abort): CodePath<number> {
  const { kernel, mm } = w;
  const { fault, slot } = abort;
  yield mm.mmapLock.acquireShared;
  yield mm.vmas[slot]!.read;
  w.machine.assertHeld(mm.mmapLock);
  const vma = mm.vmas[slot]!.value;
  if (vma === null) {
    yield mm.mmapLock.releaseShared;
    return -EFAULT;
  }
  fault.sampled = vma.mapping;
  yield* kernel.sample_vma(t, w, abort, vma);
  yield* kernel.read_mmu_seq_and_unlock(t, w, abort, vma);

  let ret = yield* kernel.__gfn_to_pfn_memslot(t, w, abort);
  if (ret < 0) return ret;
  ret = kernel.check_pfn(w, abort);
  if (ret < 0) return ret;
  return yield* stage2_fault_lock(t, w, abort);
}

/** What it does with mmu_lock held, and the accounting after it. */
export function* stage2_fault_lock(t: Thread, w: MemAttrWorld, abort: Abort): CodePath<number> {
  const { kernel, kvm } = w;
  const { fault } = abort;
  yield kvm.mmuLock.acquireShared;
  if (yield* kernel.mmu_invalidate_retry(t, w, fault.mmuSeq!)) {
    fault.retried = true;
    yield kvm.mmuLock.releaseShared;
    return 0;
  }
  let ret = kernel.check_under_mmu_lock(w, abort);
  if (ret === 0) {
    const prot = protOf(w, abort);
    fault.prot = prot;
    const entry = w.entryOf(fault.page);
    if (fault.kind === 'permission') {
      ret = yield* kernel.kvm_pgtable_stage2_relax_perms(t, w, entry, fault, prot);
    } else {
      const { devicePfn } = fault;
      const { pageFrame } = fault.supplier!;
      const leaf = { pageFrame, devicePfn, fault, handlesFault: true };
      ret = yield* kernel.kvm_pgtable_stage2_map(t, w, entry, leaf, prot);
    }
  }
  // mark_page_dirty_in_slot(): the slot and its bitmap go with the grace period of srcu.
  w.machine.assertHeld(kvm.srcu);
  // Only of a fault that was handled successfully: 509552e65ae8.
  fault.dirtied = abort.writable && ret === 0 && fault.logging;
  yield kvm.mmuLock.releaseShared;
  return ret === -EAGAIN ? 0 : ret;
}

function protOf(w: MemAttrWorld, abort: Abort): Prot {
  const { device, normalNc, exec } = w.kernel.stage2_memory_type(w, abort);
  return {
    read: true,
    write: abort.writable,
    exec: exec || abort.fault.access === 'exec',
    device,
    normalNc,
  };
}

/** v6.8 has nothing to keep of the VMA that this model knows. */
export function* sample_vma(): CodePath<void> {}

/** The unlock is the barrier that keeps this read before the lookup of the page frame (13ec9308a857, v6.3). */
export function* read_mmu_seq_and_unlock(_t: Thread, w: MemAttrWorld, { fault }: Abort): CodePath<void> {
  yield w.kvm.mmuInvalidateSeq.read;
  fault.mmuSeq = w.kvm.mmuInvalidateSeq.value;
  yield w.mm.mmapLock.releaseShared;
}

/** Device memory is not executed; other memory is write-protected while its writes are logged. */
export function check_pfn(_w: MemAttrWorld, abort: Abort): number {
  const { access, devicePfn, logging } = abort.fault;
  if (!devicePfn && logging && access !== 'write') abort.writable = false;
  return access === 'exec' && devicePfn ? -ENOEXEC : 0;
}

export function* mmu_invalidate_retry(_t: Thread, w: MemAttrWorld, mmuSeq: number): CodePath<boolean> {
  const { mmuInvalidateInProgress, mmuInvalidateSeq } = w.kvm;
  if (mmuInvalidateInProgress.count > 0) return true;
  yield mmuInvalidateSeq.read;
  return mmuInvalidateSeq.value !== mmuSeq;
}

/** What is no device's: executable at once where that needs no maintenance. */
export const ofMemory = ({ facts }: MemAttrWorld): TypeBits => (facts.cacheDic ? NORMAL_EXEC : NORMAL);

/** For page frames that are no memory a rule of its own. */
export const ofDevices =
  (choose: (abort: Abort) => TypeBits) =>
  (w: MemAttrWorld, abort: Abort): TypeBits =>
    abort.fault.devicePfn ? choose(abort) : ofMemory(w);

/** v6.8: the page frame decides, and nothing else. */
export const stage2_memory_type = ofDevices(() => DEVICE);

/** vgic_v2_map_resources() asks for the page of the virtual CPU interface. */
export function* kvm_phys_addr_ioremap(t: Thread, w: MemAttrWorld): CodePath<number> {
  if (w.facts.pkvm) return -EPERM;
  const { device, normalNc, exec } = w.kernel.ioremapType;
  const prot: Prot = { read: true, write: true, exec, device, normalNc };
  const leaf = { pageFrame: 'GICV', devicePfn: true, fault: null, handlesFault: false } as const;
  yield w.kvm.mmuLock.acquire;
  const ret = yield* w.kernel.kvm_pgtable_stage2_map(t, w, w.entryOf('gicv'), leaf, prot);
  yield w.kvm.mmuLock.release;
  return ret;
}

/** KVM_SET_USER_MEMORY_REGION with other flags for a slot that is there. */
export function* kvm_set_memory_region(
  t: Thread,
  w: MemAttrWorld,
  slot: number,
  logging: boolean,
): CodePath<number> {
  const { slotsLock } = w.kvm;
  yield slotsLock.acquire;
  const ret = yield* changeSlot(t, w, slot, logging);
  yield slotsLock.release;
  return ret;
}

function* changeSlot(t: Thread, w: MemAttrWorld, slot: number, logging: boolean): CodePath<number> {
  const { kernel } = w;
  const { srcu, slotsLock } = w.kvm;
  const flags = w.kvm.logging[slot]!;
  yield flags.read;
  // srcu_dereference_check() of __kvm_memslots() asks for srcu or for this.
  w.machine.assertHeld(slotsLock);
  if (flags.value === logging) return 0;
  const ret = yield* kernel.kvm_arch_prepare_memory_region(t, w, slot, logging);
  if (ret < 0) return ret;
  yield flags.write;
  flags.value = logging;
  w.machine.assertHeld(slotsLock);
  w.slotChanges.push({ step: w.machine.steps, call: t.call!, slot, logging });
  // synchronize_srcu_expedited(): nobody goes by the old flags any more.
  yield srcu.acquire;
  yield srcu.release;
  if (logging) yield* kernel.kvm_mmu_wp_memory_region(t, w, slot);
  return 0;
}

export function* kvm_arch_prepare_memory_region(
  _t: Thread,
  w: MemAttrWorld,
  slot: number,
  logging: boolean,
): CodePath<number> {
  const { mmapLock, vmas } = w.mm;
  yield mmapLock.acquireShared;
  yield vmas[slot]!.read;
  // mmap_assert_locked() of find_vma_intersection().
  w.machine.assertHeld(mmapLock);
  const vma = vmas[slot]!.value;
  const refused = vma?.mapping.pfnmap === true && (logging || w.kernel.refusesSlotOver(w, vma));
  yield mmapLock.releaseShared;
  return refused ? -EINVAL : 0;
}

export function* kvm_mmu_wp_memory_region(t: Thread, w: MemAttrWorld, slot: number): CodePath<void> {
  const entry = w.entries[slot]!;
  const { mmuLock, slotsLock } = w.kvm;
  yield mmuLock.acquire;
  yield entry.update;
  // Linux says so above it: "Called with kvm->slots_lock mutex acquired". Nobody else walks the tables.
  w.machine.assertHeld(slotsLock);
  w.machine.assertHeld(mmuLock, true);
  const { leaf } = entry;
  if (leaf?.write === true) w.setLeaf(t, entry, 'protect', { ...leaf, write: false });
  yield mmuLock.release;
}

/** __gfn_to_pfn_memslot() and hva_to_pfn(): looks the VMA up for itself. */
export function* __gfn_to_pfn_memslot(t: Thread, w: MemAttrWorld, abort: Abort): CodePath<number> {
  const { mmapLock, vmas } = w.mm;
  const { fault, slot } = abort;
  yield mmapLock.acquireShared;
  yield vmas[slot]!.read;
  w.machine.assertHeld(mmapLock);
  const vma = vmas[slot]!.value;
  const ret = vma === null ? -EFAULT : yield* hva_to_pfn(t, w, abort, vma);
  if (ret === 0) {
    fault.supplier = vma!.mapping;
    fault.devicePfn = kvm_is_device_pfn(vma!.mapping.pageFrame);
  }
  yield mmapLock.releaseShared;
  return ret;
}

/**
 * Of VM_PFNMAP the PTE is followed, and only where there is none does the driver's fault handler come in (once): a PTE
 * that is zapped between the two is -EFAULT.
 */
function* hva_to_pfn(t: Thread, w: MemAttrWorld, abort: Abort, vma: Vma): CodePath<number> {
  const pte = w.mm.ptes[abort.slot]!;
  const write = abort.fault.access === 'write';
  yield pte.read;
  // follow_pte() and the fault handlers want the VMA to stay.
  w.machine.assertHeld(w.mm.mmapLock);
  if (pte.value === null) {
    // vma_permits_fault()
    if (write && !vma.writable) return -EFAULT;
    yield* faultIn(t, w, vma);
    yield pte.read;
    if (pte.value === null) return -EFAULT;
  }
  if (write && !pte.value.writable) return -EFAULT;
  abort.writable = pte.value.writable;
  return 0;
}

function* faultIn(t: Thread, w: MemAttrWorld, vma: Vma): CodePath<void> {
  const { mapping, writable } = vma;
  if (!mapping.pfnmap) {
    const pte = w.mm.ptes[mapping.hva]!;
    yield pte.write;
    pte.value = { mapping, writable };
  } else if (!mapsAtOnce(mapping.backing)) {
    yield* w.kernel.vfio_pci_mmap_fault(t, w, vma);
  }
}
