/** Claims about what user space is told and gets: MX-I4, MX-I13 and MX-I14 of models/msix-mmap/README.md. */
import { EBADF, EBUSY, EINVAL } from '../../harness/machine/errno.ts';
import type { Property } from '../../harness/model/property.ts';
import { hex, mappingLine, operationOf } from './describe.ts';
import type { Decision, Evidence, Mmap, MsixFacts, MsixOperation } from './evidence.ts';

export const mmapFlagMeansMappable: Property<Evidence> = {
  id: 'mmap-flag-means-mappable',
  claim: 'region info has VFIO_REGION_INFO_FLAG_MMAP exactly if some page of the BAR can be mapped',
  source: {
    status: 'inferred',
    note: 'QEMU 24acf72b9a29 works around regions that say mmap and have one sparse area of size 0',
    invariant: 'MX-I4',
  },
  check({ evidence: { infos } }, report) {
    let exercised = false;
    for (const { size, mmap, pagesMappable, areas, bar, step } of infos) {
      if (size === 0) continue;
      exercised = true;
      if (mmap === pagesMappable > 0) continue;
      report(mmap ? 'flag-without-page' : 'page-without-flag', step, () => ({
        message: `BAR ${bar}: ${mmap ? 'mappable, says region info, and no page of it is.' : 'not mappable, says region info, and it is.'}`,
        expected: [
          `MMAP ${pagesMappable > 0 ? 'set' : 'clear'}: mmap of a page ${pagesMappable > 0 ? 'works' : `returns -${EINVAL}`}`,
        ],
        actual: [
          `MMAP ${mmap ? 'set' : 'clear'}`,
          ...(areas ?? []).map(
            ({ offset, size: length }) => `sparse area at ${hex(offset)}, size ${hex(length)}`,
          ),
        ],
      }));
    }
    return exercised;
  },
};

/** A 4 KiB page, BARs of whole pages and nobody who moves BARs: but for the MSI-X table nothing that the series is about. */
function isOrdinary({ facts, alignments }: Evidence): boolean {
  if (facts.pageSize !== 4096 || facts.igdFails) return false;
  for (const { size } of facts.bars) if (size < 4096) return false;
  for (const { before, after } of alignments) {
    if (before.size !== after.size || (after.start === null && before.start !== null)) return false;
  }
  return true;
}

function sizeOf({ bars }: MsixFacts, bar: number): number {
  for (const each of bars) if (each.bar === bar) return each.size;
  return 0;
}

/** What every kernel from v4.5 on returns then, with the device open; null of calls that the series does not touch. */
function ordinaryReturn(operation: MsixOperation, facts: MsixFacts): number | null {
  if ('bar' in operation && operation.bar === facts.table?.bar) return null;
  if (operation.kind === 'region_info') {
    // READ, WRITE and MMAP.
    return sizeOf(facts, operation.bar) > 0 ? 7 : 0;
  }
  if (operation.kind !== 'mmap') return null;
  const { bar, offset, length, shared } = operation;
  if (length === 0 || offset % facts.pageSize !== 0 || !shared) return -EINVAL;
  const pages = Math.ceil(length / facts.pageSize) * facts.pageSize;
  return offset + pages <= sizeOf(facts, bar) ? 0 : -EINVAL;
}

export const ordinaryBarsBehaveAlike: Property<Evidence> = {
  id: 'ordinary-bars-behave-alike',
  claim:
    'with 4K pages and BARs of at least a page, region info and mmap of those without the MSI-X table answer as they did before the series',
  source: {
    status: 'inferred',
    note: 'no version means to change what works; the other form of it compares states, in models/msix-mmap/metamorphic.test.ts',
    invariant: 'MX-I13',
  },
  check({ machine, evidence }, report) {
    if (!isOrdinary(evidence)) return false;
    let exercised = false;
    for (const call of machine.returned) {
      // The fd may be closed by then; and of two first mmaps at once, one finds the region busy in every state.
      if (call.ret === -EBADF || call.ret === -EBUSY) continue;
      const operation = operationOf(call);
      const expected = ordinaryReturn(operation, evidence.facts);
      if (expected === null) continue;
      exercised = true;
      if (call.ret === expected) continue;
      report(operation.kind === 'mmap' ? 'other-mmap' : 'other-region-info', call.returned, () => ({
        message: `${call.thread.name}: ${operation.kind} of an ordinary BAR.`,
        expected: [`ret ${expected}`],
        actual: [`ret ${call.ret}`],
      }));
    }
    return exercised;
  },
};

/** Whether the rule for sub-page BARs let this mmap pass: that of its own call, or of the first open before it. */
function passesSizeRule({ call, bar, step }: Mmap, decisions: readonly Decision[]): boolean {
  let passes = false;
  for (const decision of decisions) {
    if (decision.bar !== bar || decision.step > step) continue;
    if (decision.call === call) return decision.mmapable;
    passes = decision.mmapable;
  }
  return passes;
}

/** Whether the pages that the table lies in hold other registers of the BAR. */
function hasRegistersBeside({ table, pageSize, bars }: MsixFacts): boolean {
  if (table === null) return false;
  let decoded = 0;
  for (const { bar, size } of bars) if (bar === table.bar) decoded = size;
  const from = table.offset - (table.offset % pageSize);
  const to = Math.min(Math.ceil((table.offset + table.size) / pageSize) * pageSize, decoded);
  return to - from > table.size;
}

export const registersBesideTableNeedNoTrap: Property<Evidence> = {
  id: 'registers-beside-table-need-no-trap',
  claim:
    'with 64K pages, registers in the page of the MSI-X table can be mapped, unless a gate finds that MSIs are not filtered',
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 cover letter: the big page loses the registers beside the table to emulation',
    invariant: 'MX-I14',
  },
  check({ evidence: { facts, mmaps, decisions, gates } }, report) {
    if (facts.pageSize !== 65536 || !hasRegistersBeside(facts)) return false;
    let exercised = false;
    for (const mmap of mmaps) {
      const { call, step, ret, table } = mmap;
      const operation = operationOf(call);
      if (!table || ret === -EBADF || operation.kind !== 'mmap' || !isWellFormed(operation, facts)) continue;
      if (!passesSizeRule(mmap, decisions)) continue;
      exercised = true;
      if (ret !== -EINVAL || gates.some((gate) => gate.call === call && !gate.allowed)) continue;
      report('refused-for-the-table', step, () => ({
        message: `${call.thread.name} cannot map ${mappingLine(mmap)}: the MSI-X table has ${hex(facts.table!.size)} bytes of it.`,
        expected: ['ret 0'],
        actual: [`ret ${ret}: every access to these registers traps`],
      }));
    }
    return exercised;
  },
};

/** Whether nothing but the rules of the series can refuse it. */
function isWellFormed(
  { bar, offset, length, shared }: Extract<MsixOperation, { kind: 'mmap' }>,
  facts: MsixFacts,
): boolean {
  const round = (bytes: number): number => Math.ceil(bytes / facts.pageSize) * facts.pageSize;
  return (
    shared &&
    length > 0 &&
    offset % facts.pageSize === 0 &&
    offset + round(length) <= round(sizeOf(facts, bar))
  );
}
