import { EventFd, RefCount } from '../../harness/machine/events.ts';
import { Mutex, RwSemaphore } from '../../harness/machine/locks.ts';
import type { Machine, StartOperation } from '../../harness/machine/machine.ts';
import { Port } from '../../harness/machine/port.ts';
import { Process } from '../../harness/machine/process.ts';
import { Cell, clear, type ObjectTable } from '../../harness/machine/shared.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { DeviceRecord, World } from '../../harness/model/model.ts';
import type {
  BarUse,
  Child,
  CommandWrite,
  Deed,
  DeviceAccess,
  Evidence,
  ExclusionRule,
  Fault,
  KernelMapping,
  MappedPages,
  Mapping,
  MmioCall,
  NotMappable,
  ProcessEnd,
  Protected,
  RegionInfo,
  VfioFacts,
  VfioOperation,
  VmaFlagChange,
  Zap,
} from '../../properties/vfio-mmap/evidence.ts';
import { AddressSpace, type Vma } from './address-space.ts';
import type { VfioKernel } from './kernel.ts';

/** Forks that the modelled host has room for. */
export const CHILDREN_MAX = 2;

/** A BAR as vfio-pci maps it for itself: whether it is mapped, and whether its resource is requested. */
class Bar {
  readonly barmap: Cell<boolean>;
  readonly resource: Cell<boolean>;

  constructor(table: ObjectTable, bar: number) {
    this.barmap = new Cell(table, `barmap[${bar}]`, false);
    this.resource = new Cell(table, `BAR ${bar} resource`, false);
  }
}

/** Forks so far. */
class Forks extends Cell<number> {
  override show(): string {
    return this.value === 1 ? '1 child' : `${this.value} children`;
  }
}

/** A count that is no reference count. */
class Zaps extends RefCount {
  override show(): string {
    return String(this.count);
  }
}

/** One function, bound to vfio-pci and opened by one process, as all states of the series share it. */
export class VfioWorld implements World, Evidence {
  readonly machine: Machine;
  readonly kernel: VfioKernel;
  readonly settings: VfioFacts;
  readonly start: StartOperation;
  readonly device: () => DeviceRecord[];

  // The host's view of the function.
  readonly zdev: {
    /** zdev->state_lock (bcb5d6c76903); on s390 only. */
    readonly stateLock: Mutex;
    readonly state: Cell<'configured' | 'standby'>;
  };
  readonly pciRescanRemoveLock: Mutex;
  readonly deviceMutex: Mutex;
  readonly function: Port;

  // vfio.
  /** Open files of the device, all as one count: descriptors of all processes, and VMAs. */
  readonly file: RefCount;
  readonly devSetLock: Mutex;
  readonly vdev: {
    readonly memoryLock: RwSemaphore;
    readonly command: Cell<boolean>;
    /** Null where the function has no such BAR. */
    readonly bars: readonly (Bar | null)[];
    readonly igate: Mutex;
    readonly reqTrigger: EventFd;
    /** Old form only: VMAs that have been faulted in since the last zap, under vma_lock. */
    readonly vmaLock: Mutex;
    readonly vmaList: Vma[];
    /**
     * Old form only, and nothing of Linux: who was faulted out again waits for this. There a zap goes round as long as
     * faults fill its list, and a fault comes back as long as a zap undoes it. That both have bad luck for ever is
     * left out.
     */
    readonly zapsUnderWay: Zaps;
  };
  /** New form only: device VMAs as i_mmap of the vfio inode has them, under its lock. */
  readonly inode: { readonly iMmapRwsem: RwSemaphore; readonly iMmap: Vma[] };
  driverUnbound = false;
  /** Set from the first open to the last close, under dev_set->lock. */
  enabled = true;
  /** Of the last first open, under dev_set->lock; who has a descriptor comes after it. */
  resetWorks = true;
  readonly released: RefCount;

  // Processes: the one that has the device open, and the children that forks may make.
  readonly spaces: readonly AddressSpace[];
  readonly forks: Forks;
  /** The owner's answer to the request to let go; null before it. */
  notified: Thread | null = null;

  // Evidence.
  readonly mappings: Mapping[] = [];
  readonly accesses: DeviceAccess[] = [];
  readonly mmioCalls: MmioCall[] = [];
  readonly faults: Fault[] = [];
  readonly flagChanges: VmaFlagChange[] = [];
  readonly zaps: Zap[] = [];
  readonly regionInfos: RegionInfo[] = [];
  readonly kernelMappings: KernelMapping[] = [];
  readonly barUses: BarUse[] = [];
  readonly protections: Protected[] = [];
  readonly commandWrites: CommandWrite[] = [];
  readonly resets: Deed[] = [];
  readonly children: Child[] = [];
  readonly deconfigurations: Deed[] = [];
  readonly notMappable: readonly (NotMappable | null)[];
  /** Shadow of the command register for the evidence; models read `vdev.command`. */
  memoryEnabled: boolean;

