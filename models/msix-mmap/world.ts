import { InitialRefCount } from '../../harness/machine/events.ts';
import { Mutex, RwSemaphore, SpinLock } from '../../harness/machine/locks.ts';
import type { Machine, StartOperation } from '../../harness/machine/machine.ts';
import { Process } from '../../harness/machine/process.ts';
import { Cell, clear, type ObjectTable, SharedObject } from '../../harness/machine/shared.ts';
import { Access, type CodePath, type Step, stepOf } from '../../harness/machine/step.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { DeviceRecord, World } from '../../harness/model/model.ts';
import type {
  AlignmentRequest,
  BarmapUse,
  BootBar,
  Decision,
  Documented,
  Evidence,
  Exposure,
  FileAccess,
  Gate,
  HostWrite,
  HotPlug,
  Interrupt,
  Ioeventfd,
  LastClose,
  Mmap,
  MsixEnable,
  MsixFacts,
  MsixOperation,
  Open,
  Recorded,
  RegionChange,
  RegionInfo,
  TableAccess,
  TableWrite,
  Touch,
} from '../../properties/msix-mmap/evidence.ts';
import type { MsixKernel } from './kernel.ts';
import { ASSIGNED, FILES_MAX } from './layout.ts';
import { barName, boot, type PciBar, pagesOf } from './pci.ts';
import {
  type Decoder,
  Decoders,
  overlaps,
  type Resource,
  type ResourceList,
  ResourceTree,
} from './resources.ts';
import type { MsixSettings } from './settings.ts';

/** A mapping of a BAR region; its name stands for its address. */
export interface Mapping {
  readonly name: string;
  readonly bar: number;
  /** Of the region, whole pages. */
  readonly offset: number;
  readonly length: number;
  /** Where its first page is on the bus. */
  readonly start: number;
  readonly read: boolean;
  readonly write: boolean;
  /** Its open file, which it holds a reference to. */
  readonly file: number;
}

/** Page tables and VMAs of the process. */
class PageTables extends SharedObject {
  readonly mappings = new Map<string, Mapping>();

  constructor(table: ObjectTable) {
    super(table, 'page tables');
  }

  get read(): Step {
    return stepOf(this.id, Access.read);
  }

  get write(): Step {
    return stepOf(this.id, Access.write);
  }

  reset(): void {
    this.mappings.clear();
  }

  show(): string {
    return [...this.mappings.values()]
      .map(
        ({ name, bar, offset, length }) =>
          `${name}: BAR ${bar} 0x${offset.toString(16)}+0x${length.toString(16)}`,
      )
      .join(', ');
  }
}

/** Descriptors as bits. */
class Descriptors extends Cell<number> {
  override show(): string {
    return FILE_NAMES.filter((_, file) => (this.value & (1 << file)) !== 0).join(', ') || 'none';
  }
}

/** vdev->ioeventfds_list: `BAR 0 16 4`. */
class Ioeventfds extends SharedObject {
  readonly places = new Set<string>();

  constructor(table: ObjectTable) {
    super(table, 'ioeventfds_list');
  }

  get read(): Step {
    return stepOf(this.id, Access.read);
  }

  get write(): Step {
    return stepOf(this.id, Access.write);
  }

  reset(): void {
    this.places.clear();
  }

  show(): string {
    return [...this.places].join(', ');
  }
}

/** A vector of the MSI-X table, as it stands in the function. */
export interface Vector {
  message: 'host' | 'user' | 'nobody';
  masked: boolean;
  maskedBy: 'host' | 'user' | 'nobody';
}

/** Accesses to functions: registers, the table, interrupts on their way. Contents of registers are not modelled. */
class Mmio extends SharedObject {
  readonly vectors: readonly Vector[];
  /** MSI-X Enable of the capability. */
  enabled = false;
  last = '';

  constructor(table: ObjectTable, vectors: number) {
    super(table, 'functions');
    this.vectors = Array.from({ length: vectors }, () => ({
      message: 'nobody',
      masked: true,
      maskedBy: 'nobody',
    }));
  }

  get access(): Step {
    return stepOf(this.id, Access.update);
  }

