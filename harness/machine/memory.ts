import { clear, type ObjectTable, Place } from './shared.ts';
import type { Step } from './step.ts';

export const PAGE_SIZE = 4096;

/**
 * How a range of user memory is mapped. `untouched` is anonymous, writable and not faulted in yet: a read sees the
 * shared zero page, a write fault gives it a page of its own.
 */
export type Mapping = 'rw' | 'ro' | 'untouched';

/** A range of user memory: first and last byte, both included, page aligned. */
export interface MappedRange {
  readonly start: number;
  readonly end: number;
  readonly mapping: Mapping;
}

/** A physical page as get_user_pages returned it. */
export interface Page {
  /** Page number of the user address that it was found at. */
  readonly number: number;
  /** Whether user space may write it through the mapping it was found at. */
  readonly writable: boolean;
  /** What it is besides an ordinary page of the process. */
  readonly role: 'own' | 'read-only' | 'zero page';
  pins: number;
  dirty: boolean;
}

/**
 * The user memory of one process: page tables as one shared object, since nothing in the present series changes a
 * mapping while a system call looks at it. Contents are not modelled.
 */
export class AddressSpace {
  readonly pageTables: Place;
  /** What the pages hold, as one object: contents are not modelled, only that somebody stores. */
  readonly contents: Place;
  readonly #ranges: readonly MappedRange[];
  readonly #pages: Page[] = [];
  pinsTaken = 0;
  pinsDropped = 0;

  constructor(table: ObjectTable, ranges: readonly MappedRange[]) {
    this.pageTables = new Place(table, 'mm page tables');
    this.contents = new Place(table, 'user memory');
    this.#ranges = ranges;
  }

  reset(): void {
    clear(this.#pages);
    this.pinsTaken = 0;
    this.pinsDropped = 0;
  }

  /**
   * The step of a `get_user_pages_fast` with the same arguments: only a write fault on a page that was not faulted in
   * yet changes what others find.
   */
  walk(address: number, follWrite: boolean): Step {
    const faults = follWrite && this.#rangeOf(address)?.mapping === 'untouched';
    return faults ? this.pageTables.write : this.pageTables.read;
  }

  #rangeOf(address: number): MappedRange | undefined {
    return this.#ranges.find((range) => address >= range.start && address <= range.end);
  }

  /**
   * `get_user_pages_fast(address & PAGE_MASK, 1, flags)`: the page, pinned, or null where it fails. Without
   * FOLL_WRITE a page that user space cannot write is handed out too.
   */
  getUserPage(address: number, follWrite: boolean): Page | null {
    const number = Math.floor(address / PAGE_SIZE);
    const range = this.#rangeOf(address);
    if (range === undefined || (follWrite && range.mapping === 'ro')) return null;
    // Once a write fault gave the page a copy of its own, that is what everybody finds.
    const owned = this.#pages.some((p) => p.number === number && p.role === 'own');
    const role =
      range.mapping === 'ro'
        ? 'read-only'
        : range.mapping === 'untouched' && !follWrite && !owned
          ? 'zero page'
          : 'own';
    let page = this.#pages.find((p) => p.number === number && p.role === role);
    if (page === undefined) {
      page = { number, writable: role === 'own', role, pins: 0, dirty: false };
      this.#pages.push(page);
    }
    page.pins++;
    this.pinsTaken++;
    return page;
  }

  putPage(page: Page): void {
    page.pins--;
    this.pinsDropped++;
  }
}
