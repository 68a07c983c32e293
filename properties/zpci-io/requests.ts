/** Claims about what a submitted request may turn into: Z4 to Z6, Z13 to Z15, Z19, Z20, Z23 of the facts. */
import type { Property } from '../../harness/model/property.ts';
import { instructionLine, instructionLines, operationOf, pageNumber, requestLines } from './describe.ts';
import type { Evidence, Instruction, Request, ZpciOperation } from './evidence.ts';

/** Source of the invariants: read off the patch text, nobody in the thread said them. */
const fromPatch = (invariant: string) =>
  ({ status: 'inferred', note: 'from the text of v1 4/4', invariant }) as const;

const REQUEST_AT = 16;
const REQUEST_SIZE = 32;
const READ = 1;
const PAGE_SIZE = 4096;

type RegionWrite = Extract<ZpciOperation, { kind: 'region_write' }>;

/** Whether a write covered the whole request. */
function isWhole({ access }: RegionWrite): boolean {
  return access.pos === REQUEST_AT && access.count >= REQUEST_SIZE && access.buffer === 'ok';
}

const wantedInsn = (request: Request): string => ((request.flags.lo & READ) !== 0 ? 'pcilg' : 'pcistb');

export const requestBelongsToCaller: Property<Evidence> = {
  id: 'request-belongs-to-caller',
  claim: 'every executed instruction equals one complete request that the executing caller submitted',
  source: { ...fromPatch('Z4'), note: 'the intent that Matthew Rosato states 2021-01-20 17:40' },
  check({ evidence }, report) {
    let exercised = false;
    for (const instruction of evidence.instructions) {
      const operation = operationOf(instruction.call);
      if (operation === null) continue;
      const wrong = differs(instruction, operation);
      if (wrong === null) continue;
      exercised = true;
      if (wrong) {
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

/** Whether an instruction is not what its caller asked for; null where the caller gave no complete request. */
function differs({ insn, operand }: Instruction, operation: ZpciOperation): boolean | null {
  switch (operation.kind) {
    case 'region_write': {
      if (!isWhole(operation)) return null;
      const { request } = operation;
      return (
        insn !== wantedInsn(request) ||
        operand.pcias !== request.pcias ||
        operand.len !== request.len ||
        operand.offsetHi !== request.offset.hi ||
        operand.offsetLo !== request.offset.lo ||
        operand.page?.number !== pageNumber(request.gaddr) ||
        operand.dataOffset !== request.gaddr.lo % PAGE_SIZE
      );
    }
    case 'bar_read':
    case 'bar_write': {
      const { pos, count, index, iswrite } = operation.access;
      const offset = operand.offsetHi * 0x1_0000_0000 + operand.offsetLo;
      // A position beyond 1 TiB names another BAR by design of the region offsets.
      if (pos >= 2 ** 40) return null;
      const loads = insn.startsWith('pcilg');
      return (
        loads === iswrite || operand.pcias !== index || offset < pos || offset + operand.len > pos + count
      );
    }
    case 'pcistb':
    case 'pcistg':
    case 'pcilg': {
      const offset = operand.offsetHi * 0x1_0000_0000 + operand.offsetLo;
      const start = operation.offset.hi * 0x1_0000_0000 + operation.offset.lo;
      if (start >= 2 ** 40) return null;
      return (
        operand.pcias !== operation.pcias || offset < start || offset + operand.len > start + operation.len
      );
    }
    default:
      return null;
  }
}

function submitted(operation: ZpciOperation): string[] {
  switch (operation.kind) {
    case 'region_write':
      return requestLines(wantedInsn(operation.request), operation.request);
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
      const { insn, operand } = instruction;
      if (operand.path === 'bar') continue;
      exercised = true;
      const kind = failedCheck(instruction, evidence.facts.maxstbl);
      if (kind === null) continue;
      report(kind, instruction.step, () => ({
        message: `${instruction.thread.name} executed a ${insn.toUpperCase()} that its checks refuse.`,
        expected: [EXPECTED_BY_CHECK[kind]],
        actual: instructionLines(instruction),
      }));
    }
    return exercised;
  },
};

const EXPECTED_BY_CHECK = {
  'load-longer-than-8': 'pcilg with len at most 8',
  'store-longer-than-maxstbl': 'pcistb with len at most maxstbl',
  'address-not-aligned': 'gaddr a multiple of 8',
  'leaves-page': 'gaddr .. gaddr + len within one page',
} as const;

function failedCheck({ insn, operand }: Instruction, maxstbl: number): keyof typeof EXPECTED_BY_CHECK | null {
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
      if (failed.ret === null || failed.ret >= 0) continue;
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
        } else if (operation.kind === 'region_write' && leavesFor(operation, instruction)) {
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

/** Whether an instruction of another call runs with the data address of a refused request, which is not its own. */
function leavesFor(refused: RegionWrite, { call, operand }: Instruction): boolean {
  if (operand.path !== 'region' || !isWhole(refused) || operand.page === null) return false;
  const { gaddr } = refused.request;
  if (operand.page.number !== pageNumber(gaddr) || operand.dataOffset !== gaddr.lo % PAGE_SIZE) return false;
  const own = operationOf(call);
  if (own?.kind !== 'region_write') return true;
  const sent = own.request.gaddr;
  const covered = own.access.pos <= 24 && own.access.pos + own.access.count >= 32;
  return !covered || sent.hi !== gaddr.hi || sent.lo !== gaddr.lo;
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
      if (offsetHi * 0x1_0000_0000 + offsetLo + len > size) {
        report('leaves-bar', instruction.step, () => ({
          message: `${instruction.thread.name} went past the end of BAR ${pcias} (${size} bytes).`,
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
