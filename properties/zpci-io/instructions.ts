/** Claims about which instructions the device sees: Z9 to Z12, Z21, Z22 of models/zpci-io/README.md. */
import type { Execution, Property } from '../../harness/model/property.ts';
import { instructionLine, operationOf } from './describe.ts';
import type { Evidence, Instruction, ZpciFacts, ZpciOperation } from './evidence.ts';
import { hex, toNumber } from './u64.ts';

/** Calls `each` with every guest PCISTB that reached the device, and the instructions that it became. */
function forGuestStores(
  { machine, evidence }: Execution<Evidence>,
  each: (
    instructions: readonly Instruction[],
    guest: { len: number; pcias: number; hi: number; lo: number },
  ) => void,
): boolean {
  // A function that is not ISM takes stores of any shape.
  if (!evidence.facts.ism) return false;
  let exercised = false;
  for (const call of machine.calls) {
    const operation = operationOf(call);
    if (operation?.kind !== 'pcistb') continue;
    const instructions = evidence.instructions.filter((instruction) => instruction.call === call);
    if (instructions.length === 0) continue;
    exercised = true;
    each(instructions, { len: operation.len, pcias: operation.pcias, ...operation.offset });
  }
  return exercised;
}

export const oneInstructionPerGuestStore: Property<Evidence> = {
  id: 'one-instruction-per-guest-store',
  claim: "a guest's PCISTB reaches the device as exactly one instruction of the same offset and length",
  source: {
    status: 'posted',
    messageId: '1611086550-32765-1-git-send-email-mjrosato@linux.ibm.com',
    note: 'why the series exists',
    invariant: 'Z9',
  },
  check(execution, report) {
    return forGuestStores(execution, (instructions, guest) => {
      const first = instructions[0]!;
      const { offsetHi, offsetLo, len, pcias } = first.operand;
      const split = instructions.length > 1;
      const sameOffset = offsetHi === guest.hi && offsetLo === guest.lo;
      // PCISTG in its place is another claim's matter.
      const store = first.insn.startsWith('pcist');
      if (!split && store && sameOffset && len === guest.len && pcias === guest.pcias) return;
      report(split ? 'store-is-split' : 'store-is-changed', instructions[1]?.step ?? first.step, () => ({
        message: split
          ? `One PCISTB of the guest became ${instructions.length} instructions.`
          : 'The PCISTB of the guest reached the device with another instruction.',
        expected: [`pcistb pcias ${guest.pcias} offset ${hex(guest.hi, guest.lo)} len ${guest.len}`],
        actual: instructions.map(instructionLine),
      }));
    });
  },
};

export const noStoreSubstitution: Property<Evidence> = {
  id: 'no-store-substitution',
  claim: "a guest's PCISTB is never carried out as PCISTG, which ISM functions do not accept",
  source: {
    status: 'posted',
    date: '2021-01-27',
    note: 'Matthew Rosato 18:27: "no PCISTG allowed"',
    invariant: 'Z11',
  },
  check(execution, report) {
    return forGuestStores(execution, (instructions) => {
      const substitute = instructions.find(({ insn }) => insn === 'pcistg' || insn === 'pcistgi');
      if (substitute === undefined) return;
      report('pcistg-for-pcistb', substitute.step, () => ({
        message: 'The guest executed PCISTB, the host PCISTG.',
        expected: ['pcistb'],
        actual: instructions.map(instructionLine),
      }));
    });
  },
};

export const noMioOnClassicFunction: Property<Evidence> = {
  id: 'no-mio-on-classic-function',
  claim: 'no MIO instruction is issued to a function that takes classic instructions only',
  source: {
    status: 'posted',
    messageId: '1611086550-32765-1-git-send-email-mjrosato@linux.ibm.com',
    note: 'cover letter: ISM requires the legacy instructions',
    invariant: 'Z10',
  },
  check({ evidence }, report) {
    const { haveMio, mioCapable } = evidence.facts;
    if (!haveMio || mioCapable) return false;
    for (const instruction of evidence.instructions) {
      if (!instruction.insn.endsWith('i')) continue;
      report('mio-instruction', instruction.step, () => ({
        message: `${instruction.thread.name} issued an MIO instruction to an ISM function.`,
        expected: ['a classic instruction by function handle'],
        actual: [instructionLine(instruction)],
      }));
    }
    return evidence.instructions.length > 0;
  },
};

