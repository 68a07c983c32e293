/** What becomes of each fault that the device logs, from its entry to the copy. */
import type { Execution, Property, Report } from '../../harness/model/property.ts';
import { descriptorName, removesRecord } from './describe.ts';
import type { Descriptor, Evidence, FaultItem, Fixup } from './evidence.ts';

export const faultIsHandledOnce: Property<Evidence> = {
  id: 'logged-fault-is-handled-once',
  claim:
    'each entry of the event log that nobody marked is handled once, by one work that makes one attempt to write the record, and writes what it counts',
  source: {
    status: 'merged',
    date: 'v6.4',
    commit: 'c40bd7d9737b',
    note: 'and 2442b7473ad0 for batches. Left out: failed allocations, and drain and batch descriptors without a record to write',
  },
  requires: ['fixup'],
  check(execution, report) {
    const { outcome, evidence } = execution;
    let exercised = false;
    for (const descriptor of evidence.descriptors) {
      if (descriptor.overran) faultReport(report, 'entry-overwritten', descriptor);
      if (descriptor.ended !== 'logged') continue;
      exercised = true;
      let items = 0;
      for (const item of evidence.items) {
        if (item.descriptor !== descriptor) continue;
        items++;
        judgeItem(item, execution, report);
      }
      if (items > 1) faultReport(report, 'two-works', descriptor);
      if (items > 0 && descriptor.drained) faultReport(report, 'marked-and-handled', descriptor);
      if (outcome !== 'finished') continue;
      if (evidence.isInLog(descriptor)) faultReport(report, 'never-taken-from-the-log', descriptor);
      else if (items === 0 && mayNotBeLeftOut(descriptor, evidence)) {
        faultReport(report, 'no-work', descriptor);
      }
    }
    for (const fixup of evidence.fixups) {
      const kind = wrongCount(fixup, execution);
      if (kind === null) continue;
      const { descriptor, step, thread, copied, size } = fixup;
      report(kind, step, () => ({
        message: `${thread.name} copies the record of ${descriptorName(descriptor)}.`,
        expected: [kind === 'short-without-cause' ? `${size} bytes` : 'body and status stored'],
        actual: [`${copied} of ${size} bytes: ${kind.replaceAll('-', ' ')}`],
      }));
    }
    return exercised;
  },
};

/** Whether a work has to be made for it. */
const mayNotBeLeftOut = ({ what, rcr, drained }: Descriptor, { facts }: Evidence): boolean =>
  !drained && facts.fault !== 'kmem' && (what !== 'drain' || rcr);

function judgeItem(
  { descriptor, handled, dropped }: FaultItem,
  { outcome, evidence }: Execution<Evidence>,
  report: Report,
): void {
  if (!handled) {
    if (!dropped && outcome === 'finished') faultReport(report, 'work-never-run', descriptor);
    return;
  }
  let attempts = 0;
  for (const fixup of evidence.fixups) if (fixup.descriptor === descriptor) attempts++;
  if (attempts > 1) faultReport(report, 'two-attempts', descriptor);
  // Of a batch without a record there is something to write only where a member of it failed.
  else if (attempts === 0 && (descriptor.what !== 'batch' || descriptor.rcr)) {
    faultReport(report, 'no-attempt', descriptor);
  }
}

const faultReport = (report: Report, kind: string, descriptor: Descriptor): void =>
  report(kind, descriptor.step, () => ({
    message: `${descriptorName(descriptor)} faulted, and was logged.`,
    expected: ['one work, and one attempt to write its record'],
    actual: [kind.replaceAll('-', ' ')],
  }));

/** How a copy did other than it says; null: as it says. */
function wrongCount(fixup: Fixup, execution: Execution<Evidence>): string | null {
  const { copied, size } = fixup;
  if (copied === null) return null;
  return copied === size ? notStored(fixup, execution) : shortWithout(fixup, execution);
}

/** What is missing of a record that was copied in full; null: nothing. What its owner unmaps nobody can look at. */
function notStored(
  { descriptor, mm, thread }: Fixup,
  { machine, evidence }: Execution<Evidence>,
): string | null {
  if (mm === null) return 'copied-nowhere';
  if (removesRecord(machine, mm.process, descriptor.cr)) return null;
  let body = false;
  let status = false;
  for (const write of evidence.writes) {
    if (write.thread !== thread || write.descriptor !== descriptor || write.mm !== mm) continue;
    if (write.part === 'status') status = true;
    else if (write.part === 'body') body = body || !write.partial;
  }
  return body ? (status ? null : 'status-not-stored') : 'body-not-stored';
}

/**
 * That an address space or a context is missing is for other claims to judge. Pages of a userfaultfd cannot be waited for
 * where pages are pinned (v1 to v3): another claim says what that loses.
 */
function shortWithout(
  { descriptor, mm, miss, usedFreedMm }: Fixup,
  { machine }: Execution<Evidence>,
): string | null {
  const { cr } = descriptor;
  const mayFail =
    miss !== null ||
    usedFreedMm ||
    cr === 'hole' ||
    cr === 'readonly' ||
    cr === 'cross' ||
    cr === 'uffd' ||
    (mm !== null && removesRecord(machine, mm.process, cr));
  return mayFail ? null : 'short-without-cause';
}
