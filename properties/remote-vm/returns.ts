/** What user space gets from its calls: which errors there are, and what causes them. */
import { EAGAIN, EBADF, EBUSY, EIO, EMFILE, ENODEV, ENOMEM, ENXIO } from '../../harness/machine/errno.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { operationOf } from './describe.ts';
import type { Evidence, OpenFile, RemoteVmOperation } from './evidence.ts';
import { hasCalled, holds, isBefore, mayHaveCalled, mayHold } from './history.ts';

type Kind = RemoteVmOperation['kind'];
type Of<K extends Kind> = Extract<RemoteVmOperation, { readonly kind: K }>;

/** One error of a call, with what has to be so for it to be returned. */
interface Cause<K extends Kind = Kind> {
  readonly error: string;
  readonly ret: number | 'SIGSEGV';
  /** Whether that may have been so at some time during the call. */
  mayBe(call: Call, operation: Of<K>, execution: Execution<Evidence>): boolean;
  /** Whether it was so for the whole of the call, so that it cannot have succeeded. */
  is(call: Call, operation: Of<K>, execution: Execution<Evidence>): boolean;
}

const isDedicated = ({ wq }: Of<'open'>, { evidence }: Execution<Evidence>): boolean =>
  wq === 0 && evidence.facts.wq0 === 'dedicated';

/** The file of an open that succeeded and keeps its context: it counts as a client of its wq. */
const isClient = ({ opened, contextFreed }: OpenFile): boolean => opened && !contextFreed;

/** Whether two opens have come back, and neither file has been closed before the other was there. */
const areOpenTogether = (one: OpenFile, other: OpenFile): boolean =>
  !one.contextFreed &&
  !other.contextFreed &&
  one.call.ret === 0 &&
  other.call.ret === 0 &&
  (one.lastPutAt < 0 || one.lastPutAt > other.call.returned) &&
  (other.lastPutAt < 0 || other.lastPutAt > one.call.returned);

interface NamesDescriptor {
  readonly fd: string;
}

const EBADF_UNLESS_HELD = {
  error: 'EBADF',
  ret: -EBADF,
  mayBe: (call: Call, { fd }: NamesDescriptor, { machine }: Execution<Evidence>): boolean =>
    !holds(machine, call.thread.process!, fd, call),
  is: (call: Call, { fd }: NamesDescriptor, { machine }: Execution<Evidence>): boolean =>
    !mayHold(machine, call.thread.process!, fd, call),
};

/** Null: judged by another claim (`poll`), or there is no error. */
const CAUSES: { readonly [K in Kind]: readonly Cause<K>[] | null } = {
  open: [
    {
      error: 'EMFILE',
      ret: -EMFILE,
      mayBe: (call, { as }, { machine }) => mayHold(machine, call.thread.process!, as, call),
      is: (call, { as }, { machine }) => holds(machine, call.thread.process!, as, call),
    },
    {
      // chrdev_open finds nothing.
      error: 'ENXIO',
      ret: -ENXIO,
      mayBe: (call, { wq }, { machine }) => wq === 0 && mayHaveCalled(machine, null, 'user_drv_remove', call),
      is: (call, { wq }, { machine }) => wq === 0 && hasCalled(machine, null, 'user_drv_remove', call),
    },
    {
      // A dedicated wq has one client. Where ida_alloc fails, rc still holds what xa_insert said (SVA-H11).
      error: 'EBUSY',
      ret: -EBUSY,
      mayBe: (call, operation, execution) =>
        execution.evidence.files.some((file) =>
          file.call === call
            ? execution.evidence.facts.fault === 'ida' && file.inserted === false
            : isDedicated(operation, execution) &&
              file.wq === 0 &&
              isClient(file) &&
              file.step <= call.returned &&
              !(file.released && file.releasedAt < call.begun),
        ),
      is: (call, operation, execution) =>
        isDedicated(operation, execution) &&
        execution.evidence.files.some(
          (own) =>
            own.call === call &&
            execution.evidence.files.some(
              (other) => other !== own && other.wq === 0 && areOpenTogether(own, other),
            ),
        ),
    },
    {
      // idxd_wq_set_pasid; device_add where open makes a device.
      error: 'EIO',
      ret: -EIO,
      mayBe: (_call, operation, execution) => {
        const { fault } = execution.evidence.facts;
        return fault === 'device_add' || (fault === 'set_pasid' && isDedicated(operation, execution));
      },
      is: (_call, operation, execution) =>
        execution.evidence.facts.fault === 'set_pasid' && isDedicated(operation, execution),
    },
    {
      // ida_alloc, where open makes a device.
      error: 'ENOMEM',
      ret: -ENOMEM,
      mayBe: (_call, _operation, { evidence }) => evidence.facts.fault === 'ida',
      is: () => false,
    },
  ],
  close: [EBADF_UNLESS_HELD],
  pass_fd: [
    EBADF_UNLESS_HELD,
    {
      error: 'EMFILE',
      ret: -EMFILE,
      mayBe: (call, { fd, to }, { machine, evidence }) => {
        const receiver = evidence.mms.find(({ process }) => process.name === to);
        return receiver !== undefined && mayHold(machine, receiver.process, fd, call);
      },
      is: (call, { fd, to }, { machine, evidence }) => {
        const receiver = evidence.mms.find(({ process }) => process.name === to);
        return receiver !== undefined && holds(machine, receiver.process, fd, call);
      },
    },
  ],
  submit: [
    {
      // No portal is mapped, mmap says EPERM to who has not opened the file (from 8dfa57aabff6 on), or there is no PASID.
      error: 'SIGSEGV',
      ret: 'SIGSEGV',
      mayBe: (call, { fd }, { machine, evidence }) =>
        evidence.facts.fault === 'ida' ||
        !holds(machine, call.thread.process!, fd, call) ||
        !hasCalled(machine, call.thread.process, 'open', call),
      is: (call, { fd }, { machine, evidence }) =>
        !mayHold(machine, call.thread.process!, fd, call) ||
        (evidence.facts.wq0 === 'shared' && !mayHaveCalled(machine, call.thread.process, 'open', call)),
    },
  ],
  fork: [
    {
      // RLIMIT_NPROC leaves room for one child.
      error: 'EAGAIN',
      ret: -EAGAIN,
      mayBe: (call, _operation, { machine }) => otherFork(call, machine.calls, false),
      is: (call, _operation, { machine }) => otherFork(call, machine.calls, true),
    },
  ],
  user_drv_remove: [
    {
      // unbind_store: the driver is not bound.
      error: 'ENODEV',
      ret: -ENODEV,
      mayBe: (call, _operation, { machine }) => mayHaveCalled(machine, null, 'user_drv_remove', call),
      is: (call, _operation, { machine }) => hasCalled(machine, null, 'user_drv_remove', call),
    },
  ],
  poll: null,
  munmap: [],
  uffd_answer: [],
  exit: [],
};