  reset(): void {
    for (const vector of this.vectors) {
      vector.message = 'nobody';
      vector.masked = true;
      vector.maskedBy = 'nobody';
    }
    this.enabled = false;
    this.last = '';
  }

  show(): string {
    return this.last;
  }
}

const BARMAP_NAMES = [0, 1, 2, 3, 4, 5].map((bar) => `barmap[${bar}]`);
const REGION_NAMES = [0, 1, 2, 3, 4, 5].map((bar) => `BAR ${bar} region`);
const FILE_NAMES = Array.from({ length: FILES_MAX }, (_, file) => `device file ${file}`);

/** One function that is assigned to one process, on a bus where others come and go. */
export class MsixWorld implements World, Evidence {
  readonly machine: Machine;
  readonly kernel: MsixKernel;
  readonly settings: MsixSettings;
  readonly start: StartOperation;

  // The machine as booted.
  /** BARs of the assigned function by number; null where there is none. */
  readonly bars: readonly (PciBar | null)[];
  /** BARs that are there since boot. */
  readonly bootDecoders: readonly Decoder[];

  // The host.
  readonly pciRescanRemoveLock: Mutex;
  readonly resourceLock: SpinLock;
  readonly tree: ResourceTree;
  readonly decoders: Decoders;
  readonly mmio: Mmio;
  /** Hot added functions by slot, with their resources. Protected by pci_rescan_remove_lock. */
  readonly slots = new Map<number, Resource | null>();

  // The process.
  readonly process: Process;
  /** Descriptors as bits: which of the files the process has open. */
  readonly fdTable: Cell<number>;
  /** Descriptors that are taken, open or about to be. */
  readonly fdsTaken: Cell<number>;
  readonly files: readonly { readonly refs: InitialRefCount }[];
  readonly mmapSem: RwSemaphore;
  readonly pageTables: PageTables;

  // vfio-pci.
  readonly driverLock: Mutex;
  readonly vdev: {
    readonly igate: Mutex;
    readonly ioeventfdsLock: Mutex;
    /** Protected by ioeventfds_lock; emptied when no file is left. */
    readonly ioeventfds: Ioeventfds;
    readonly barmap: readonly Cell<boolean>[];
    readonly region: readonly Cell<boolean>[];
    /** pdev->enable_cnt, above 0 from pci_enable_device to pci_disable_device. */
    readonly enableCnt: Cell<number>;
    /** MSI-X vectors that have a trigger. */
    readonly numCtx: Cell<number>;
  };
  readonly irqDescLock: SpinLock;
  /** Shadow of enable_cnt for the evidence of a hot plug. */
  enabled = false;
  /** Protected by driver_lock. */
  refcnt = 0;
  /** Written under driver_lock before anybody has a file, read by those who have one. */
  readonly barMmapSupported: boolean[] = [false, false, false, false, false, false];
  /** dummy_resources_list; null while nobody has initialised it. Protected by driver_lock. */
  dummies: Resource[] | null = null;
  /** Dummies in the tree, on the list or lost. Protected by driver_lock. */
  dummiesReserved = 0;

  // Evidence.
  readonly bootBars: readonly BootBar[];
  readonly recorded: readonly (Recorded & { readonly bar: number })[];
  readonly alignments: AlignmentRequest[];
  readonly opens: Open[] = [];
  readonly closes: LastClose[] = [];
  readonly decisions: Decision[] = [];
  readonly gates: Gate[] = [];
  readonly infos: RegionInfo[] = [];
  readonly mmaps: Mmap[] = [];
  readonly exposures: Exposure[] = [];
  readonly hotPlugs: HotPlug[] = [];
  readonly touches: Touch[] = [];
  readonly tableWrites: TableWrite[] = [];
  readonly tableAccesses: TableAccess[] = [];
  readonly fileAccesses: FileAccess[] = [];
  readonly barmapUses: BarmapUse[] = [];
  readonly regionChanges: RegionChange[] = [];
  readonly ioeventfdsAdded: Ioeventfd[] = [];
  readonly msixEnables: MsixEnable[] = [];
  readonly hostWrites: HostWrite[] = [];
  readonly interrupts: Interrupt[] = [];
  oops: Evidence['oops'] = null;
  readonly #log: DeviceRecord[] = [];
  readonly #alignmentsAtBoot: number;