export const storesDoNotInterleave: Property<Evidence> = {
  id: 'stores-do-not-interleave',
  claim: "no other caller's access comes between the parts of one caller's store",
  source: { status: 'inferred', note: 'ISM needs ordered, unsplit trigger writes', invariant: 'Z12' },
  check({ evidence }, report) {
    if (!evidence.facts.ism) return false;
    const { instructions } = evidence;
    let exercised = false;
    const lone = instructions.every(({ call }) => call === instructions[0]!.call);
    for (let i = 0; i < instructions.length; i++) {
      const part = instructions[i]!;
      // A guest's teardown is a sequence of instructions and no one store.
      if (!part.insn.startsWith('pcist') || operationOf(part.call) === null) continue;
      exercised = !lone;
      const before = instructions[i - 1];
      if (before === undefined || before.call === part.call) continue;
      const first = instructions.slice(0, i).find(({ call }) => call === part.call);
      if (first === undefined) continue;
      report('store-split-by-another', part.step, () => ({
        message: `${before.thread.name} came between two parts of one store of ${part.thread.name}.`,
        expected: [instructionLine(first), instructionLine(part)],
        actual: [
          instructionLine(first),
          `${instructionLine(before)} (${before.thread.name})`,
          instructionLine(part),
        ],
      }));
    }
    return exercised;
  },
};

export const noAccessWhileMemoryDisabled: Property<Evidence> = {
  id: 'no-access-while-memory-disabled',
  claim: 'with PCI_COMMAND_MEMORY clear (and no_command_memory not set) no instruction accesses a BAR',
  source: { status: 'inferred', note: 'what vfio_pci_bar_rw has memory_lock for', invariant: 'Z21' },
  check({ machine, evidence }, report) {
    for (const instruction of evidence.instructions) {
      if (instruction.memoryEnabled || instruction.operand.pcias > 5) continue;
      report(KIND_BY_PATH[instruction.operand.path], instruction.step, () => ({
        message: `${instruction.thread.name} accessed BAR ${instruction.operand.pcias} with memory disabled; it matters where no_command_memory is not set.`,
        expected: ['-EIO, no instruction'],
        actual: [instructionLine(instruction)],
      }));
    }
    return !evidence.facts.noCommandMemory && accessedAfterDisable(machine);
  },
};

const KIND_BY_PATH = {
  region: 'region-access-while-disabled',
  bar: 'bar-access-while-disabled',
  'derived driver': 'driver-access-while-disabled',
} as const satisfies Record<Instruction['operand']['path'], string>;

/** Operations that can reach a BAR, through whatever a state has. */
const REACHES_DEVICE: ReadonlySet<ZpciOperation['kind']> = new Set([
  'bar_write',
  'bar_read',
  'region_write',
  'pcistb',
  'pcistg',
  'pcilg',
] as const);

/** Whether some data access returned after a memory_disable had. */
function accessedAfterDisable(machine: Execution<Evidence>['machine']): boolean {
  let disabled = false;
  for (const call of machine.returned) {
    const kind = operationOf(call)?.kind;
    if (kind === 'memory_disable') disabled = call.ret === 0;
    else if (disabled && kind !== undefined && REACHES_DEVICE.has(kind)) return true;
  }
  return false;
}

export const msixTableUnreachable: Property<Evidence> = {
  id: 'msix-table-unreachable',
  claim: 'the MSI-X table of a function that has one is not reachable through the data path',
  source: {
    status: 'posted',
    date: '2021-01-20',
    note: 'Matthew Rosato 14:02: the region is safe only for functions without MSI-X',
    invariant: 'Z22',
  },
  check({ machine, evidence }, report) {
    const { msix } = evidence.facts;
    if (msix === null) return false;
    for (const instruction of evidence.instructions) {
      const { pcias, offsetHi, offsetLo, len } = instruction.operand;
      if (!overlaps(msix, pcias, toNumber(offsetHi, offsetLo), len)) continue;
      report('table-accessed', instruction.step, () => ({
        message: `${instruction.thread.name} reached the MSI-X table around vfio's masking.`,
        expected: ['writes dropped, reads filled with 0xff'],
        actual: [instructionLine(instruction)],
      }));
    }
    return machine.returned.some((call) => aimsAt(msix, operationOf(call)));
  },
};

type Table = NonNullable<ZpciFacts['msix']>;

const overlaps = (table: Table, bar: number, start: number, length: number): boolean =>
  bar === table.bar && start < table.end && start + length > table.start;

/** Whether an operation asks for bytes of the table. */
function aimsAt(table: Table, operation: ZpciOperation | null): boolean {
  switch (operation?.kind) {
    case 'bar_read':
    case 'bar_write':
      return overlaps(table, operation.access.index, operation.access.pos, operation.access.count);
    case 'region_write': {
      const { pcias, offset, len } = operation.request;
      return overlaps(table, pcias, toNumber(offset.hi, offset.lo), len);
    }
    case 'pcistb':
    case 'pcistg':
    case 'pcilg':
      return overlaps(
        table,
        operation.pcias,
        toNumber(operation.offset.hi, operation.offset.lo),
        operation.len,
      );
    default:
      return false;
  }
}
