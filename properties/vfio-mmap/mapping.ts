/** Claims about which BARs user space can map: M6, M7, M9 of models/vfio-mmap/README.md. */
import { describeReturn, EBADF, EBUSY } from '../../harness/machine/errno.ts';
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Property } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { hex, operationOf, requestLine } from './describe.ts';
import type { BarShape, Evidence, MapRequest } from './evidence.ts';
import { FLAG_MMAP, fitsIoremap, isWellFormed } from './layout.ts';

/**
 * A request for pages of a BAR that came back from an open file, with nothing wrong with it; else null. Of two first
 * uses of a BAR at once vfio fails one with -EBUSY, in every kernel here: that says nothing of the BAR.
 */
function wellFormedRequest(call: Call, { facts }: Evidence): MapRequest | null {
  const operation = operationOf(call);
  if (operation?.kind !== 'mmap' || call.ret === null) return null;
  if (call.ret === -EBADF || call.ret === -EBUSY) return null;
  const bar = facts.bars[operation.bar];
  return bar !== undefined && isWellFormed(operation, bar, facts.arch) ? operation : null;
}

export const advertisedBarCanBeMapped: Property<Evidence> = {
  id: 'advertised-bar-can-be-mapped',
  claim: 'a BAR that region info shows with VFIO_REGION_INFO_FLAG_MMAP can be mapped, whole or in part',
  source: {
    status: 'posted',
    messageId: '20240529-vfio_pci_mmap-v3-2-cd217d019218@linux.ibm.com',
    note: 'patch 2/3 of v1 to v3: the mmap of an oversized BAR fails after it was offered',
    invariant: 'M6',
  },
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const { bar, flags } of evidence.regionInfos) {
      if ((flags & FLAG_MMAP) === 0) continue;
      for (const call of machine.calls) {
        const request = wellFormedRequest(call, evidence);
        if (request === null || request.bar !== bar) continue;
        exercised = true;
        if (call.ret === 0) continue;
        report('advertised-but-refused', call.returned, () => ({
          message: `Region info offers BAR ${bar} for mmap, and ${call.thread.name} cannot map it.`,
          expected: [`${requestLine(request)} returns 0`],
          actual: [`${requestLine(request)} returns ${describeReturn(call.ret!)}`],
        }));
      }
    }
    return exercised;
  },
};

export const noMmapOfOversizedBar: Property<Evidence> = {
  id: 'no-mmap-of-oversized-bar',
  claim:
    'a BAR larger than the ioremap area is never mapped to user space; where functions are excluded and not sizes, no BAR of an ISM function is',
  source: {
    status: 'posted',
    messageId: '20240529-vfio_pci_mmap-v3-2-cd217d019218@linux.ibm.com',
    note: 'patch 2/3; from v5 on pdev->non_mappable_bars names ISM functions instead (888bd8322dfc, aa9f168d55dc)',
    invariant: 'M7',
  },
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const call of machine.calls) {
      const request = wellFormedRequest(call, evidence);
      if (request !== null && isExcluded(request.bar, evidence)) exercised = true;
    }
    for (const { bar, step, offset, length, inherited } of evidence.mappings) {
      if (bar === null || inherited !== null || !isExcluded(bar, evidence)) continue;
      report('excluded-bar-mapped', step, () => ({
        message: `BAR ${bar} of ${hex(evidence.facts.bars[bar]!.size)} bytes was mapped to user space.`,
        expected: [`mmap of BAR ${bar} returns an error`],
        actual: [`${hex(length)} bytes of BAR ${bar} mapped, from ${hex(offset)} on`],
      }));
    }
    return exercised;
  },
};

function isExcluded(bar: number, { facts, exclusion }: Evidence): boolean {
  const { size } = facts.bars[bar]!;
  switch (exclusion) {
    case 'device':
      return facts.ism && size > 0;
    case 'size':
    case 'none':
      return size > facts.ioremapArea;
    default:
      return exclusion satisfies never;
  }
}

/** What vfio_pci_probe_mmaps answered before the series, with VFIO_PCI_MMAP on as it was off s390. */
const wasMappable = ({ type, size, start, neighbour }: BarShape): boolean =>
  type === 'mem' && size > 0 && (size >= PAGE_SIZE || (start === 0 && !neighbour));

export const otherArchitecturesUnchanged: Property<Evidence> = {
  id: 'other-architectures-unchanged',
  claim:
    'off s390 the BARs that can be mapped are those of before the series; only one whose mmap failed with -ENOMEM may be gone',
  source: {
    status: 'inferred',
    note: 'generic code changed for s390: vfio_pci_probe_mmaps of v6.10-rc1 is what the claim compares with',
    invariant: 'M9',
  },
  check({ machine, evidence }, report) {
    const { arch, bars, ioremapArea } = evidence.facts;
    if (arch === 's390') return false;
    let exercised = false;
    for (const { bar, flags, step } of evidence.regionInfos) {
      const shape = bars[bar];
      if (shape === undefined) continue;
      exercised = true;
      const before = wasMappable(shape);
      const now = (flags & FLAG_MMAP) !== 0;
      // It was offered before, and failed: better told at once.
      if (now === before || (before && !fitsIoremap(shape.size, ioremapArea))) continue;
      report('offer-differs', step, () => ({
        message: `Region info of BAR ${bar} differs from what ${arch} had before the series.`,
        expected: [`BAR ${bar} ${before ? 'with' : 'without'} VFIO_REGION_INFO_FLAG_MMAP`],
        actual: [`BAR ${bar} ${now ? 'with' : 'without'} VFIO_REGION_INFO_FLAG_MMAP`],
      }));
    }
    for (const call of machine.calls) {
      const request = wellFormedRequest(call, evidence);
      if (request === null) continue;
      exercised = true;
      const shape = bars[request.bar]!;
      const before = wasMappable(shape) && fitsIoremap(shape.size, ioremapArea);
      if ((call.ret === 0) === before) continue;
      report('mmap-differs', call.returned, () => ({
        message: `${call.thread.name}'s mmap of BAR ${request.bar} ends otherwise than on ${arch} before the series.`,
        expected: [`${requestLine(request)} ${before ? 'returns 0' : 'returns an error'}`],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};
