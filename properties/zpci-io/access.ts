/** What a read or write on the device fd asks for, as the user sees it. */
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Evidence, FileAccess, GuestAccess } from './evidence.ts';
import { toNumber } from './u64.ts';

/** Where the request begins in the zPCI I/O region, and where the region ends. Source: v1 4/4, vfio_zdev.h. */
export const REQUEST_AT = 16;
export const REGION_END = 48;
/** VFIO_PCI_OFFSET_SHIFT is 40: a position beyond it names another region. */
export const REGION_SPAN = 2 ** 40;

/** Bytes of the caller's buffer before it faults. */
export function mappedBytes({ buffer, count }: FileAccess): number {
  return buffer === 'ok' ? count : buffer === 'torn' ? Math.floor(count / 2) : 0;
}

/** Bytes that an access is clipped to, at the end of what it accesses; 0 from there on. */
export const clippedTo = (end: number, { pos, count }: FileAccess): number =>
  Math.max(0, Math.min(count, end - pos));

export const offsetOf = ({ offset }: GuestAccess): number => toNumber(offset.hi, offset.lo);

/** Whether an operand leaves a 4 KiB block of PCI address space. */
export const leavesBlock = (offset: number, len: number): boolean => (offset % PAGE_SIZE) + len > PAGE_SIZE;

/** Whether PCI_COMMAND_MEMORY was clear at some time of a call, where there is such a bit. */
export function disabledDuring(
  { facts, commandWrites }: Evidence,
  { begun, returned }: { readonly begun: number; readonly returned: number },
): boolean {
  if (facts.noCommandMemory) return false;
  let disabled = false;
  for (const { step, enable } of commandWrites) {
    if (step > returned) break;
    if (step <= begun) disabled = !enable;
    else if (!enable) return true;
  }
  return disabled;
}

/** Whether the guest's stores travel whole: through the region, or through a driver made for them. */
export const carriesWholeStores = ({ facts, driver, open }: Evidence): boolean =>
  facts.ism && (driver !== 'vfio-pci' || open.regions > 0);

/** Whether QEMU's requests go through the region, where they can be refused and say so. */
export const mayUseRegion = ({ facts, driver, open }: Evidence): boolean =>
  facts.ism && driver === 'vfio-pci' && open.regions > 0;
