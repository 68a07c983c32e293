/** The tables of stage 2. Source: arch/arm64/kvm/hyp/pgtable.c of v6.8, walked without a lock of their own. */
import { EAGAIN } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Leaf, Prot, Stage2Fault } from '../../properties/s2-memattr/evidence.ts';
import type { NewLeaf } from './kernel.ts';
import { permits, type Stage2Entry } from './stage2-entry.ts';
import type { MemAttrWorld } from './world.ts';

/** Encodes what is asked for. A number is an error. */
export function newLeaf(
  t: Thread,
  w: MemAttrWorld,
  { pageFrame, devicePfn, fault }: NewLeaf,
  prot: Prot,
): Leaf | number {
  const caller = fault === null ? 'kvm_phys_addr_ioremap' : 'user_mem_abort';
  const { ret, attr, exec } = w.encode(t, caller, prot);
  if (attr === null) return ret;
  const { read, write } = prot;
  return { attr, read, write, exec, pageFrame, devicePfn, fault };
}

/** Whether the new value is another page or another type, and not just other permissions. */
export const needsUpdate = (old: Leaf | null, leaf: Leaf): boolean =>
  old === null || old.pageFrame !== leaf.pageFrame || old.attr !== leaf.attr;

/** Only what is cacheable is cleaned, and nothing where FWB sees to it that the guest has no other view of it. */
export const isCleaned = ({ facts }: MemAttrWorld, { attr }: Leaf): boolean =>
  attr === 'normal' && !facts.fwb;

/** stage2_map_walker_try_leaf(): break before make. */
export function* kvm_pgtable_stage2_map(
  t: Thread,
  w: MemAttrWorld,
  entry: Stage2Entry,
  target: NewLeaf,
  prot: Prot,
): CodePath<number> {
  const again = target.handlesFault ? -EAGAIN : 0;
  const leaf = newLeaf(t, w, target, prot);
  if (typeof leaf === 'number') return leaf;
  yield entry.read;
  assertWalkIsSafe(w, target);
  const old = entry.leaf;
  if (!needsUpdate(old, leaf)) return again;
  yield entry.update;
  assertWalkIsSafe(w, target);
  // Somebody else's cmpxchg came first.
  if (entry.leaf !== old) return again;
  if (old !== null) w.setLeaf(t, entry, 'break', null, leaf.fault);
  w.setLeaf(t, entry, 'map', leaf, leaf.fault, { tlbi: false, cleaned: isCleaned(w, leaf) });
  return 0;
}

/**
 * Faults walk side by side (KVM_PGTABLE_WALK_SHARED), with cmpxchg and mmu_lock held for reading, which keeps notifiers
 * away. Others write the entry with WRITE_ONCE(), so that nobody else may walk.
 */
function assertWalkIsSafe({ machine, kvm }: MemAttrWorld, { handlesFault }: NewLeaf): void {
  machine.assertHeld(kvm.mmuLock, !handlesFault);
}

/** Looks at R, W and X only, and only adds to what is there. It, too, walks beside others, and no notifier. */
export function* kvm_pgtable_stage2_relax_perms(
  t: Thread,
  w: MemAttrWorld,
  entry: Stage2Entry,
  fault: Stage2Fault,
  prot: Prot,
): CodePath<number> {
  yield entry.update;
  w.machine.assertHeld(w.kvm.mmuLock);
  const { leaf } = entry;
  if (leaf === null) return -EAGAIN;
  const lacking = (['read', 'write', 'exec'] as const).some((bit) => prot[bit] && !permits(leaf, bit));
  if (lacking) {
    w.setLeaf(
      t,
      entry,
      'relax',
      {
        ...leaf,
        read: leaf.read || prot.read,
        write: leaf.write || prot.write,
        exec: leaf.exec || prot.exec,
      },
      fault,
    );
  }
  return 0;
}

/** PKVM_HOST_MMIO_PROT is read and write, without KVM_PGTABLE_PROT_DEVICE: the host's stage 1 says Device. */
const PKVM_HOST_MMIO_PROT: Prot = { read: true, write: true, exec: false, device: false, normalNc: false };

/** The host's own stage 2, which exists with pKVM only. Its entries are nobody's business but the host's. */
export function* host_stage2_idmap(t: Thread, w: MemAttrWorld): CodePath<number> {
  return w.facts.pkvm ? w.encode(t, 'host stage 2', PKVM_HOST_MMIO_PROT).ret : 0;
}
