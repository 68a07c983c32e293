/** Known wrong variants. Nobody posted them; they are kept so that every claim has a state that breaks it. */
import { EAGAIN, EFAULT } from '../../../harness/machine/errno.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { Mapping, MemAttr } from '../../../properties/s2-memattr/evidence.ts';
import { type Encoded, type Encoder, NORMAL_NC } from '../encoder.ts';
import type { MemAttrKernel } from '../kernel.ts';
import { isCleaned, needsUpdate, newLeaf } from '../pgtable.ts';

function mutant(
  name: string,
  subject: string,
  note: string,
  apply: Patch<MemAttrKernel>['apply'],
): Patch<MemAttrKernel> {
  return { id: `mutant-${name}`, subject, source: { status: 'mutant', note }, apply };
}

export const seqAfterUnlock = mutant(
  'seq-after-unlock',
  'user_mem_abort reads mmu_invalidate_seq after mmap_read_unlock, as before v6.3',
  'the stale flag: breaks the claim that Normal-NC is for page frames of flagged VMAs only',
  (kernel) => ({
    ...kernel,
    *read_mmu_seq_and_unlock(_t, w, { fault }) {
      yield w.mm.mmapLock.releaseShared;
      yield w.kvm.mmuInvalidateSeq.read;
      fault.mmuSeq = w.kvm.mmuInvalidateSeq.value;
    },
  }),
);

export const noRetry = mutant(
  'no-retry',
  'user_mem_abort does not call mmu_invalidate_retry',
  'breaks the claim that the guest uses nothing of a VMA that is gone',
  (kernel) => ({
    ...kernel,
    *mmu_invalidate_retry() {
      return false;
    },
  }),
);

export const vmaAfterUnlock = mutant(
  'vma-after-unlock',
  'user_mem_abort looks at the flag of the VMA after mmap_read_unlock',
  'breaks the claim that the VMA is not used after the unlock',
  (kernel) => ({
    ...kernel,
    *read_mmu_seq_and_unlock(t, w, abort, vma) {
      yield* kernel.read_mmu_seq_and_unlock(t, w, abort, vma);
      abort.fault.vmaUsedAfterUnlock = true;
      abort.fault.flag = vma.mapping.flag;
    },
  }),
);

export const flagInInt = mutant(
  'flag-in-int',
  'the flag is kept in an int, which has no bit 39',
  'breaks the claim that the guest can have Normal-NC of a vfio-pci BAR',
  (kernel) => ({ ...kernel, *sample_vma() {} }),
);

export const equalsFlag = mutant(
  'equals-flag',
  'the flag is tested with `== FLAG`, which VM_NONE always is',
  'breaks the claims about VMAs without the flag, on 32-bit',
  (kernel) => ({
    ...kernel,
    *sample_vma(_t, w, { fault }, { mapping }) {
      fault.flag = mapping.flag || !w.facts.is64bit;
    },
  }),
);

export const relaxByEncoder = mutant(
  'relax-by-encoder',
  'kvm_pgtable_stage2_relax_perms writes what stage2_set_prot_attr makes of R, W and X',
  'breaks the claim that a permission fault never changes the type',
  (kernel) => ({
    ...kernel,
    *kvm_pgtable_stage2_relax_perms(t, w, entry, fault, { read, write, exec }) {
      yield entry.update;
      const { leaf } = entry;
      if (leaf === null) return -EAGAIN;
      const prot = { read, write, exec, device: false, normalNc: false };
      const { attr, ret } = w.encode(t, 'user_mem_abort', prot);
      if (attr !== null) w.setLeaf(t, entry, 'relax', { ...leaf, attr, read, write, exec }, fault);
      return ret;
    },
  }),
);

/** stage2_map_walker_try_leaf() in one step and without TLBI, with an invalid entry in between or not. */
const mapsWithoutTlbi = (breaks: boolean): Pick<MemAttrKernel, 'kvm_pgtable_stage2_map'> => ({
  *kvm_pgtable_stage2_map(t, w, entry, target, prot) {
    const leaf = newLeaf(t, w, target, prot);
    if (typeof leaf === 'number') return leaf;
    yield entry.update;
    if (!needsUpdate(entry.leaf, leaf)) return target.handlesFault ? -EAGAIN : 0;
    if (breaks && entry.leaf !== null) w.setLeaf(t, entry, 'break', null, leaf.fault, { tlbi: false });
    w.setLeaf(t, entry, 'map', leaf, leaf.fault, { tlbi: false, cleaned: isCleaned(w, leaf) });
    return 0;
  },
});

export const makeWithoutBreak = mutant(
  'make-without-break',
  'stage2_map_walker_try_leaf writes another type over a valid entry',
  'breaks the claim of break-before-make',
  (kernel) => ({ ...kernel, ...mapsWithoutTlbi(false) }),
);

