/** Claims about what calls that succeed have done. */
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import {
  clippedTo,
  disabledDuring,
  mayUseRegion,
  offsetOf,
  REGION_END,
  REGION_SPAN,
  REQUEST_AT,
} from './access.ts';
import { isBesideAnother } from './causes.ts';
import { instructionLine, operationOf } from './describe.ts';
import type { Evidence, FileAccess, GuestAccess, Instruction, ZpciOperation } from './evidence.ts';
import { toNumber } from './u64.ts';

/** What a call has not done; `done` where it has. */
type Shortfall =
  | 'done'
  | 'wrong-count'
  | 'not-carried-out'
  | 'nothing-delivered'
  | 'result-not-stored'
  | 'bit-not-written'
  | 'not-killed'
  | 'fd-left-open';

export const successHasItsEffect: Property<Evidence> = {
  id: 'success-has-its-effect',
  claim: 'a call that succeeds has done what it is for, all of it and once, and returns what it has done',
  source: {
    status: 'inferred',
    note: 'pread and pwrite of vfio_pci_rdwr.c, v1 4/4 and vfio/ism as merged; config space, kill(2)',
  },
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.returned) {
      const operation = operationOf(call);
      if (operation === null || call.ret === null || call.ret < 0) continue;
      const shortfall = shortfallOf(call, call.ret, operation, execution);
      if (shortfall === null) continue;
      exercised = true;
      if (shortfall === 'done') continue;
      report(shortfall, call.returned, () => ({
        message: `${call.thread.name}: ${call.work.name} returned ${call.ret}, and has not done all of it once.`,
        expected: expectedLines(operation, execution.evidence),
        actual: [`ret ${call.ret}`, ...instructionsOf(call, execution.evidence).map(instructionLine)],
      }));
    }
    return exercised;
  },
};

/** Null where nothing is said about the call. */
function shortfallOf(
  call: Call,
  ret: number,
  operation: ZpciOperation,
  { outcome, evidence }: Execution<Evidence>,
): Shortfall | null {
  switch (operation.kind) {
    case 'bar_read':
    case 'bar_write':
      return barShortfall(call, ret, operation.access, evidence);
    case 'region_read':
    case 'region_write':
      return regionShortfall(call, ret, operation.access, evidence);
    case 'memory_disable':
    case 'memory_enable': {
      const enable = operation.kind === 'memory_enable';
      const written = evidence.commandWrites.some((one) => one.call === call && one.enable === enable);
      return written ? 'done' : 'bit-not-written';
    }
    case 'kill':
      if (!evidence.vmm.killed) return 'not-killed';
      if (evidence.open.ret < 0 || outcome !== 'finished') return 'done';
      return evidence.fdClosed === null ? 'fd-left-open' : 'done';
    case 'pcistb':
    case 'pcistg':
    case 'pcilg':
    case 'power_off':
      // Claims of their own.
      return null;
    default:
      return operation satisfies never;
  }
}

function barShortfall(call: Call, ret: number, access: FileAccess, evidence: Evidence): Shortfall | null {
  const { driver, facts } = evidence;
  if (driver === 'vfio-pci' && access.pos >= REGION_SPAN) return null;
  const count = clippedTo(facts.barSize[access.index] ?? 0, access);
  // That it succeeds at all is wrong.
  if (count === 0 && access.count > 0) return null;
  if (ret !== count) return 'wrong-count';
  if (!isCarriedOut(call, access.index, access.pos, count, access.iswrite, evidence))
    return 'not-carried-out';
  const delivers = !access.iswrite && count > 0 && driver !== 'vfio-pci';
  return delivers && deliveredBy(call, evidence) !== count ? 'nothing-delivered' : 'done';
}

function regionShortfall(call: Call, ret: number, access: FileAccess, evidence: Evidence): Shortfall | null {
  const count = clippedTo(REGION_END, access);
  if (count === 0 && access.count > 0) return null;
  if (evidence.open.regions === 0 && access.count > 0) return null;
  if (ret !== count) return 'wrong-count';
  if (!access.iswrite)
    return count > 0 && deliveredBy(call, evidence) !== count ? 'nothing-delivered' : 'done';
  if (count > 0 && access.pos < REQUEST_AT) return null;
  let issued: Instruction | null = null;
  for (const instruction of evidence.instructions) {
    if (instruction.call !== call) continue;
    if (issued !== null || count === 0 || instruction.status !== 0) return 'not-carried-out';
    issued = instruction;
  }
  if (count === 0) return 'done';
  if (issued === null) return 'not-carried-out';
  const stored = issued.insn !== 'pcilg' || evidence.stores.some((store) => store.call === call);
  return stored ? 'done' : 'result-not-stored';
}

function deliveredBy(call: Call, { deliveries }: Evidence): number {
  for (const delivery of deliveries) if (delivery.call === call) return delivery.actual.length;
  return 0;
}

const instructionsOf = (call: Call, { instructions }: Evidence): readonly Instruction[] =>
  instructions.filter((instruction) => instruction.call === call);

