/** Claims about what a submitted request may turn into: Z4 to Z6, Z13 to Z15, Z19, Z20, Z23 of models/zpci-io/README.md. */
import { EBADF } from '../../harness/machine/errno.ts';
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Property } from '../../harness/model/property.ts';
import { mappedBytes, REGION_SPAN, REQUEST_AT } from './access.ts';
import { instructionLine, instructionLines, operationOf, pageNumber, requestLines } from './describe.ts';
import type { Evidence, Instruction, Operand, Request, ZpciOperation } from './evidence.ts';
import { toNumber } from './u64.ts';

/** Source of the invariants: read off the patch text, nobody in the thread said them. */
const fromPatch = (invariant: string) =>
  ({ status: 'inferred', note: 'from the text of v1 4/4', invariant }) as const;

const GADDR_AT = 24;
const REQUEST_SIZE = 32;
const READ = 1;
const BLOCKW = 2;

type RegionWrite = Extract<ZpciOperation, { kind: 'region_write' }>;

/** Whether a write covered the whole request, from a buffer that is mapped as far as that. */
function isWhole({ access }: RegionWrite): boolean {
  return access.pos === REQUEST_AT && mappedBytes(access) >= REQUEST_SIZE;
}

/** What a request asks for; READ wins over BLOCKW, and without either nothing is to execute. */
function wantedInsn({ flags }: Request): 'pcilg' | 'pcistb' | null {
  return (flags.lo & READ) !== 0 ? 'pcilg' : (flags.lo & BLOCKW) !== 0 ? 'pcistb' : null;
}

export const requestBelongsToCaller: Property<Evidence> = {
  id: 'request-belongs-to-caller',
  claim: 'every executed instruction equals one complete request that the executing caller submitted',
  source: { ...fromPatch('Z4'), note: 'the intent that Matthew Rosato states 2021-01-20 17:40' },
  check({ evidence }, report) {
    let exercised = false;
    for (const instruction of evidence.instructions) {
      const operation = operationOf(instruction.call);
      if (operation === null) continue;
      const own = isOwn(instruction, operation, evidence);
      if (own === null) continue;
      exercised = true;
      if (!own) {
        report('executes-another-request', instruction.step, () => ({
          message: `${instruction.thread.name} executed a request that it did not submit.`,
          expected: submitted(operation),
          actual: instructionLines(instruction),
        }));
      }
    }
    return exercised;
  },
};

/** Whether an instruction is what its caller asked for; null where the caller gave no complete request. */
function isOwn(instruction: Instruction, operation: ZpciOperation, evidence: Evidence): boolean | null {
  const { insn, operand } = instruction;
  switch (operation.kind) {
    case 'region_write':
      return isWhole(operation) ? isRequest(instruction, operation.request) : null;
    case 'bar_read':
    case 'bar_write': {
      const { pos, count, index, iswrite } = operation.access;
      // A position beyond 1 TiB names another region, by design of vfio-pci's offsets.
      if (operand.path !== 'derived driver' && pos >= REGION_SPAN) return null;
      return insn.startsWith('pcilg') !== iswrite && operand.pcias === index && isWithin(operand, pos, count);
    }
    case 'pcistb':
    case 'pcistg':
    case 'pcilg': {
      const { pcias, offset, len } = operation;
      if (operand.path === 'region') {
        const buffer = operation.kind === 'pcilg' ? evidence.vmmBuffers.pcilg : evidence.vmmBuffers.pcistb;
        return (
          insn === operation.kind &&
          operand.pcias === pcias &&
          operand.len === len &&
          operand.offsetHi === offset.hi &&
          operand.offsetLo === offset.lo &&
          operand.page?.number === buffer
        );
      }
      const start = toNumber(offset.hi, offset.lo);
      if (operand.path !== 'derived driver' && start >= REGION_SPAN) return null;
      return operand.pcias === pcias && isWithin(operand, start, len);
    }
    default:
      return null;
  }
}

