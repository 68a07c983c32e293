import type { MemAttr, MemoryType, Stage1 } from '../../properties/s2-memattr/evidence.ts';

/** Whether a type is one of the Device ones: unaligned accesses fault, and nothing is read on speculation. */
export const isDevice = (type: MemoryType): boolean => type.startsWith('device-');

/** What stage 1 alone says of a data access. */
export const ofData = (stage1: Stage1): MemoryType => (stage1 === 'mmu-off' ? 'device-nGnRnE' : stage1);

/** Whether uncached writes may wait to be merged: Normal-NC, and of Device only that with the G. */
export const isGathered = (type: MemoryType): boolean => type === 'normal-nc' || type === 'device-GRE';

/**
 * What stage 1 and stage 2 come to. Source: Arm ARM DDI 0487J, D8.5.5 and its tables with and without FEAT_S2FWB; the
 * rows that the series prints agree with it.
 */
export function combine(stage1: Stage1, attr: MemAttr, fwb: boolean): MemoryType {
  const guest = ofData(stage1);
  switch (attr) {
    case 'normal':
      // 0b110 forces write-back, over Device too; 0xf leaves it to the guest.
      return fwb ? 'normal-wb' : guest;
    case 'any':
      return guest;
    case 'normal-nc':
      return isDevice(guest) ? guest : 'normal-nc';
    case 'device-nGnRE':
      // The stricter of two Device types.
      return guest === 'device-nGnRnE' ? guest : 'device-nGnRE';
    case 'uninitialised':
      return 'unknown';
    default:
      return attr satisfies never;
  }
}
