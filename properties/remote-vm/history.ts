/** What the calls of an execution leave to be true of a process: certainly, or at some time during a later call. */
import type { Machine } from '../../harness/machine/machine.ts';
import type { Process } from '../../harness/machine/process.ts';
import type { Call } from '../../harness/machine/thread.ts';
import { operationOf } from './describe.ts';
import type { RemoteVmOperation } from './evidence.ts';

type Kind = RemoteVmOperation['kind'];

/** Whether the first has come back before the second begins. */
export const isBefore = (first: Call, second: Call): boolean =>
  first.returned >= 0 && first.returned < second.begun;

/** Whether the first begins before the second has come back. */
const mayAffect = (first: Call, second: Call): boolean =>
  first !== second && (second.returned < 0 || first.begun <= second.returned);

/** Whether a process may have made such a call, or begun to, before the end of that one. */
export const mayHaveCalled = ({ calls }: Machine, process: Process | null, kind: Kind, by: Call): boolean =>
  calls.some(
    (call) => call.thread.process === process && mayAffect(call, by) && operationOf(call)?.kind === kind,
  );

/** Whether a process made such a call with success before that one began. */
export const hasCalled = ({ calls }: Machine, process: Process | null, kind: Kind, before: Call): boolean =>
  calls.some(
    (call) =>
      call.thread.process === process &&
      call.ret === 0 &&
      isBefore(call, before) &&
      operationOf(call)?.kind === kind,
  );

/** Whether a process may have a descriptor of that name, or an open that is to give it one, at some time during a call. */
export function mayHold(machine: Machine, process: Process, fd: string, during: Call): boolean {
  return machine.calls.some(
    (call) =>
      mayAffect(call, during) &&
      mayGive(call, process, fd, during) &&
      !machine.calls.some(
        (other) =>
          other.ret === 0 && isBefore(call, other) && isBefore(other, during) && closes(other, process, fd),
      ),
  );
}

/** Whether a call may give a process a descriptor of that name. One that fails has it reserved meanwhile. */
function mayGive(call: Call, process: Process, fd: string, during: Call): boolean {
  const operation = operationOf(call);
  const mayHave = call.ret === 0 || call.ret === null;
  switch (operation?.kind) {
    case 'open':
      return call.thread.process === process && operation.as === fd && (mayHave || !isBefore(call, during));
    case 'pass_fd':
      return mayHave && operation.to === process.name && operation.fd === fd;
    case 'fork':
      // Whatever its parent had.
      return mayHave && process.name.startsWith('child');
    default:
      return false;
  }
}

/** Whether a process has a descriptor of that name, which it opened itself, for the whole of a call. */
export function holds(machine: Machine, process: Process, fd: string, during: Call): boolean {
  return machine.calls.some((call) => {
    const operation = operationOf(call);
    return (
      operation?.kind === 'open' &&
      operation.as === fd &&
      call.thread.process === process &&
      call.ret === 0 &&
      isBefore(call, during) &&
      !machine.calls.some(
        (other) =>
          mayAffect(other, during) &&
          !isBefore(other, call) &&
          (closes(other, process, fd) || ends(other, process)),
      )
    );
  });
}

function closes({ thread, work }: Call, process: Process, fd: string): boolean {
  const operation = work.argument as RemoteVmOperation;
  return thread.process === process && operation.kind === 'close' && operation.fd === fd;
}

const ends = ({ thread, work }: Call, process: Process): boolean =>
  thread.process === process && (work.argument as RemoteVmOperation).kind === 'exit';
