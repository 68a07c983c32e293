/** Lines for the diffs that findings show. */
import type { Call } from '../../harness/machine/thread.ts';
import type { GuestAccess, Instruction, Operand, Request, U64, ZpciOperation } from './evidence.ts';

export const hex = (hi: number, lo: number): string => `0x${((BigInt(hi) << 32n) | BigInt(lo)).toString(16)}`;

/** The operation a call carries out; null for what an actor started by itself (a guest's teardown). */
export function operationOf(call: Call): ZpciOperation | null {
  return call.work.operation < 0 ? null : (call.work.argument as ZpciOperation);
}

export function pageNumber({ hi, lo }: U64): number {
  return (hi * 0x1_0000_0000 + lo - (lo % 4096)) / 4096;
}

export function requestLines(insn: string, request: Request | GuestAccess): string[] {
  const lines = [`insn   ${insn}`, `pcias  ${request.pcias}`];
  lines.push(`offset ${hex(request.offset.hi, request.offset.lo)}`, `len    ${request.len}`);
  if ('gaddr' in request) lines.push(`gaddr  ${hex(request.gaddr.hi, request.gaddr.lo)}`);
  return lines;
}

/** The data address of an instruction, from the page that was pinned and the offset that was used. */
const dataAddress = ({ page, dataOffset }: Operand): string =>
  page === null ? 'kernel buffer' : `0x${(page.number * 4096 + dataOffset).toString(16)}`;

export function instructionLines({ insn, operand }: Instruction): string[] {
  const lines = [`insn   ${insn}`, `pcias  ${operand.pcias}`];
  lines.push(`offset ${hex(operand.offsetHi, operand.offsetLo)}`, `len    ${operand.len}`);
  if (operand.page !== null) lines.push(`gaddr  ${dataAddress(operand)}`);
  return lines;
}

export function instructionLine({ insn, operand }: Instruction): string {
  return `${insn} pcias ${operand.pcias} offset ${hex(operand.offsetHi, operand.offsetLo)} len ${operand.len}`;
}