/** Whether an instruction is one request, in every field. */
function isRequest({ insn, operand }: Instruction, request: Request): boolean {
  return (
    insn === wantedInsn(request) &&
    operand.pcias === request.pcias &&
    operand.len === request.len &&
    operand.offsetHi === request.offset.hi &&
    operand.offsetLo === request.offset.lo &&
    operand.page?.number === pageNumber(request.gaddr) &&
    operand.dataOffset === request.gaddr.lo % PAGE_SIZE
  );
}

/** Whether a piece of an access lies in it. */
function isWithin({ offsetHi, offsetLo, len }: Operand, start: number, count: number): boolean {
  const offset = toNumber(offsetHi, offsetLo);
  return offset >= start && offset + len <= start + count;
}

function submitted(operation: ZpciOperation): string[] {
  switch (operation.kind) {
    case 'region_write':
      return requestLines(wantedInsn(operation.request) ?? 'none', operation.request);
    case 'pcistb':
    case 'pcistg':
    case 'pcilg':
      return requestLines(operation.kind, operation);
    case 'bar_read':
    case 'bar_write':
      return [`${operation.kind} bar ${operation.access.index} pos ${operation.access.pos}`];
    default:
      return [operation.kind];
  }
}

export const requestExecutesAsValidated: Property<Evidence> = {
  id: 'request-executes-as-validated',
  claim: 'every executed request passed all checks on the very values that it executes with',
  source: fromPatch('Z5'),
  check({ evidence }, report) {
    let exercised = false;
    for (const instruction of evidence.instructions) {
      // The generic BAR path checks no request: it makes the instructions itself.
      if (instruction.operand.path === 'bar') continue;
      exercised = true;
      const kind = failedCheck(instruction, evidence.facts.maxstbl);
      if (kind === null) continue;
      report(kind, instruction.step, () => ({
        message: `${instruction.thread.name} executed a ${instruction.insn.toUpperCase()} that its checks refuse.`,
        // The same instruction, but for the value that should have been refused.
        expected: instructionLines(instruction).map((line) =>
          line.startsWith(REFUSED[kind].field) ? `${REFUSED[kind].field}${REFUSED[kind].allowed}` : line,
        ),
        actual: instructionLines(instruction),
      }));
    }
    return exercised;
  },
};

const REFUSED = {
  'load-longer-than-8': { field: 'len    ', allowed: 'at most 8' },
  'store-longer-than-maxstbl': { field: 'len    ', allowed: 'at most maxstbl' },
  'address-not-aligned': { field: 'gaddr  ', allowed: 'a multiple of 8' },
  'leaves-page': { field: 'len    ', allowed: 'at most to the end of the page of gaddr' },
} as const;

function failedCheck({ insn, operand }: Instruction, maxstbl: number): keyof typeof REFUSED | null {
  if (insn === 'pcilg' && operand.len > 8) return 'load-longer-than-8';
  if (insn === 'pcistb' && operand.len > maxstbl) return 'store-longer-than-maxstbl';
  if (operand.page === null) return null;
  if (operand.dataOffset % 8 !== 0) return 'address-not-aligned';
  // A length of 0 passes unless the address is page aligned; zero-length-never-executes has that.
  if (operand.dataOffset + operand.len > PAGE_SIZE) return 'leaves-page';
  return null;
}

export const accessStaysInPinnedPage: Property<Evidence> = {
  id: 'access-stays-in-pinned-page',
  claim: 'all bytes an instruction moves in host memory lie in the pinned page or in a buffer of its own',
  source: fromPatch('Z6'),
  check({ evidence }, report) {
    for (const instruction of evidence.instructions) {
      const { insn, operand } = instruction;
      // A successful PCILG stores its whole register of 8 bytes.
      const loads = insn.startsWith('pcilg');
      if (loads && instruction.status < 0) continue;
      const bytes = loads ? 8 : operand.len;
      if (operand.dataOffset + bytes <= operand.dataSize) continue;
      report(loads ? 'load-runs-past-page' : 'store-source-runs-past-page', instruction.step, () => ({
        message: `${instruction.thread.name}: ${bytes} bytes at offset ${operand.dataOffset} of ${operand.dataSize}: the rest is whatever lies behind it in host memory.`,
        expected: [`bytes ${operand.dataOffset} to ${operand.dataSize - 1} at most`],
        actual: [
          `bytes ${operand.dataOffset} to ${operand.dataOffset + bytes - 1}`,
          ...instructionLines(instruction),
        ],
      }));
    }
    return evidence.instructions.length > 0;
  },
};