export const breakWithoutTlbi = mutant(
  'break-without-tlbi',
  'stage2_try_break_pte invalidates the entry and not the TLB',
  'breaks the claim of break-before-make',
  (kernel) => ({ ...kernel, ...mapsWithoutTlbi(true) }),
);

/** Another type in the place of Normal-NC. */
const encodes =
  (encoder: Encoder, attr: MemAttr): Encoder =>
  (prot) => {
    const encoded: Encoded = encoder(prot);
    return encoded.attr === NORMAL_NC.attr ? { ...encoded, attr } : encoded;
  };

export const guestChooses = mutant(
  'guest-chooses',
  'Normal-NC is encoded as 0b111 of FWB: the guest chooses, cacheable too',
  'breaks the claim that the guest never has a BAR cacheable',
  (kernel) => ({
    ...kernel,
    stage2_set_prot_attr: encodes(kernel.stage2_set_prot_attr, 'any'),
  }),
);

export const forceWriteBack = mutant(
  'force-write-back',
  'Normal-NC is encoded as 0b110 of FWB, which is write-back over Device too',
  'breaks the claim that the guest never has a BAR cacheable',
  (kernel) => ({
    ...kernel,
    stage2_set_prot_attr: encodes(kernel.stage2_set_prot_attr, 'normal'),
  }),
);

export const noExecGuard = mutant(
  'no-exec-guard',
  'user_mem_abort has no -ENOEXEC for device memory; the encoder of v6 takes Normal-NC with X',
  'breaks the claim that device memory is never executable',
  (kernel) => ({
    ...kernel,
    check_pfn: (w, abort) => {
      const ret = kernel.check_pfn(w, abort);
      return abort.fault.access === 'exec' && abort.fault.devicePfn ? 0 : ret;
    },
  }),
);

export const flagsBeforeCheck = mutant(
  'flags-before-check',
  'KVM_SET_USER_MEMORY_REGION puts the new flags in place before kvm_arch_prepare_memory_region is asked',
  'breaks the claim that a call which fails has done nothing',
  (kernel) => ({
    ...kernel,
    *kvm_arch_prepare_memory_region(t, w, slot, logging) {
      const flags = w.kvm.logging[slot]!;
      yield flags.write;
      flags.value = logging;
      w.slotChanges.push({ step: w.machine.steps, call: t.call!, slot, logging });
      return yield* kernel.kvm_arch_prepare_memory_region(t, w, slot, logging);
    },
  }),
);

export const dirtyUnmarked = mutant(
  'dirty-unmarked',
  'user_mem_abort does not call mark_page_dirty_in_slot',
  'breaks the claim that the dirty log is exact',
  (kernel) => ({
    ...kernel,
    *user_mem_abort(t, w, abort) {
      const ret = yield* kernel.user_mem_abort(t, w, abort);
      abort.fault.dirtied = false;
      return ret;
    },
  }),
);

export const endBeforeStart = mutant(
  'end-before-start',
  'the two calls of the MMU notifier come in the wrong order, behind the change of the PTE',
  'breaks the claim that every end of an invalidation had its beginning',
  (kernel) => {
    const started = new WeakMap<Thread, { readonly hva: number; readonly gone: Mapping | null }>();
    return {
      ...kernel,
      *kvm_mmu_notifier_invalidate_range_start(t, _w, hva, gone) {
        started.set(t, { hva, gone });
      },
      *kvm_mmu_notifier_invalidate_range_end(t, w) {
        const { hva, gone } = started.get(t)!;
        yield* kernel.kvm_mmu_notifier_invalidate_range_end(t, w);
        yield* kernel.kvm_mmu_notifier_invalidate_range_start(t, w, hva, gone);
      },
    };
  },
);

export const leakMmapLock = mutant(
  'leak-mmap-lock',
  'user_mem_abort returns -EFAULT with the mmap lock held',
  'breaks lock-discipline and no-deadlock',
  (kernel) => ({
    ...kernel,
    *user_mem_abort(t, w, abort) {
      const ret = yield* kernel.user_mem_abort(t, w, abort);
      if (ret === -EFAULT) yield w.mm.mmapLock.acquireShared;
      return ret;
    },
  }),
);

export const retryForever = mutant(
  'retry-forever',
  'a fault that fails with -EFAULT is tried again',
  'breaks no-livelock',
  (kernel) => ({
    ...kernel,
    *user_mem_abort(t, w, abort) {
      const ret = yield* kernel.user_mem_abort(t, w, abort);
      return ret === -EFAULT ? 0 : ret;
    },
  }),
);
