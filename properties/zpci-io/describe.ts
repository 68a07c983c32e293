/** Lines for the diffs that findings show. */
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { GuestAccess, Instruction, Operand, Request, U64, ZpciOperation } from './evidence.ts';
import { hex, toNumber } from './u64.ts';

/** The operation a call carries out; null for what an actor started by itself (a guest's teardown). */
export function operationOf(call: Call): ZpciOperation | null {
  return call.work.operation < 0 ? null : (call.work.argument as ZpciOperation);
}

export function pageNumber({ hi, lo }: U64): number {
  return (toNumber(hi, lo) - (lo % PAGE_SIZE)) / PAGE_SIZE;
}

export function requestLines(insn: string, request: Request | GuestAccess): string[] {
  const lines = [`insn   ${insn}`, `pcias  ${request.pcias}`];
  lines.push(`offset ${hex(request.offset.hi, request.offset.lo)}`, `len    ${request.len}`);
  if ('gaddr' in request) lines.push(`gaddr  ${hex(request.gaddr.hi, request.gaddr.lo)}`);
  return lines;
}

/** The data address of an instruction, from the page that was pinned and the offset that was used. */
const dataAddress = ({ page, dataOffset }: Operand): string =>
  page === null ? 'kernel buffer' : `0x${(page.number * PAGE_SIZE + dataOffset).toString(16)}`;

export function instructionLines({ insn, operand }: Instruction): string[] {
  const lines = [`insn   ${insn}`, `pcias  ${operand.pcias}`];
  lines.push(`offset ${hex(operand.offsetHi, operand.offsetLo)}`, `len    ${operand.len}`);
  if (operand.page !== null) lines.push(`gaddr  ${dataAddress(operand)}`);
  return lines;
}

export function instructionLine({ insn, operand }: Instruction): string {
  return `${insn} pcias ${operand.pcias} offset ${hex(operand.offsetHi, operand.offsetLo)} len ${operand.len}`;
}