  constructor(machine: Machine, kernel: VfioKernel, settings: VfioFacts) {
    this.machine = machine;
    this.kernel = kernel;
    this.settings = settings;
    this.start = (thread, call) => kernel.dispatch(thread, this, call.work.argument as VfioOperation);
    this.device = () => this.accesses.filter(({ done }) => done).map(deviceRecord);
    this.memoryEnabled = settings.memoryEnabled;

    this.zdev = {
      stateLock: new Mutex(machine, 'zdev->state_lock'),
      state: new Cell<'configured' | 'standby'>(machine, 'zdev->state', 'configured'),
    };
    this.pciRescanRemoveLock = new Mutex(machine, 'pci_rescan_remove_lock');
    this.deviceMutex = new Mutex(machine, 'dev->mutex');
    this.function = new Port(machine, 'the function');

    const event = 'last vfio reference dropped (fds closed, mappings gone)';
    const cause = {
      event,
      wakers: () => this.#releasers(),
      unboundedByDesign: () => this.#nobodyHasToLetGo(),
    };
    this.file = new RefCount(machine, 'open vfio files', 1, cause);
    this.devSetLock = new Mutex(machine, 'dev_set->lock');
    this.vdev = {
      memoryLock: new RwSemaphore(machine, 'memory_lock'),
      command: new Cell(machine, 'PCI_COMMAND_MEMORY', settings.memoryEnabled),
      bars: settings.bars.map(({ size }, bar) => (size === 0 ? null : new Bar(machine, bar))),
      igate: new Mutex(machine, 'igate'),
      reqTrigger: new EventFd(machine, 'req_trigger', { event: 'removal requested', wakers: () => [] }),
      vmaLock: new Mutex(machine, 'vma_lock'),
      vmaList: [],
      zapsUnderWay: new Zaps(machine, 'zaps under way', 0, {
        event: 'the zap under way is through',
        wakers: () => this.#releasers(),
      }),
    };
    this.inode = { iMmapRwsem: new RwSemaphore(machine, 'i_mmap_rwsem'), iMmap: [] };
    // One reference is the registration's own, one that of the open files.
    this.released = new RefCount(machine, 'vfio device', 2, cause);

    this.spaces = Array.from({ length: 1 + CHILDREN_MAX }, (_, index) => {
      const name = index === 0 ? 'the process' : `child${index - 1}`;
      const prefix = index === 0 ? '' : `${name} `;
      return new AddressSpace(machine, new Process(machine, name), prefix, index === 0, cause);
    });
    this.forks = new Forks(machine, 'process table', 0);
    // Whether it takes an access is its own command register to say, and whether there is one, the page tables.
    this.function.observes = [
      this.vdev.command,
      ...this.spaces.flatMap(({ vmas, pageTables }) => [vmas, pageTables]),
    ];

    // The device is opened before the scenario begins: nothing can interleave.
    this.notMappable = kernel.vfio_pci_probe_mmaps(this);
  }

  reset(): void {
    for (const space of this.spaces) space.reset();
    clear(this.vdev.vmaList);
    clear(this.inode.iMmap);
    this.driverUnbound = false;
    this.enabled = true;
    this.resetWorks = true;
    this.notified = null;
    this.memoryEnabled = this.settings.memoryEnabled;
    clear(this.mappings);
    clear(this.accesses);
    clear(this.mmioCalls);
    clear(this.faults);
    clear(this.flagChanges);
    clear(this.zaps);
    clear(this.regionInfos);
    clear(this.kernelMappings);
    clear(this.barUses);
    clear(this.protections);
    clear(this.commandWrites);
    clear(this.resets);
    clear(this.children);
    clear(this.deconfigurations);
  }

  get facts(): VfioFacts {
    return this.settings;
  }

  get exclusion(): ExclusionRule {
    return this.kernel.exclusion;
  }

  get processes(): readonly ProcessEnd[] {
    return this.spaces;
  }

  get knownToVfio(): readonly MappedPages[] {
    return this.kernel.vmasOnInode ? this.inode.iMmap : this.vdev.vmaList;
  }

  get deviceEnabled(): boolean {
    return this.enabled;
  }

  get requestsSent(): number {
    return this.vdev.reqTrigger.count;
  }

  processOf(actor: string): Process | null {
    return actor.startsWith('admin') ? null : this.spaces[0]!.process;
  }

  /** The address space of the process that a thread belongs to. */
  mmOf(t: Thread): AddressSpace {
    return this.spaces.find(({ process }) => process === t.process)!;
  }

  /** Whoever may still drop a reference to the device: any thread of a process that has, or may get, one. */
  #releasers(): Thread[] {
    return this.machine.threads.filter((thread) => thread.alive && thread.process !== null);
  }

  /**
   * A descriptor or a mapping that a process keeps is its own business, and may keep the device for ever: a silent
   * owner's, a child's, or what an owner has taken anew after it was asked. Only what the owner is about to give up
   * is owed.
   */
  #nobodyHasToLetGo(): boolean {
    if (this.settings.ownerCooperates && this.notified?.alive !== false) return false;
    const throughCalls = this.spaces.filter(({ fd }) => !fd.held && fd.count > 0).length;
    return this.file.count > throughCalls;
  }

  /** An access that ends elsewhere, in the step in which it would have reached the function. */
  miss(): void {
    if (this.machine.observer !== null) this.function.last = 'not reached';
  }

  /** What this thread's call has just done to the function. */
  deed(t: Thread): Deed {
    return { step: this.machine.steps, call: t.call! };
  }

  /** Records an access in the step in which the function sees it. */
  issue(access: Omit<DeviceAccess, 'step' | 'memoryEnabled'>): void {
    this.accesses.push({ ...access, step: this.machine.steps, memoryEnabled: this.memoryEnabled });
    if (this.machine.observer !== null) {
      const { insn, bar, offset, len } = access;
      this.function.last = `${insn.toUpperCase()} BAR ${bar} offset 0x${offset.toString(16)} len ${len}`;
    }
  }
}

function deviceRecord({ thread, insn, bar, offset, len }: DeviceAccess): DeviceRecord {
  return { actor: thread.name, insn, pcias: bar, offset, len };
}
