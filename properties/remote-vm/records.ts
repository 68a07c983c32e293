/** Claims about what is stored into user memory: SVA-I1, I2, I13 to I15 and SVA-H18 of models/remote-vm/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { descriptorName, isCompleted, isRefused, removesRecord, returnedFixup } from './describe.ts';
import type { Descriptor, Evidence, Poll, RecordWrite } from './evidence.ts';

/** DSA_COMP_SUCCESS. */
const SUCCESS = 1;

export const recordIsWrittenIntoItsOwnProcess: Property<Evidence> = {
  id: 'record-is-written-into-its-own-process',
  claim:
    'a completion record is only ever written into the address space whose PASID submitted the descriptor',
  source: {
    status: 'inferred',
    note: 'nobody raised it: an event that outlives its PASID finds the next owner of the number (SVA-H5), and a context that outlives its binding the previous one (SVA-H6)',
    invariant: 'SVA-I1',
  },
  check({ evidence }, report) {
    for (const { descriptor, mm, step, thread, part } of evidence.writes) {
      if (mm === descriptor.mm) continue;
      report('written-into-another-process', step, () => ({
        message: `${thread.name} writes the completion record of ${descriptorName(descriptor)} into memory of ${mm.process.name}.`,
        expected: [`${part} stored in ${descriptor.mm.name}, or nothing`],
        actual: [`${part} stored in ${mm.name}`],
      }));
    }
    return evidence.writes.length + evidence.fixups.length > 0;
  },
};

export const statusIsVisibleAfterBody: Property<Evidence> = {
  id: 'status-is-visible-after-body',
  claim: 'a user who sees the status byte set finds the rest of the completion record final',
  source: {
    status: 'posted',
    date: '2023-04-07',
    messageId: '20230407203143.2189681-9-fenghua.yu@intel.com',
    note: 'v4 writes the status last, after wmb(); byte 0 is the status, so that an ascending memcpy writes it first (SVA-H4)',
    invariant: 'SVA-I2',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const poll of evidence.polls) {
      const descriptor = seenBy(poll, evidence);
      if (descriptor === null) continue;
      exercised = true;
      const { bodyOf, status, step, call } = poll;
      if (bodyOf === descriptor.id) continue;
      const partial = bodyOf === -descriptor.id;
      report(partial ? 'partial-body' : 'stale-body', step, () => ({
        message: `${call.thread.name} sees status ${status} of ${descriptorName(descriptor)} and reads on.`,
        expected: [`body of descriptor ${descriptor.id}`],
        actual: [
          partial
            ? `first part of the body of descriptor ${descriptor.id}, then what was there before`
            : bodyOf === 0
              ? 'body as it was before'
              : `body of descriptor ${Math.abs(bodyOf)}`,
        ],
      }));
    }
    return exercised;
  },
};

/** The descriptor whose status was seen; null if there is none, or if nobody could tell the records apart. */
function seenBy({ status, statusOf, mm, cr }: Poll, { descriptors }: Evidence): Descriptor | null {
  if (status === 0) return null;
  // A user that has two descriptors write one record asks for a mixture. What was meant for another process, or was
  // inherited by fork, is not what this user waits for.
  const own = descriptors.filter((descriptor) => descriptor.mm === mm && descriptor.cr === cr);
  return own.length === 1 && own[0]!.id === statusOf ? own[0]! : null;
}

export const batchSucceedsOnlyWithItsMembers: Property<Evidence> = {
  id: 'batch-succeeds-only-with-its-members',
  claim: 'no fixup writes success into the record of a batch if the record of a member could not be written',
  source: {
    status: 'inferred',
    note: 'what batch_fail[] is for; works of one batch run in any order (SVA-H15), which nobody raised. That queue_work refuses while somebody drains was seen on real machines (d5638de827cf); what it means for a batch was not said',
    invariant: 'SVA-I13',
  },
  requires: ['batch fixup'],
  check({ evidence }, report) {
    let exercised = false;
    for (const write of evidence.writes) {
      const { descriptor, by, part, status, step, thread } = write;
      const { member } = descriptor;
      // What devices say of their batches is not known.
      if (member === null || by === 'device' || part === 'body' || !isLost(member, evidence)) continue;
      exercised = true;
      if (status !== SUCCESS) continue;
      const kind = isRefused(member, evidence)
        ? 'success-despite-refused-member'
        : 'success-despite-lost-member';
      report(kind, step, () => ({
        message: `${thread.name} writes the record of ${descriptorName(descriptor)}, whose member's record is lost.`,
        expected: ['a status other than success, or the record of its member written'],
        actual: [`status ${status} of descriptor ${descriptor.id}, nothing of descriptor ${member.id}`],
      }));
    }
    return exercised;
  },
};