export const requestNeedsAllItsBytes: Property<Evidence> = {
  id: 'request-needs-all-its-bytes',
  claim: 'a request executes only on a write that covers all of its 32 bytes',
  source: fromPatch('Z13'),
  requires: ['region'],
  check({ evidence }, report) {
    let exercised = false;
    for (const instruction of evidence.instructions) {
      if (instruction.operand.path !== 'region') continue;
      exercised = true;
      const operation = operationOf(instruction.call);
      if (operation?.kind !== 'region_write' || isWhole(operation)) continue;
      const { pos, count } = operation.access;
      report('executes-on-a-partial-write', instruction.step, () => ({
        message: `${instruction.thread.name} wrote ${count} bytes at ${pos}; the other fields of what it executed are left over.`,
        expected: ['no instruction, or pos 16 and count 32'],
        actual: [`pos ${pos}, count ${count}`, ...instructionLines(instruction)],
      }));
    }
    return exercised;
  },
};

export const failedSubmissionExecutesNothing: Property<Evidence> = {
  id: 'failed-submission-executes-nothing',
  claim: 'a submission that returns an error executes nothing, and leaves nothing that another call executes',
  source: fromPatch('Z14'),
  check({ machine, evidence }, report) {
    // Functions other than ISM take split stores; there an error after the first piece is how vfio always was.
    if (!evidence.facts.ism) return false;
    let exercised = false;
    for (const failed of machine.returned) {
      // -EBADF comes before anything is written.
      if (failed.ret === null || failed.ret >= 0 || failed.ret === -EBADF) continue;
      const operation = operationOf(failed);
      if (operation === null) continue;
      if (operation.kind === 'bar_write' || operation.kind === 'region_write') exercised = true;
      else continue;
      for (const instruction of evidence.instructions) {
        if (instruction.status !== 0) continue;
        if (instruction.call === failed) {
          report('failed-call-executed', instruction.step, () => ({
            message: `${failed.thread.name}: ${operation.kind} returned ${failed.ret} after it had stored.`,
            expected: [`ret ${failed.ret}, no instruction`],
            actual: [`ret ${failed.ret}`, instructionLine(instruction)],
          }));
        } else if (
          operation.kind === 'region_write' &&
          instruction.step > failed.begun &&
          leavesFor(operation, instruction)
        ) {
          report('left-for-another-call', instruction.step, () => ({
            message: `${failed.thread.name}'s request was refused with ${failed.ret}, and executed by a call of ${instruction.thread.name}.`,
            expected: [`${failed.thread.name} ret ${failed.ret}, and nothing of it executes`],
            actual: [`${failed.thread.name} ret ${failed.ret}`, ...instructionLines(instruction)],
          }));
        }
      }
    }
    return exercised;
  },
};

/** Whether another call executed a refused request, or with what a refused one left where it wrote nothing itself. */
function leavesFor(refused: RegionWrite, instruction: Instruction): boolean {
  const { call, operand } = instruction;
  if (operand.path !== 'region' || operand.page === null || !isWhole(refused)) return false;
  const own = operationOf(call);
  if (own?.kind === 'region_write' && !isWhole(own)) {
    const { gaddr } = refused.request;
    const covered = own.access.pos <= GADDR_AT && own.access.pos + own.access.count >= GADDR_AT + 8;
    const same = operand.page.number === pageNumber(gaddr) && operand.dataOffset === gaddr.lo % PAGE_SIZE;
    return same && !covered;
  }
  if (!isRequest(instruction, refused.request)) return false;
  // A guest's request has a buffer of QEMU's for its address: the same one in a raw request is no evidence.
  return own?.kind === 'region_write' && !isRequest(instruction, own.request);
}

