/** Sizes and ranges that several claims reckon with. */
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Arch, BarShape, MapRequest, MmioRequest } from './evidence.ts';

/** VFIO_REGION_INFO_FLAG_MMAP. */
export const FLAG_MMAP = 4;

/** VFIO_PCI_OFFSET_SHIFT is 40: an offset beyond names another region. */
const REGION_SPAN = 2 ** 40;

/** Largest mapping that mmap(2) has an address for: -ENOMEM for a larger one says nothing of the BAR. */
const USER_SPACE: Readonly<Record<Arch, number>> = {
  // Up to 2^64: whatever a scenario can name.
  s390: Number.POSITIVE_INFINITY,
  x86: 2 ** 47 - PAGE_SIZE,
  powerpc: 2 ** 46,
};

/** PAGE_ALIGN(). */
export const pageAlign = (bytes: number): number => Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;

/** What both system calls refuse first: nothing, or what does not lie in one page. Mappings start at a page. */
export const leavesPage = ({ offset, length }: MmioRequest): boolean =>
  length === 0 || (offset % PAGE_SIZE) + length > PAGE_SIZE;

/** A shared mapping of whole pages of a BAR: nothing is wrong with the request itself. */
export function isWellFormed(
  { file, offset, length, private: isPrivate }: MapRequest,
  { size }: BarShape,
  arch: Arch,
): boolean {
  return (
    file === 'device' &&
    !isPrivate &&
    offset % PAGE_SIZE === 0 &&
    offset < REGION_SPAN &&
    length > 0 &&
    pageAlign(length) <= USER_SPACE[arch] &&
    offset + pageAlign(length) <= pageAlign(size)
  );
}

/** Whether ioremap can map all of a BAR: it takes a guard page besides. */
export const fitsIoremap = (size: number, ioremapArea: number): boolean =>
  pageAlign(size) + PAGE_SIZE <= ioremapArea;
