/** What calls have done by the time that they succeed, and what ends when a file or an address space does. */
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution, Property, Report } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { calls, descriptorName, fileName, operationOf } from './describe.ts';
import type { Address, Evidence, Mm, OpenFile } from './evidence.ts';
import { isBefore, mayHold } from './history.ts';

export const callsHaveTheirEffect: Property<Evidence> = {
  id: 'calls-have-their-effect',
  claim:
    'an open that succeeds has bound a PASID, a submit has handed over its descriptor, a removal has drained the wq, and after an exit its process calls no more',
  source: {
    status: 'merged',
    date: 'v6.4',
    note: 'read off idxd_cdev_open and idxd_user_drv_remove, of v6.3 and with the series alike',
  },
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.calls) {
      if (call.ret !== 0) continue;
      const missing = missingEffect(call, execution);
      if (missing === undefined) continue;
      exercised = true;
      if (missing === null) continue;
      report(missing.kind, call.returned, () => ({
        message: `${callLine(call)}.`,
        expected: [missing.expected],
        actual: [missing.actual],
      }));
    }
    return exercised;
  },
};

interface Missing {
  readonly kind: string;
  readonly expected: string;
  readonly actual: string;
}

/** What a call that returned 0 has left undone; null if nothing, undefined where this claim does not judge it. */
function missingEffect(call: Call, { machine, evidence }: Execution<Evidence>): Missing | null | undefined {
  const operation = operationOf(call)!;
  switch (operation.kind) {
    case 'open': {
      const file = evidence.files.find((one) => one.call === call);
      // Its context was freed, and its binding with it: another claim's.
      if (file?.contextFreed === true) return null;
      return file?.binds === 1 ? null : OPENED_NOTHING;
    }
    case 'submit': {
      const count = evidence.descriptors.filter((one) => one.call === call).length;
      return count === (operation.what === 'batch' ? 2 : 1) ? null : SUBMITTED_NOTHING;
    }
    case 'user_drv_remove':
      return evidence.removals.some((one) => one.call === call && one.leftInDevice > 0)
        ? DRAINED_NOTHING
        : null;
    case 'exit':
      return machine.calls.some(
        (other) => other.thread.process === call.thread.process && isBefore(call, other),
      )
        ? CALLS_AFTER_EXIT
        : null;
    case 'close':
    case 'pass_fd':
    case 'poll':
    case 'munmap':
    case 'uffd_answer':
    case 'fork':
      return undefined;
    default:
      return operation satisfies never;
  }
}

const OPENED_NOTHING: Missing = {
  kind: 'open-without-a-pasid',
  expected: 'the PASID of the address space is bound once',
  actual: 'no file, or no binding for it',
};
const SUBMITTED_NOTHING: Missing = {
  kind: 'submit-without-a-descriptor',
  expected: 'the device gets the descriptor',
  actual: 'it does not',
};
const DRAINED_NOTHING: Missing = {
  kind: 'driver-gone-with-descriptors-in-the-device',
  expected: 'idxd_wq_drain waits for what was submitted before',
  actual: 'the device still has one',
};
const CALLS_AFTER_EXIT: Missing = {
  kind: 'call-after-exit',
  expected: 'no thread of the process comes back to user space',
  actual: 'one makes another call',
};

export const releaseGivesBack: Property<Evidence> = {
  id: 'release-gives-back-what-open-took',
  claim:
    'whoever drops the last reference to a file has released it: first the device has none of its descriptors, then the PASID is unbound and its context removed, then the context is freed',
  source: {
    status: 'merged',
    date: 'v6.4',
    commit: 'c40bd7d9737b',
    note: 'idxd_cdev_release; the order of its parts from unbind to removal is SVA-H6, and not judged here',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const file of evidence.files) {
      const { lastPut, contextFreed, released, inDeviceAtUnbind, contextLeft } = file;
      if (inDeviceAtUnbind > 0) fileReport(report, 'unbound-with-descriptors-in-the-device', file);
      if (lastPut === null || contextFreed) continue;
      exercised = true;
      if (contextLeft) fileReport(report, 'freed-context-in-upasid-xa', file);
      if (!released && lastPut.returned >= 0) fileReport(report, 'never-released', file);
    }
    return exercised;
  },
};

function fileReport(report: Report, kind: string, file: OpenFile): void {
  report(kind, file.lastPutAt < 0 ? file.step : file.lastPutAt, () => ({
    message: `${fileName(file)} is closed.`,
    expected: ['drained, unbound, its context removed, and only then freed'],
    actual: [kind.replaceAll('-', ' ')],
  }));
}

export const portalServesItsOpener: Property<Evidence> = {
  id: 'portal-serves-its-opener-only',
  claim: 'no process submits through a file that another address space opened',
  source: {
    status: 'merged',
    date: '2025-04-21',
    messageId: '20250421170337.3008875-1-dave.jiang@intel.com',
    commit: '8dfa57aabff6',
  },
  check({ machine, evidence }, report) {
    for (const descriptor of evidence.descriptors) {
      const { file, call, step } = descriptor;
      if (file.mm.process === call.thread.process) continue;
      report('submitted-through-anothers-file', step, () => ({
        message: `${call.thread.name} has ${fileName(file)}, and submits ${descriptorName(descriptor)}.`,
        expected: ['mmap returns -EPERM'],
        actual: ['the portal is mapped'],
      }));
    }
    return machine.calls.some((call) => {
      const operation = operationOf(call)!;
      const { process } = call.thread;
      if (operation.kind !== 'submit' || call.returned < 0 || process === null) return false;
      const isForeign = evidence.files.every(
        (file) => file.mm.process !== process || nameOf(file) !== operation.fd,
      );
      return isForeign && mayHold(machine, process, operation.fd, call);
    });
  },
};

