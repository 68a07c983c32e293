/** Claims about which instructions the device sees: Z9 to Z12, Z21, Z22 of the facts. */
import type { Execution, Property, Report } from '../../harness/model/property.ts';
import { instructionLine, operationOf } from './describe.ts';
import type { Evidence, Instruction } from './evidence.ts';

/** Calls `each` with every guest PCISTB that reached the device, and the instructions that it became. */
function forGuestStores(
  { machine, evidence }: Execution<Evidence>,
  each: (instructions: readonly Instruction[], guest: { len: number; hi: number; lo: number }) => void,
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
    each(instructions, { len: operation.len, ...operation.offset });
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
      const { offsetHi, offsetLo, len } = first.operand;
      const split = instructions.length > 1;
      if (!split && offsetHi === guest.hi && offsetLo === guest.lo && len === guest.len) return;
      report(split ? 'store-is-split' : 'store-is-changed', instructions[1]?.step ?? first.step, () => ({
        message: `One PCISTB of the guest became ${instructions.length} instructions.`,
        expected: [`pcistb pcias ${first.operand.pcias} len ${guest.len}`],
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
    for (let i = 0; i < instructions.length; i++) {
      const part = instructions[i]!;
      // A guest's teardown is a sequence of instructions and no one store.
      if (!part.insn.startsWith('pcist') || operationOf(part.call) === null) continue;
      exercised = true;
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
    return accessedAfterDisable(machine);
  },
};

const KIND_BY_PATH = {
  region: 'region-access-while-disabled',
  bar: 'bar-access-while-disabled',
  'derived driver': 'driver-access-while-disabled',
} as const satisfies Record<Instruction['operand']['path'], string>;

/** Whether some data access returned after a memory_disable had. */
function accessedAfterDisable(machine: Execution<Evidence>['machine']): boolean {
  let disabled = false;
  for (const call of machine.returned) {
    const kind = operationOf(call)?.kind;
    if (kind === 'memory_disable') disabled = call.ret === 0;
    else if (disabled && kind !== 'memory_enable' && kind !== 'power_off' && kind !== 'kill') return true;
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
  check({ evidence }, report) {
    const { msix } = evidence.facts;
    if (msix === null) return false;
    for (const instruction of evidence.instructions) {
      if (reachesTable(instruction, msix, report)) continue;
    }
    return evidence.instructions.length > 0;
  },
};

function reachesTable(
  instruction: Instruction,
  msix: NonNullable<Evidence['facts']['msix']>,
  report: Report,
): boolean {
  const { pcias, offsetHi, offsetLo, len } = instruction.operand;
  const offset = offsetHi * 0x1_0000_0000 + offsetLo;
  if (pcias !== msix.bar || offset >= msix.end || offset + len <= msix.start) return false;
  report('table-accessed', instruction.step, () => ({
    message: `${instruction.thread.name} reached the MSI-X table around vfio's masking.`,
    expected: ['writes dropped, reads filled with 0xff'],
    actual: [instructionLine(instruction)],
  }));
  return true;
}
