/** Sizes and ranges that several claims reckon with. */
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Arch, BarShape, MapRequest, MmioRequest, Protection, VfioFacts } from './evidence.ts';

/** VFIO_REGION_INFO_FLAG_READ and its like. */
export const FLAG_READ = 1;
export const FLAG_WRITE = 2;
export const FLAG_MMAP = 4;
export const FLAG_CAPS = 8;

/** The first region that is no BAR. */
export const ROM_REGION = 6;
export const CONFIG_REGION = 7;
export const VGA_REGION = 8;

/** VFIO_PCI_OFFSET_SHIFT is 40: an offset beyond names another region. */
const REGION_SPAN = 2 ** 40;

/** Bytes of the MSI-X table, with which its BAR begins here. */
export const MSIX_TABLE = 0x400;

/** What the s390 system calls copy by way of the stack. */
export const STACK_BUFFER = 64;

/** Largest mapping that mmap(2) has an address for: -ENOMEM for a larger one says nothing of the BAR. */
export const USER_SPACE: Readonly<Record<Arch, number>> = {
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

/** The region that a request is for, and where it begins there. */
export const regionOf = ({ bar, offset }: MapRequest): number => bar + Math.floor(offset / REGION_SPAN);
export const offsetInRegion = ({ offset }: MapRequest): number => offset % REGION_SPAN;

export const pageOf = (offset: number): number => Math.floor(offset / PAGE_SIZE);

/** The page behind the last that munmap(2) is asked for. */
export const unmapEnd = (offset: number, length: number | null): number =>
  length === null ? Number.POSITIVE_INFINITY : pageOf(offset) + pageAlign(length) / PAGE_SIZE;

/** Whether the kernel can map the BAR for itself. By function handle, on s390 without MIO, it needs no room for that. */
export const kernelCanMap = ({ arch, haveMio, ioremapArea }: VfioFacts, { type, size }: BarShape): boolean =>
  (arch === 's390' && !haveMio) || type === 'io' || fitsIoremap(size, ioremapArea);

/** The byte behind the last that a pread or pwrite reaches: not beyond the end of the BAR. */
export const reachedEnd = (pos: number, count: number, { size }: BarShape): number =>
  Math.min(pos + count, size);

/** The first one: not those of the MSI-X table. */
export const reachedFirst = (pos: number, count: number, bar: BarShape): number =>
  Math.min(bar.msix ? Math.max(pos, MSIX_TABLE) : pos, reachedEnd(pos, count, bar));

/** What page tables let a CPU do: whatever may be written or executed can be read. */
export const cpuMay = ({ read, write, exec }: Protection, isWrite: boolean): boolean =>
  isWrite ? write : read || write || exec;
