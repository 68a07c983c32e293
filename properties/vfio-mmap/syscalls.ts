/** Claims about s390_pci_mmio_read and s390_pci_mmio_write: M1, M4, M5, M11 to M13 of models/vfio-mmap/README.md. */
import { describeReturn, EACCES, EINVAL } from '../../harness/machine/errno.ts';
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { callLine, describeLivelock } from '../general/describe.ts';
import { hex, mappedName, operationOf, protectionName } from './describe.ts';
import type { Evidence, MmioCall } from './evidence.ts';
import { leavesPage } from './layout.ts';
import { memoryDuring } from './memory-state.ts';

/** The permission that a system call needs; reads asked for VM_WRITE before patch 1/3. */
const isPermitted = ({ request, prot }: MmioCall): boolean =>
  prot !== null && (request.kind === 'mmio_write' ? prot.write : prot.read);

/** A good request for whole pages of a BAR that the caller has mapped, whether or not a page table knows them yet. */
function isGoodAccess(mmio: MmioCall, { facts }: Evidence): boolean {
  const { mapping, request, lockDropped } = mmio;
  if (mapping === null || mapping.bar === null || lockDropped) return false;
  // Behind the end of a BAR that ends within a page there is nothing to reach.
  return request.buffer === 'ok' && facts.bars[mapping.bar]!.size % PAGE_SIZE === 0 && isPermitted(mmio);
}