function nameOf({ call }: OpenFile): string | null {
  const operation = operationOf(call)!;
  return operation.kind === 'open' ? operation.as : null;
}

export const pageRequestsStayDisabled: Property<Evidence> = {
  id: 'disabled-page-requests-are-not-made',
  claim: 'a wq for which an admin has page requests disabled has no page faulted in by the IOMMU',
  source: {
    status: 'merged',
    date: 'v6.4',
    commit: 'f2dc327131b5',
    note: 'the knob of 16/16: without it page requests are made for every wq',
  },
  check({ evidence }, report) {
    const { facts, faultIns, pageWaits, descriptors } = evidence;
    if (facts.prs !== 'disabled') return false;
    for (const { engineHeld, step, address } of faultIns) {
      if (engineHeld) requestReport(report, step, address);
    }
    for (const { engineHeld, step, descriptor } of pageWaits) {
      if (engineHeld) requestReport(report, step, descriptor.cr);
    }
    return descriptors.some(({ cr, ended }) => ended !== null && cr !== 'present');
  },
};

const requestReport = (report: Report, step: number, address: Address): void =>
  report('page-requested', step, () => ({
    message: `The device asks for the page of a record at "${address}".`,
    expected: ['an entry in the event log'],
    actual: ['a page request'],
  }));

export const addressSpaceGoesWithItsUsers: Property<Evidence> = {
  id: 'address-space-goes-with-its-users',
  claim:
    'user memory comes when it is provided, and stays until its process unmaps it or exits; then exit_mmap runs once, and mm and PASID are freed once nothing is bound',
  source: {
    status: 'merged',
    date: 'v5.18',
    note: 'mm_users and mm_count; since v5.18 the PASID goes with the latter ("iommu/sva: Fix PASID use-after-free issue")',
  },
  requires: ['user records'],
  check(execution, report) {
    let exercised = judgePolls(execution, report);
    judgeFaultIns(execution, report);
    for (const mm of execution.evidence.mms) {
      if (mm.process.killed) exercised = true;
      const kind = wrongEnd(mm, execution);
      if (kind === null) continue;
      report(kind, execution.machine.steps, () => ({
        message: `The address space of ${mm.process.name}, which ${mm.process.killed ? 'exited' : 'lives'}.`,
        expected: ['torn down once after exit, and freed once where nothing is bound'],
        actual: [`torn down ${mm.tornDown} times, freed ${mm.freed} times`],
      }));
    }
    return exercised;
  },
};

/** How an address space ended in the wrong way; null if it did not. */
function wrongEnd(mm: Mm, { outcome, evidence }: Execution<Evidence>): string | null {
  const { process, tornDown, freed, tornDownFreed } = mm;
  if (tornDown > 0 && !process.killed) return 'torn-down-in-use';
  if (tornDown > 1) return 'torn-down-twice';
  if (tornDownFreed) return 'torn-down-after-it-was-freed';
  if (freed > 1) return 'freed-twice';
  const bound = evidence.files.some((file) => file.mm === mm && file.binds > file.unbinds);
  if (freed > 0 && bound) return 'freed-while-bound';
  if (outcome !== 'finished' || !process.killed) return null;
  if (tornDown === 0) return 'never-torn-down';
  return freed === 0 && !bound ? 'never-freed' : null;
}

/** A page of a userfaultfd or of a file system in user space comes when these provide it, or go with their process. */
function judgeFaultIns({ machine, evidence }: Execution<Evidence>, report: Report): void {
  for (const { mm, address, step, thread } of evidence.faultIns) {
    // A child has its memory, and none of the userfaultfds, of its parent.
    const isOwed = address === 'fuse' || (address === 'uffd' && !mm.process.name.startsWith('child'));
    if (!isOwed || calls(machine, mm.process, 'uffd_answer') || calls(machine, mm.process, 'exit')) continue;
    report('page-that-nobody-provided', step, () => ({
      message: `${thread.name} has a page of ${mm.process.name} faulted in.`,
      expected: ['to wait until it is provided'],
      actual: ['the page is there'],
    }));
  }
}

/** Whether anybody looked at their own memory. */
function judgePolls({ machine }: Execution<Evidence>, report: Report): boolean {
  let exercised = false;
  for (const call of machine.calls) {
    const operation = operationOf(call)!;
    if (operation.kind !== 'poll' || call.returned < 0) continue;
    exercised = true;
    const { cr } = operation;
    const kind =
      call.signal !== null
        ? removes(machine.calls, call, cr, false)
          ? null
          : 'SIGSEGV-while-mapped'
        : removes(machine.calls, call, cr, true)
          ? 'read-after-munmap'
          : null;
    if (kind === null) continue;
    report(kind, call.returned, () => ({
      message: `${callLine(call)}.`,
      expected: [kind === 'read-after-munmap' ? 'SIGSEGV' : 'a status'],
      actual: [callLine(call)],
    }));
  }
  return exercised;
}

/** Whether its process may have, or certainly has, unmapped that record, or exited. */
function removes(all: readonly Call[], by: Call, cr: Address, certainly: boolean): boolean {
  return all.some((call) => {
    if (call.thread.process !== by.thread.process) return false;
    const operation = operationOf(call)!;
    if (operation.kind === 'exit') return !certainly;
    if (operation.kind !== 'munmap' || operation.cr !== cr) return false;
    return certainly ? call.ret === 0 && isBefore(call, by) : call.begun <= by.returned;
  });
}