  constructor(machine: Machine, kernel: MsixKernel, settings: MsixSettings) {
    this.machine = machine;
    this.kernel = kernel;
    this.settings = settings;
    this.start = (thread, call) => kernel.dispatch(thread, this, call.work.argument as MsixOperation);

    const { assigned, resources, decoders, alignments } = boot(kernel, settings);
    const own = assigned.bars.filter(({ kind }) => kind === 'BAR');
    this.bars = [0, 1, 2, 3, 4, 5].map((bar) => own.find((one) => one.bar === bar) ?? null);
    this.bootDecoders = decoders;
    this.bootBars = resources;
    this.recorded = own.map(({ bar, start, size }) => ({ bar, start, size }));
    this.alignments = [...alignments];
    this.#alignmentsAtBoot = alignments.length;

    this.pciRescanRemoveLock = new Mutex(machine, 'pci_rescan_remove_lock');
    this.resourceLock = new SpinLock(machine, 'resource_lock');
    this.tree = new ResourceTree(machine, resources);
    this.decoders = new Decoders(machine, decoders);
    this.mmio = new Mmio(machine, settings.table?.vectors ?? 0);

    this.process = new Process(machine, 'the process');
    this.fdTable = new Descriptors(machine, 'descriptor table', 0);
    this.fdsTaken = new Descriptors(machine, 'descriptors taken', 0);
    this.files = FILE_NAMES.map((name) => ({
      refs: new InitialRefCount(machine, name, 0, { event: `${name} closed`, wakers: () => [] }),
    }));
    this.mmapSem = new RwSemaphore(machine, 'mmap_sem');
    this.pageTables = new PageTables(machine);

    this.driverLock = new Mutex(machine, 'driver_lock');
    this.vdev = {
      igate: new Mutex(machine, 'igate'),
      ioeventfdsLock: new Mutex(machine, 'ioeventfds_lock'),
      ioeventfds: new Ioeventfds(machine),
      barmap: BARMAP_NAMES.map((name) => new Cell(machine, name, false)),
      region: REGION_NAMES.map((name) => new Cell(machine, name, false)),
      enableCnt: new Cell(machine, 'enable_cnt', 0),
      numCtx: new Cell(machine, 'num_ctx', 0),
    };
    this.irqDescLock = new SpinLock(machine, 'irq_desc->lock');

    // Which function answers to an access, and whose registers a new mapping shows, is for the BARs to say.
    this.mmio.observes = [this.decoders];
    this.pageTables.observes = [this.decoders];
    // Evidence of a hot plug: whether dummies are meant to be there.
    this.tree.observes = [this.vdev.enableCnt];

    this.#begin();
  }