export const firstAccessSucceeds: Property<Evidence> = {
  id: 'first-access-to-a-lazily-mapped-bar-succeeds',
  claim:
    'without MIO the first system call on a page of a mapped BAR with memory enabled succeeds, and so does the first after a zap',
  source: {
    status: 'posted',
    messageId: '20240529-vfio_pci_mmap-v3-1-cd217d019218@linux.ibm.com',
    note: 'patch 1/3: vfio-pci maps BARs lazily, and the system calls took no fault',
    invariant: 'M1',
  },
  check(execution, report) {
    const { evidence } = execution;
    if (evidence.facts.haveMio) return false;
    let exercised = false;
    for (const mmio of evidence.mmioCalls) {
      const { call, request, mapping } = mmio;
      if (call.ret === null || !isGoodAccess(mmio, evidence)) continue;
      // A disable or reset by another thread may hit between fault and access: -EINVAL is right then.
      if (memoryDuring(call, execution) !== true) continue;
      exercised = true;
      if (call.ret === 0 || mmio.bytes > 0) continue;
      report(wasZapped(mmio, evidence) ? 'refused-after-zap' : 'first-access-refused', call.returned, () => ({
        message: `${call.thread.name} has ${mappedName(mapping!)} mapped with memory enabled, and cannot access it.`,
        expected: [`${request.kind} of ${request.length} bytes at ${hex(request.offset)} returns 0`],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};

/** Whether the caller itself had the page taken out of the page table before. */
function wasZapped({ call, mapping, request }: MmioCall, { zaps }: Evidence): boolean {
  const page = Math.floor(request.offset / PAGE_SIZE);
  return zaps.some(
    (zap) =>
      zap.mapping === mapping &&
      page >= zap.start &&
      page < zap.end &&
      zap.thread === call.thread &&
      zap.call.begun < call.begun,
  );
}

export const mmioNeedsItsPermission: Property<Evidence> = {
  id: 'mmio-needs-its-permission',
  claim: 'without MIO the read system call asks for VM_READ and the write system call for VM_WRITE',
  source: {
    status: 'merged',
    date: 'v6.15',
    commit: '41a0926e82f4',
    note: 'in patch 1/3 of every version; its log says so from v5 on',
    invariant: 'M4',
  },
  check({ evidence }, report) {
    if (evidence.facts.haveMio) return false;
    let exercised = false;
    for (const mmio of evidence.mmioCalls) {
      const { call, request, prot } = mmio;
      if (prot === null || call.ret === null) continue;
      exercised = true;
      const permitted = isPermitted(mmio);
      if (permitted === (call.ret !== -EACCES)) continue;
      report(permitted ? 'permitted-access-refused' : 'forbidden-access-let-through', call.returned, () => ({
        message: `${call.thread.name}'s ${request.kind} of a mapping with ${protectionName(prot)} ${permitted ? 'was refused' : 'passed the check'}.`,
        expected: [`${permitted ? 'anything but ' : ''}${describeReturn(-EACCES)}`],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};

export const noAccessAcrossPages: Property<Evidence> = {
  id: 'no-access-across-pages',
  claim: 'a system call for no byte, or for bytes of two pages, returns -EINVAL and does nothing',
  source: { status: 'inferred', note: 'the first check of both system calls', invariant: 'M5' },
  check({ evidence }, report) {
    const { arch, zpciEnabled } = evidence.facts;
    if (arch !== 's390' || !zpciEnabled) return false;
    let exercised = false;
    for (const { call, request, follows, fixups, bytes } of evidence.mmioCalls) {
      if (!leavesPage(request)) continue;
      exercised = true;
      const did = follows + fixups + bytes > 0;
      if (!did && (call.ret === null || call.ret === -EINVAL)) continue;
      const kind = request.length === 0 ? 'no-bytes-accepted' : 'two-pages-accepted';
      report(kind, call.returned < 0 ? call.begun : call.returned, () => ({
        message: `${call.thread.name}'s ${request.kind} of ${request.length} bytes at ${hex(request.offset)} got past the length check.`,
        expected: [`${describeReturn(-EINVAL)}, no page table walk, no fault, no access`],
        actual: [callLine(call), `${follows} walks, ${fixups} faults, ${bytes} bytes at the device`],
      }));
    }
    return exercised;
  },
};

export const successfulWriteIsStored: Property<Evidence> = {
  id: 'successful-write-is-stored',
  claim: 'a write system call that returns 0 has stored its bytes',
  source: {
    status: 'inferred',
    note: 'a67a88b0b8de left ret at 0 for a page frame below ZPCI_IOMAP_ADDR_BASE; no version of the series touches it',
    invariant: 'M11',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const { call, request, mapping, bytes } of evidence.mmioCalls) {
      if (request.kind !== 'mmio_write' || call.ret === null) continue;
      // The look-up of a VMA is what a refusal of what lies behind it comes after.
      if (call.ret === 0 || mapping !== null) exercised = true;
      if (call.ret !== 0 || bytes >= request.length) continue;
      report('write-lost', call.returned, () => ({
        message: `${call.thread.name} wrote to ${mapping === null ? 'a mapping' : mappedName(mapping)}, was told that it worked, and nothing was stored.`,
        expected: [`${request.length} bytes stored, or an error`],
        actual: [callLine(call), `${bytes} bytes stored`],
      }));
    }
    return exercised;
  },
};

export const noStaleVma: Property<Evidence> = {
  id: 'no-stale-vma',
  claim: 'the mmap lock is held from the look-up of a VMA to the access through it',
  source: {
    status: 'posted',
    messageId: '20240529-vfio_pci_mmap-v3-1-cd217d019218@linux.ibm.com',
    note: 'patch 1/3: fixup_user_fault without `unlocked`, so that it never drops the lock',
    invariant: 'M12',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const { call, mapping, lockDropped, staleVma, follows } of evidence.mmioCalls) {
      if (mapping === null) continue;
      if (follows > 0) exercised = true;
      if (!lockDropped && !staleVma) continue;
      report(
        staleVma ? 'unmapped-vma-used' : 'lock-let-go',
        call.returned < 0 ? call.begun : call.returned,
        () => ({
          message: `${call.thread.name} let go of the mmap lock after it had looked up the VMA of ${mappedName(mapping)}${staleVma ? ', which was unmapped meanwhile' : ''}.`,
          expected: ['mmap lock held from vma_lookup to the access, or another vma_lookup'],
          actual: [staleVma ? 'a VMA that is not mapped any more is used' : 'mmap lock let go of in between'],
        }),
      );
    }
    return exercised;
  },
};

export const faultedInOnce: Property<Evidence> = {
  id: 'faults-in-at-most-once',
  claim: 'a system call faults its page in at most once, walks the page table once more, and returns',
  source: {
    status: 'posted',
    messageId: '20240529-vfio_pci_mmap-v3-1-cd217d019218@linux.ibm.com',
    note: 'patch 1/3 ignores what fixup_user_fault returns and follows once more',
    invariant: 'M13',
  },
  liveness: true,
  check(execution, report) {
    const { machine, outcome, evidence } = execution;
    let exercised = false;
    for (const { call, fixups, follows } of evidence.mmioCalls) {
      if (fixups > 0) exercised = true;
      if (fixups <= 1 && follows <= 1 + fixups) continue;
      report('tries-again', call.returned < 0 ? call.begun : call.returned, () => ({
        message: `${call.thread.name}'s ${call.work.name} goes round: fault, page table walk, fault.`,
        expected: ['at most 1 fault and 2 page table walks'],
        actual: [`${fixups} faults and ${follows} page table walks`],
      }));
    }
    const { livelock } = machine;
    if (outcome === 'livelock' && livelock !== null && spinsInSyscall(execution)) {
      report('never-returns', livelock.step, () => ({
        message: 'A system call that waits for a page to be mapped never returns.',
        expected: ['a value is returned after one fault'],
        actual: describeLivelock(livelock),
      }));
    }
    return exercised;
  },
};

const spinsInSyscall = ({ machine }: Execution<Evidence>): boolean =>
  machine.livelock?.spinning.some(({ call }) => {
    const kind = call === null ? null : operationOf(call)?.kind;
    return kind === 'mmio_read' || kind === 'mmio_write';
  }) === true;