/**
 * Whether the instructions of a call are an access to so many bytes of a BAR, from its first byte to its last and each of
 * them once. A driver for ISM functions makes one PCISTB of a store. vfio-pci leaves the MSI-X table out, and does not
 * know what became of an iowrite or ioread.
 */
function isCarriedOut(
  call: Call,
  bar: number,
  start: number,
  count: number,
  iswrite: boolean,
  { driver, facts, instructions }: Evidence,
): boolean {
  const table = driver === 'vfio-pci' && facts.msix?.bar === bar ? facts.msix : null;
  const end = start + count;
  const beyondTable = (at: number): number =>
    table !== null && at >= table.start && at < table.end ? Math.min(end, table.end) : at;
  let at = beyondTable(start);
  for (const { call: issuer, insn, operand, status } of instructions) {
    if (issuer !== call) continue;
    const { pcias, offsetHi, offsetLo, len } = operand;
    if (insn.startsWith('pcist') !== iswrite || pcias !== bar || toNumber(offsetHi, offsetLo) !== at)
      return false;
    if (operand.path === 'derived driver' && (status !== 0 || (iswrite && len !== count))) return false;
    at = beyondTable(at + len);
  }
  return at === end;
}

function expectedLines(operation: ZpciOperation, { facts }: Evidence): string[] {
  switch (operation.kind) {
    case 'bar_read':
    case 'bar_write': {
      const { index, pos } = operation.access;
      const count = clippedTo(facts.barSize[index] ?? 0, operation.access);
      return [`ret ${count}`, `${count} bytes of BAR ${index} from 0x${pos.toString(16)} on, each once`];
    }
    case 'region_read':
    case 'region_write':
      return [
        `ret ${clippedTo(REGION_END, operation.access)}`,
        operation.kind === 'region_read' ? 'the header' : 'one instruction',
      ];
    case 'memory_disable':
    case 'memory_enable':
      return [`PCI_COMMAND_MEMORY ${operation.kind === 'memory_enable' ? 'set' : 'clear'}`];
    case 'kill':
      return ['the VMM is killed, and its fd is closed when all has ended'];
    case 'pcistb':
    case 'pcistg':
    case 'pcilg':
    case 'power_off':
      return [operation.kind];
    default:
      return operation satisfies never;
  }
}

export const guestAccessIsCarriedOut: Property<Evidence> = {
  id: 'guest-access-is-carried-out',
  claim:
    "a guest's instruction that ends well has reached every byte that it names, unless the kernel had to refuse",
  source: {
    status: 'posted',
    date: '2021-01-26',
    note: "Alex Williamson 23:18: keep the guest's access width through to the device",
  },
  check(execution, report) {
    const { machine, evidence } = execution;
    // QEMU makes one access of a power of two of any other function's, and nobody has asked for more.
    if (!evidence.facts.ism) return false;
    let exercised = false;
    for (const call of machine.returned) {
      const operation = operationOf(call);
      if (call.ret !== 0) continue;
      if (operation?.kind !== 'pcistb' && operation?.kind !== 'pcistg' && operation?.kind !== 'pcilg')
        continue;
      if (operation.pcias > 5 || operation.len === 0) continue;
      if (mayBeRefused(call, operation, execution)) continue;
      exercised = true;
      const start = offsetOf(operation);
      const { kind, pcias, len } = operation;
      if (isCarriedOut(call, pcias, start, len, kind !== 'pcilg', evidence)) continue;
      // vfio-pci leaves 40 bits for the position in a region, and an ISM function has a BAR of 256 TiB.
      const lost = evidence.driver === 'vfio-pci' && start >= REGION_SPAN;
      const how = lost ? 'lost-beyond-1-tib' : kind === 'pcilg' ? 'load-is-not-whole' : 'store-is-not-whole';
      report(how, call.returned, () => ({
        message: `${call.thread.name}'s ${kind} ended well, and the device has not seen all of it once.`,
        expected: [`${len} bytes of BAR ${pcias} from 0x${start.toString(16)} on, each once`],
        actual: instructionsOf(call, evidence).map(instructionLine),
      }));
    }
    return exercised;
  },
};

/** Whether the kernel may have had a reason that QEMU does not pass on to the guest, or another's request went instead. */
function mayBeRefused(
  call: Call,
  { kind, len, pcias }: GuestAccess & { readonly kind: string },
  execution: Execution<Evidence>,
): boolean {
  const { machine, evidence } = execution;
  const { facts, driver, open, vmm, fdClosed } = evidence;
  if (open.ret < 0 || vmm.killed || facts.allocationsFail || facts.insnStatus < 0) return true;
  if (fdClosed !== null && fdClosed <= call.returned) return true;
  if (disabledDuring(evidence, call)) return true;
  if (mayUseRegion(evidence)) {
    const raw = machine.calls.some((other) => operationOf(other)?.kind === 'region_write');
    if (raw) return true;
  }
  if (driver !== 'vfio-pci') return kind !== 'pcilg' && len > facts.maxstbl;
  // A BAR that cannot be mapped, or is being mapped by somebody else just then.
  return (facts.haveMio && facts.barSize[pcias]! > 2 ** 32) || isBesideAnother(execution, call);
}