/** Whether it faulted, and it is certain that its status will not be written. */
function isLost(descriptor: Descriptor, evidence: Evidence): boolean {
  switch (descriptor.ended) {
    case null:
    case 'no record asked for':
    case 'written by the device':
      return false;
    case 'in SWERROR':
    case 'dropped':
      return true;
    case 'logged':
      // What was drained belonged to a user who has gone.
      return (
        !descriptor.drained &&
        !isCompleted(descriptor, evidence) &&
        (isRefused(descriptor, evidence) || returnedFixup(descriptor, evidence) !== undefined)
      );
    default:
      return descriptor.ended satisfies never;
  }
}

export const countAgreesWithStatus: Property<Evidence> = {
  id: 'full-count-means-status-written',
  claim: 'a fixup says that it copied all if and only if the status byte was written',
  source: {
    status: 'inferred',
    note: 'v4 writes the status last and counts it last. An unaligned record shows the difference; devices take aligned ones only',
    invariant: 'SVA-I14',
  },
  requires: ['fixup'],
  check({ evidence }, report) {
    let exercised = false;
    for (const { descriptor, size, copied, statusWritten, step, thread } of evidence.fixups) {
      if (copied === null) continue;
      exercised = true;
      if ((copied === size) === statusWritten) continue;
      report('count-and-status-differ', step, () => ({
        message: `${thread.name} copies the record of ${descriptorName(descriptor)}.`,
        expected: [`${size} bytes and the status, or less and no status`],
        actual: [`${copied} bytes, status ${statusWritten ? 'written' : 'not written'}`],
      }));
    }
    return exercised;
  },
};

export const bodyGetsItsStatus: Property<Evidence> = {
  id: 'stored-body-gets-its-status',
  claim: 'a fixup that stored any part of a record has stored its status in the end',
  source: {
    status: 'inferred',
    note: 'copy_to_user from v4 on may leave a part of the body behind, and then the status alone (SVA-H18); nobody raised it. An unaligned record shows it; devices take aligned ones only',
  },
  requires: ['fixup'],
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const { descriptor, mm, copied, statusWritten, step, thread } of evidence.fixups) {
      if (copied === null || mm === null || removesRecord(machine, mm.process, descriptor.cr)) continue;
      const body = evidence.writes.find(
        (write) => write.by === 'fixup' && write.descriptor === descriptor && write.part === 'body',
      );
      if (body === undefined) continue;
      exercised = true;
      if (statusWritten) continue;
      report('body-without-status', step, () => ({
        message: `${thread.name} gives up the record of ${descriptorName(descriptor)} half way.`,
        expected: ['nothing stored, or the status as well'],
        actual: [
          `${body.partial ? 'first part of the body' : 'body'} stored in ${body.mm.name}, status still 0`,
        ],
      }));
    }
    return exercised;
  },
};

export const unwritableAddressStaysUnwritten: Property<Evidence> = {
  id: 'unwritable-address-stays-unwritten',
  claim: 'a record whose address the user may not write is not written for them',
  source: {
    status: 'posted',
    date: '2023-03-06',
    messageId: '20230306163138.587484-9-fenghua.yu@intel.com',
    note: 'inferred from the flags: FOLL_WRITE without FOLL_FORCE; copy_to_user from v4 on',
    invariant: 'SVA-I15',
  },
  check({ evidence }, report) {
    for (const write of evidence.writes) {
      if (write.writable) continue;
      const { descriptor, step, thread, mm } = write;
      report('written-without-permission', step, () => ({
        message: `${thread.name} writes the record of ${descriptorName(descriptor)} where ${mm.process.name} may not.`,
        expected: ['nothing stored'],
        actual: [storeLine(write)],
      }));
    }
    return evidence.descriptors.some(
      ({ cr, ended }) => ended !== null && (cr === 'readonly' || cr === 'hole' || cr === 'cross'),
    );
  },
};

const storeLine = ({ part, mm, descriptor }: RecordWrite): string =>
  `${part} stored in ${mm.name}, ${descriptor.cr}`;
