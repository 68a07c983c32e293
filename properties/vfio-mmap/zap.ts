/** Claims about memory that is taken away while it is mapped: M2, M3, M10 of models/vfio-mmap/README.md. */
import { describeReturn, EINVAL } from '../../harness/machine/errno.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { accessLine, hex, mappedName, operationOf } from './describe.ts';
import type { Evidence, MmioCall } from './evidence.ts';
import { memoryDuring } from './memory-state.ts';

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