/** Whether another process, or this one, may have forked; or certainly has. */
function otherFork(call: Call, calls: readonly Call[], certainly: boolean): boolean {
  return calls.some(
    (other) =>
      other !== call &&
      operationOf(other)?.kind === 'fork' &&
      (certainly ? other.ret === 0 && isBefore(other, call) : other.begun <= call.returned),
  );
}

/** The rows are by kind, and so is the operation. */
const causesOf = ({ kind }: RemoteVmOperation): readonly Cause[] | null =>
  CAUSES[kind] as readonly Cause[] | null;

export const errorsHaveACause: Property<Evidence> = {
  id: 'errors-have-a-cause',
  claim: 'a call that fails has met what its error is for, at some time between its begin and its end',
  source: {
    status: 'merged',
    date: 'v6.4',
    commit: 'e6fd6d7e5f0f',
    note: 'read off idxd_cdev_open and what calls it: one cause an errno. That nothing else is returned is inferred',
  },
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.calls) {
      const { ret, signal } = call;
      if (signal === null && (ret === null || ret >= 0)) continue;
      const operation = operationOf(call)!;
      const causes = causesOf(operation);
      if (causes === null) continue;
      exercised = true;
      const got = signal ?? ret;
      const cause = causes.find((one) => one.ret === got);
      if (cause?.mayBe(call, operation, execution) === true) continue;
      report(
        cause === undefined ? 'undocumented-error' : `${cause.error}-without-cause`,
        call.returned,
        () => ({
          message: `${callLine(call)}.`,
          expected: [
            cause === undefined ? 'an error that this call has' : `success, or a cause of ${cause.error}`,
          ],
          actual: [callLine(call)],
        }),
      );
    }
    return exercised;
  },
};

export const causesGiveAnError: Property<Evidence> = {
  id: 'causes-give-an-error',
  claim: 'a call during which a cause of an error was there all the time does not succeed',
  source: {
    status: 'merged',
    date: 'v6.4',
    commit: 'e6fd6d7e5f0f',
    note: 'read off idxd_cdev_open and what calls it; what fails late in open is another claim',
  },
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.calls) {
      if (call.ret === null) continue;
      const operation = operationOf(call)!;
      const causes = causesOf(operation);
      if (causes === null || causes.length === 0) continue;
      exercised = true;
      if (call.ret < 0) continue;
      for (const cause of causes) {
        if (!cause.is(call, operation, execution)) continue;
        report(`succeeds-despite-${cause.error}`, call.returned, () => ({
          message: `${callLine(call)}, although what ${cause.error} is for was there from its begin to its end.`,
          expected: [cause.ret === 'SIGSEGV' ? 'SIGSEGV' : `-${cause.error}`],
          actual: [callLine(call)],
        }));
      }
    }
    return exercised;
  },
};

export const openFailsWithItsDevice: Property<Evidence> = {
  id: 'open-fails-where-its-device-cannot-be-made',
  claim: 'open does not succeed where ida_alloc or device_add fails for the device of the file',
  source: {
    status: 'inferred',
    note: 'e6fd6d7e5f0f makes the device; rc is not set where ida_alloc fails (SVA-H11), which nobody raised',
  },
  requires: ['file device'],
  check({ machine, evidence }, report) {
    const { fault } = evidence.facts;
    if (fault !== 'ida' && fault !== 'device_add') return false;
    let exercised = false;
    for (const call of machine.calls) {
      if (call.ret === null || operationOf(call)!.kind !== 'open') continue;
      exercised = true;
      if (call.ret < 0) continue;
      report(fault === 'ida' ? 'succeeds-despite-ENOMEM' : 'succeeds-despite-EIO', call.returned, () => ({
        message: `${callLine(call)}, although ${fault} failed.`,
        expected: ['a negative errno'],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};