export const zeroLengthNeverExecutes: Property<Evidence> = {
  id: 'zero-length-never-executes',
  claim: 'an operation of length 0 never reaches the instruction, whatever its address',
  source: fromPatch('Z15'),
  check({ evidence }, report) {
    for (const instruction of evidence.instructions) {
      if (instruction.operand.len !== 0) continue;
      report('zero-length-executed', instruction.step, () => ({
        message: `${instruction.thread.name} issued an instruction of length 0.`,
        expected: ['-EIO, no instruction'],
        actual: instructionLines(instruction),
      }));
    }
    return evidence.instructions.length > 0;
  },
};

export const onlyBarAddressSpaces: Property<Evidence> = {
  id: 'only-bar-address-spaces',
  claim: 'no instruction names a PCI address space other than the BARs (0 to 5)',
  source: fromPatch('Z19'),
  check({ evidence }, report) {
    for (const instruction of evidence.instructions) {
      const { pcias } = instruction.operand;
      if (pcias <= 5) continue;
      report(pcias === 15 ? 'reaches-config-space' : 'reaches-unknown-space', instruction.step, () => ({
        message: `${instruction.thread.name} reached PCI address space ${pcias}${pcias === 15 ? ', config space: around the virtual one that vfio shows' : ''}.`,
        expected: ['pcias 0 to 5'],
        actual: instructionLines(instruction),
      }));
    }
    return evidence.instructions.length > 0;
  },
};

export const instructionStaysInBlock: Property<Evidence> = {
  id: 'instruction-stays-in-4k-block',
  claim: 'no instruction crosses a 4 KiB block of PCI address space or the end of its BAR',
  source: { ...fromPatch('Z20'), note: 'QEMU and vfio/ism refuse the first in software' },
  check({ evidence }, report) {
    for (const instruction of evidence.instructions) {
      const { pcias, offsetHi, offsetLo, len } = instruction.operand;
      if (pcias > 5) continue;
      if ((offsetLo % PAGE_SIZE) + len > PAGE_SIZE) {
        report('crosses-4k', instruction.step, () => ({
          message: `${instruction.thread.name} issued an instruction across a 4 KiB block.`,
          expected: [`offset % 4096 + len at most 4096`],
          actual: instructionLines(instruction),
        }));
      }
      const size = evidence.facts.barSize[pcias]!;
      if (toNumber(offsetHi, offsetLo) + len > size) {
        report(size === 0 ? 'no-such-bar' : 'leaves-bar', instruction.step, () => ({
          message:
            size === 0
              ? `${instruction.thread.name} addressed BAR ${pcias}, which the function has not.`
              : `${instruction.thread.name} went past the end of BAR ${pcias} (${size} bytes).`,
          expected: [`offset + len at most 0x${size.toString(16)}`],
          actual: instructionLines(instruction),
        }));
      }
    }
    return evidence.instructions.length > 0;
  },
};

export const instructionTargetsOwnFunction: Property<Evidence> = {
  id: 'instruction-targets-own-function',
  claim: "an instruction's function handle is always that of the fd's function",
  source: fromPatch('Z23'),
  check({ evidence }, report) {
    for (const instruction of evidence.instructions) {
      const { fh } = instruction.operand;
      if (fh === evidence.ownFh) continue;
      report('foreign-handle', instruction.step, () => ({
        message: `${instruction.thread.name} addressed another function.`,
        expected: [`fh 0x${evidence.ownFh.toString(16)}`],
        actual: [`fh 0x${fh.toString(16)}`, ...instructionLines(instruction)],
      }));
    }
    return evidence.instructions.length > 0;
  },
};