  reset(): void {
    this.slots.clear();
    this.enabled = false;
    this.refcnt = 0;
    this.barMmapSupported.fill(false);
    this.dummiesReserved = 0;
    if (this.alignments.length > this.#alignmentsAtBoot) this.alignments.length = this.#alignmentsAtBoot;
    clear(this.opens);
    clear(this.closes);
    clear(this.decisions);
    clear(this.gates);
    clear(this.infos);
    clear(this.mmaps);
    clear(this.exposures);
    clear(this.hotPlugs);
    clear(this.touches);
    clear(this.tableWrites);
    clear(this.tableAccesses);
    clear(this.fileAccesses);
    clear(this.barmapUses);
    clear(this.regionChanges);
    clear(this.ioeventfdsAdded);
    clear(this.msixEnables);
    clear(this.hostWrites);
    clear(this.interrupts);
    clear(this.#log);
    this.oops = null;
    this.#begin();
  }

  /** The open that comes before the scenario: nobody can interleave with it. */
  #begin(): void {
    this.dummies = this.kernel.dummyListMadeAtProbe ? [] : null;
    for (const { refs } of this.files) refs.held = false;
    if (!this.settings.opened || !attachAllowed(this)) return;
    if (alone(this.kernel.vfio_pci_enable(null, this)) < 0) return;
    this.refcnt = 1;
    this.fdsTaken.value = 1;
    this.installFile(0);
    this.fdTable.value = 1;
  }

  /** A new file, which its descriptor holds the initial reference to. */
  installFile(file: number): void {
    const { refs } = this.files[file]!;
    refs.held = true;
    refs.count = 1;
  }

  get facts(): MsixFacts {
    return this.settings;
  }

  get documented(): ReadonlySet<Documented> {
    return this.kernel.documented;
  }

  device(): DeviceRecord[] {
    return [...this.#log];
  }

  processOf(actor: string): Process | null {
    return actor.startsWith('user') ? this.process : null;
  }

  /** An access that reached a function, in the step in which it does. */
  log(record: DeviceRecord): void {
    this.#log.push(record);
    if (this.machine.observer !== null) {
      const { access, target, offset, message } = record;
      this.mmio.last =
        access === 'msi'
          ? `${target} sends what the ${message} wrote`
          : `${access} at ${target} + 0x${(offset as number).toString(16)}`;
    }
  }

  /** For a trace: what a step did to the MSI-X table or capability that is no access of user space. */
  noteMsix(what: string, vector: number | null): void {
    if (this.machine.observer !== null) {
      this.mmio.last = vector === null ? what : `${what} of vector ${vector}`;
    }
  }

  /** Address of the page that the BAR begins in. */
  pageOf(bar: PciBar): number {
    const start = bar.start ?? 0;
    return start - (start % this.settings.pageSize);
  }

  /** Whether a range of the BAR has bytes of the MSI-X table. */
  hasTable(bar: number, offset: number, length: number): boolean {
    const { table } = this.settings;
    return table !== null && table.bar === bar && overlaps(offset, length, table.offset, table.size);
  }

  /** Records whether a BAR may be mapped. `list`: the tree, where the step at hand looks at it. */
  decide(call: Call | null, bar: number, mmapable: boolean, list: ResourceList | null): void {
    const { start, size } = this.bars[bar]!;
    this.decisions.push({
      step: this.machine.steps,
      call,
      bar,
      start,
      size,
      mmapable,
      sharedWith: this.othersInPagesOf(bar, list),
    });
  }

  /** Other BARs with bytes in pages of this one: in the tree, or of those that are there since boot. */
  othersInPagesOf(bar: number, list: ResourceList | null): string[] {
    const { start, hardware } = this.bars[bar]!;
    if (start === null) return [];
    const pages = pagesOf(start, hardware, this.settings.pageSize);
    const self = barName(ASSIGNED, { kind: 'BAR', bar });
    const names: string[] = [];
    if (list === null) {
      for (const one of this.bootDecoders) {
        if (one.name !== self && overlaps(pages.start, pages.size, one.start, one.size)) names.push(one.name);
      }
    } else {
      for (const one of list.all) {
        if (one.kind === 'dummy' || one.name === self) continue;
        if (overlaps(pages.start, pages.size, one.start, one.hardware)) names.push(one.name);
      }
    }
    return names;
  }

  /** Records which BARs of other functions a mapping shows. */
  expose(call: Call, cause: Exposure['cause'], mapping: Mapping, others: readonly Decoder[]): void {
    const { pageSize } = this.settings;
    for (const other of others) {
      if (other.device === ASSIGNED || !overlaps(mapping.start, mapping.length, other.start, other.size))
        continue;
      const first = Math.max(mapping.start, other.start);
      this.exposures.push({
        step: this.machine.steps,
        call,
        cause,
        map: mapping.name,
        bar: mapping.bar,
        page: first - (first % pageSize),
        exposed: other.name,
      });
    }
  }
}

/**
 * VFIO_SET_IOMMU: type1 does not take a function that may interrupt at will, SPAPR TCE does not ask. A process that has
 * an unsafe device attached cannot get to it.
 */
export const attachAllowed = ({ settings }: MsixWorld): boolean =>
  settings.arch === 'powernv' || settings.intrRemap || settings.allowUnsafeInterrupts;

/** Runs a code path where nobody else runs: its locks are free and its steps need no turn. */
function alone<T>(path: CodePath<T>): T {
  for (;;) {
    const next = path.next(0);
    if (next.done === true) return next.value;
  }
}
