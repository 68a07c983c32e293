/** The address space of one process, as far as device mappings go. */
import { InitialRefCount, type WaitCause } from '../../harness/machine/events.ts';
import { RwSemaphore, SpinLock } from '../../harness/machine/locks.ts';
import type { Process } from '../../harness/machine/process.ts';
import { Cell, type ObjectTable, SharedObject } from '../../harness/machine/shared.ts';
import { Access, type Step, stepOf } from '../../harness/machine/step.ts';
import type {
  MappedPages,
  Mapping,
  PresentPages,
  ProcessEnd,
  Protection,
} from '../../properties/vfio-mmap/evidence.ts';

/** `struct vm_area_struct`. Its fields change with the mmap lock held for writing only. */
export interface Vma extends MappedPages {
  readonly space: AddressSpace;
  /** Pages of the mapping, the first and the one behind the last. */
  start: number;
  end: number;
  prot: Protection;
  /** Cleared when it leaves the tree: a pointer to it is stale from then on. */
  mapped: boolean;
}

/** Pages of a mapping, the first and the one behind the last. */
export interface PageRun {
  readonly start: number;
  readonly end: number;
}

/** Page table entries that are present, for a run of pages. */
interface Present extends PageRun, PresentPages {
  readonly prot: Protection;
}

const NOTHING: readonly Present[] = [];

/**
 * All page tables of a process as one object, with one lock. Entries are kept as runs of pages: a BAR of 256 TiB has
 * more pages than one wants to count.
 */
export class PageTables extends SharedObject {
  #present = NOTHING;

  constructor(table: ObjectTable, name: string, vmas: SharedObject) {
    super(table, name);
    // Under which address a name stands is decided together with its VMA.
    this.observes = [vmas];
  }

  get read(): Step {
    return stepOf(this.id, Access.read);
  }

  get write(): Step {
    return stepOf(this.id, Access.write);
  }

  get present(): readonly PresentPages[] {
    return this.#present;
  }

  /** The protection of a page's entry; null if it is not present. */
  find(mapping: Mapping, page: number): Protection | null {
    for (const run of this.#present) {
      if (run.mapping === mapping && page >= run.start && page < run.end) return run.prot;
    }
    return null;
  }

  set(mapping: Mapping, start: number, end: number, prot: Protection): void {
    this.#present = [...this.#without(mapping, start, end), { mapping, start, end, prot }];
  }

  /** Removes the entries of some pages. Returns those that were there, as runs of pages. */
  zap(mapping: Mapping, start: number, end: number): readonly PageRun[] {
    if (this.#present.length === 0) return NOTHING;
    const gone = this.#within(mapping, start, end);
    if (gone.length > 0) this.#present = this.#without(mapping, start, end);
    return gone;
  }

  /** change_protection(): entries that are present get the new protection, the others stay away. */
  protect(mapping: Mapping, start: number, end: number, prot: Protection): void {
    const changed = this.#within(mapping, start, end).map((run) => ({ ...run, prot }));
    if (changed.length > 0) this.#present = [...this.#without(mapping, start, end), ...changed];
  }

  /** copy_page_range(): the entries of a mapping under the name of the child's. */
  copy(from: PageTables, mapping: Mapping, inherited: Mapping, start: number, end: number): void {
    const copies = from.#within(mapping, start, end).map((run) => ({ ...run, mapping: inherited }));
    if (copies.length > 0) this.#present = [...this.#present, ...copies];
  }

  #within(mapping: Mapping, start: number, end: number): Present[] {
    return this.#present
      .filter((run) => run.mapping === mapping && run.start < end && run.end > start)
      .map((run) => ({ ...run, start: Math.max(run.start, start), end: Math.min(run.end, end) }));
  }

  #without(mapping: Mapping, start: number, end: number): Present[] {
    return this.#present.flatMap((run) => {
      if (run.mapping !== mapping || run.end <= start || run.start >= end) return [run];
      return [
        { ...run, end: Math.max(run.start, start) },
        { ...run, start: Math.min(run.end, end) },
      ].filter((rest) => rest.end > rest.start);
    });
  }

  reset(): void {
    this.#present = NOTHING;
  }

  show(): string {
    return this.#present.length === 0
      ? 'none present'
      : this.#present
          .map(({ mapping, start, end }) => `${placeName(mapping)} pages ${start}-${end - 1}`)
          .join(', ');
  }
}

const NO_VMAS: readonly Vma[] = [];

const placeName = ({ bar }: Mapping): string => (bar === null ? '/dev/mem' : `BAR ${bar}`);

/** The VMAs of a process, changed by replacing the list. */
class VmaTree extends Cell<readonly Vma[]> {
  constructor(table: ObjectTable, name: string) {
    super(table, name, NO_VMAS);
  }

  override show(): string {
    if (this.value.length === 0) return 'empty';
    return this.value
      .map(({ mapping, start, end }) => `${placeName(mapping)} pages ${start}-${end - 1}`)
      .join(', ');
  }
}

/** `struct mm_struct` and the descriptor of the device in the process's table. */
export class AddressSpace implements ProcessEnd {
  readonly process: Process;
  readonly mmapLock: RwSemaphore;
  /** The VMA tree, in the order of addresses within a mapping. */
  readonly vmas: VmaTree;
  /** One lock for all page tables: two pages of one page table share it in Linux too. */
  readonly ptl: SpinLock;
  readonly pageTables: PageTables;
  /** References through this process's descriptor; the table holds the initial one. */
  readonly fd: InitialRefCount;
  /** What user space calls its mappings; changes together with the VMA tree. */
  readonly names = new Map<string, Mapping>();
  readonly #openAtFirst: boolean;

  constructor(table: ObjectTable, process: Process, prefix: string, openAtFirst: boolean, cause: WaitCause) {
    this.process = process;
    this.mmapLock = new RwSemaphore(table, `${prefix}mmap_lock`);
    this.vmas = new VmaTree(table, `${prefix}VMA tree`);
    this.ptl = new SpinLock(table, `${prefix}PTE lock`);
    this.pageTables = new PageTables(table, `${prefix}page tables`, this.vmas);
    this.fd = new InitialRefCount(table, `${prefix}device fd`, openAtFirst ? 1 : 0, cause);
    this.#openAtFirst = openAtFirst;
    this.reset();
  }

  /** What of it is no shared object. */
  reset(): void {
    this.names.clear();
    if (!this.#openAtFirst) this.fd.held = false;
  }

  get hasDescriptor(): boolean {
    return this.fd.held;
  }

  get mappedPages(): readonly MappedPages[] {
    return this.vmas.value;
  }

  get presentPages(): readonly PresentPages[] {
    return this.pageTables.present;
  }

  /** vma_lookup(), with the mmap lock held. */
  lookup(map: string, page: number): Vma | null {
    const mapping = this.names.get(map);
    if (mapping === undefined) return null;
    return (
      this.vmas.value.find((vma) => vma.mapping === mapping && page >= vma.start && page < vma.end) ?? null
    );
  }
}
