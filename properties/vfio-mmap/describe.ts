/** Lines for the diffs that findings show. */
import type { Call } from '../../harness/machine/thread.ts';
import type { DeviceAccess, Mapping, MapRequest, Protection, VfioOperation } from './evidence.ts';

/** The operation a call carries out; null for what an actor started by itself (an owner's answer to the request). */
export function operationOf(call: Call): VfioOperation | null {
  return call.work.operation < 0 ? null : (call.work.argument as VfioOperation);
}

export const hex = (value: number): string => `0x${value.toString(16)}`;

export const accessLine = ({ insn, bar, offset, len }: DeviceAccess): string =>
  `${insn} BAR ${bar} offset ${hex(offset)} len ${len}`;

/** `PROT_WRITE`, `PROT_READ|PROT_WRITE`, `PROT_NONE`. */
export function protectionName({ read, write, exec }: Protection): string {
  const names = [read && 'PROT_READ', write && 'PROT_WRITE', exec && 'PROT_EXEC'].filter(Boolean);
  return names.length === 0 ? 'PROT_NONE' : names.join('|');
}

/** `BAR 4`, or `/dev/mem`. */
export const mappedName = ({ bar }: Mapping): string => (bar === null ? '/dev/mem' : `BAR ${bar}`);

export const requestLine = ({ bar, offset, length }: MapRequest): string =>
  `mmap BAR ${bar} offset ${hex(offset)} length ${hex(length)}`;
