/** Claims about memory that is taken away while it is mapped: M2, M3, M10 of models/vfio-mmap/README.md. */
import { describeReturn, EINVAL } from '../../harness/machine/errno.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { accessLine, hex, mappedName, operationOf } from './describe.ts';
import type { Evidence, MappedPages, MmioCall, PresentPages } from './evidence.ts';
import { memoryDuring } from './memory-state.ts';
import { isQuiet } from './release.ts';

export const noSyscallIoWhileDisabled: Property<Evidence> = {
  id: 'no-syscall-io-while-memory-disabled',
  claim:
    'with PCI_COMMAND_MEMORY clear no system call reaches the device; without MIO it returns -EINVAL where its permission suffices',
  source: {
    status: 'inferred',
    note: 'from the text of patch 1/3: SIGBUS from the fault handler becomes the -EINVAL of the second walk',
    invariant: 'M2',
  },
  check(execution, report) {
    const { evidence } = execution;
    for (const access of evidence.accesses) {
      if (access.via !== 'syscall' || !access.done || access.memoryEnabled) continue;
      report('io-while-disabled', access.step, () => ({
        message: `${access.thread.name}'s ${access.call.work.name} reached the device while memory was disabled.`,
        expected: ['no access'],
        actual: [accessLine(access)],
      }));
    }
    const { haveMio } = evidence.facts;
    let exercised =
      evidence.mmioCalls.length > 0 &&
      evidence.mappings.some(({ bar }) => bar !== null) &&
      isEverDisabled(execution);
    for (const mmio of evidence.mmioCalls) {
      const { call } = mmio;
      if (haveMio || call.ret === null || !passesChecks(mmio)) continue;
      if (memoryDuring(call, execution) !== false) continue;
      exercised = true;
      if (call.ret === -EINVAL) continue;
      report('wrong-errno-while-disabled', call.returned, () => ({
        message: `${call.thread.name}'s ${call.work.name} met disabled memory and did not say -EINVAL.`,
        expected: [describeReturn(-EINVAL)],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};

/** Far enough for the page table, on a BAR: /dev/mem has no memory enable bit. */
const passesChecks = ({ mapping, prot, request }: MmioCall): boolean =>
  mapping !== null &&
  mapping.bar !== null &&
  prot !== null &&
  (request.kind === 'mmio_write' ? prot.write : prot.read && prot.write);

const isEverDisabled = ({ machine, evidence }: Execution<Evidence>): boolean =>
  !evidence.facts.memoryEnabled ||
  machine.calls.some((call) => operationOf(call)?.kind === 'memory_disable' && call.ret === 0);

export const noAccessAfterZap: Property<Evidence> = {
  id: 'no-access-after-zap',
  claim: 'no access of user space reaches the device through a page that was zapped',
  source: {
    status: 'inferred',
    note: 'the system calls access the device under the page table lock, which a zap needs',
    invariant: 'M3',
  },
  check({ evidence }, report) {
    let mapped = false;
    for (const access of evidence.accesses) {
      if (access.mapping === null || !access.done) continue;
      mapped = true;
      if (access.present) continue;
      report('access-through-zapped-page', access.step, () => ({
        message: `${access.thread.name} accessed ${mappedName(access.mapping!)} through a page that is in no page table any more.`,
        expected: ['no access, or one before the zap'],
        actual: [accessLine(access)],
      }));
    }
    return mapped && evidence.zaps.length > 0;
  },
};

export const vmaFlagsChangeUnderWriteLock: Property<Evidence> = {
  id: 'vma-flags-change-under-write-lock',
  claim: 'flags of a VMA never change while its mmap lock is held for reading only',
  source: {
    status: 'posted',
    date: '2024-06-11',
    note: 'Niklas Schnelle: the warning of remap_pfn_range on 6.10-rc1, from the fault handler of vfio; fixed by aac6db75a9fc and d71a989cf5d9',
    invariant: 'M10',
  },
  check({ evidence }, report) {
    for (const { step, thread, mapping, mmapLock } of evidence.flagChanges) {
      if (mmapLock === 'write') continue;
      report('changed-without-write-lock', step, () => ({
        message: `${thread.name} changes flags of the VMA of ${mappedName(mapping)} (${hex(mapping.length)} bytes).`,
        expected: ['mmap lock held for writing'],
        actual: [mmapLock === 'read' ? 'mmap lock held for reading' : 'mmap lock not held'],
      }));
    }
    return evidence.faults.length > 0 || evidence.flagChanges.length > 0;
  },
};

export const zapFindsEveryMapping: Property<Evidence> = {
  id: 'zap-finds-every-mapping',
  claim: 'vfio knows each mapping of a BAR that has pages in a page table, and none that is gone',
  source: {
    status: 'inferred',
    date: 'v5.8',
    commit: 'abafbc551fdd',
    note: 'memory disable zaps what vfio knows of: its list, and from aac6db75a9fc (v6.10) on what hangs on the inode',
  },
  check(execution, report) {
    if (!isQuiet(execution)) return false;
    const { machine, evidence } = execution;
    const { processes, knownToVfio } = evidence;
    let exercised = knownToVfio.length > 0;
    for (const { mapping, mapped } of knownToVfio) {
      if (mapped) continue;
      report('remembers-what-is-gone', machine.steps, () => ({
        message: `vfio still has the VMA of ${mappedName(mapping)} on its list, and it is unmapped.`,
        expected: ['a VMA leaves the list when it is unmapped'],
        actual: ['a pointer to a VMA that is gone'],
      }));
    }
    for (const { process, presentPages } of processes) {
      for (const pages of presentPages) {
        const { mapping, start, end } = pages;
        if (mapping.bar === null) continue;
        exercised = true;
        if (isKnown(pages, knownToVfio)) continue;
        const kind = mapping.inherited === null ? 'misses-present-pages' : 'misses-inherited-pages';
        report(kind, machine.steps, () => ({
          message: `${process.name} has pages ${start} to ${end - 1} of a mapping of ${mappedName(mapping)} in its page table, and vfio would not find them.`,
          expected: ['memory disable zaps them'],
          actual: ['they stay, with access to the device'],
        }));
      }
    }
    return exercised;
  },
};

/** Whether VMAs that vfio knows have all of the pages, side by side. */
function isKnown({ mapping, start, end }: PresentPages, known: readonly MappedPages[]): boolean {
  let at = start;
  for (let grows = true; grows && at < end; ) {
    grows = false;
    for (const vma of known) {
      if (vma.mapping !== mapping || vma.start > at || vma.end <= at) continue;
      at = vma.end;
      grows = true;
    }
  }
  return at >= end;
}
