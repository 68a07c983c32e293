import { EventFd, InitialRefCount, RefCount } from '../../harness/machine/events.ts';
import { Mutex, RwSemaphore } from '../../harness/machine/locks.ts';
import type { Machine, StartOperation } from '../../harness/machine/machine.ts';
import { AddressSpace } from '../../harness/machine/memory.ts';
import { Port } from '../../harness/machine/port.ts';
import { Process } from '../../harness/machine/process.ts';
import { Cell, clear, type ObjectTable, Word } from '../../harness/machine/shared.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';
import type { DeviceRecord, World } from '../../harness/model/model.ts';
import type {
  CommandWrite,
  Delivery,
  Driver,
  Evidence,
  FaultIn,
  Insn,
  Instruction,
  KernelStore,
  Operand,
  ZpciFacts,
  ZpciOperation,
} from '../../properties/zpci-io/evidence.ts';
import { u64Json } from '../../properties/zpci-io/u64.ts';
import type { ZpciKernel } from './kernel.ts';
import { HEADER_SIZE, HEAP_GARBAGE, PAGE_SIZE, REGION_SIZE } from './layout.ts';

/** Everything a scenario may set under `world`, parsed. */
export interface ZpciSettings extends ZpciFacts {
  readonly fault: 'none' | 'kmalloc' | 'register_region' | 'config_init';
}

/** The function's handle while it is enabled; 0 after zpci_disable_device. */
export const FUNCTION_HANDLE = 0x8000_1234;

/** QEMU's own memory, mapped whatever a scenario maps: pbdev->pcistb_buf, and the u64 that a PCILG loads to. */
export const QEMU_PCISTB_BUF = 0x3ff_8000_0000;
export const QEMU_LOCAL = QEMU_PCISTB_BUF + PAGE_SIZE;

const BARMAP_NAMES = [0, 1, 2, 3, 4, 5].map((bar) => `barmap[${bar}]`);
const RESOURCE_NAMES = [0, 1, 2, 3, 4, 5].map((bar) => `BAR ${bar} resource`);

/** A BAR as vfio-pci maps it at the first access: whether it is mapped, and whether its resource is requested. */
class Bar {
  readonly barmap: Cell<boolean>;
  readonly resource: Cell<boolean>;

  constructor(table: ObjectTable, bar: number) {
    this.barmap = new Cell(table, BARMAP_NAMES[bar]!, false);
    this.resource = new Cell(table, RESOURCE_NAMES[bar]!, false);
  }
}

/** `struct vfio_region_zpci_io` of v1, shared by everybody who has the fd. */
export class ZpciIoRegion {
  readonly header: readonly Word[];
  readonly flags: Word;
  readonly gaddr: Word;
  readonly offset: Word;
  /** reserved, len (bytes 4-5), pcias (byte 6), reserved2. */
  readonly tail: Word;
  readonly request: readonly Word[];
  /** Not in v1: the lock of their own that v2-min and v2 give the region's data. */
  readonly mutex: Mutex;
  readonly #bytes = new Uint8Array(REGION_SIZE);
  readonly #maxstbl: number;

  constructor(table: ObjectTable, maxstbl: number) {
    const word = (name: string, start: number) => new Word(table, name, this.#bytes, start);
    this.header = [word('hdr.flags', 0), word('hdr.max', 8)];
    this.flags = word('req.flags', HEADER_SIZE);
    this.gaddr = word('req.gaddr', HEADER_SIZE + 8);
    this.offset = word('req.offset', HEADER_SIZE + 16);
    this.tail = word('req.len/pcias', HEADER_SIZE + 24);
    this.request = [this.flags, this.gaddr, this.offset, this.tail];
    this.mutex = new Mutex(table, 'region->mutex');
    this.#maxstbl = maxstbl;
    this.reset();
  }

  /** Only the header is filled in after kmalloc; the request stays heap garbage (v1 4/4, end of io_init). */
  reset(): void {
    this.#bytes.fill(HEAP_GARBAGE);
    this.#bytes.fill(0, 0, HEADER_SIZE);
    this.#bytes[8] = this.#maxstbl >> 8;
    this.#bytes[9] = this.#maxstbl & 0xff;
  }

  word(index: number): Word {
    return index < 2 ? this.header[index]! : this.request[index - 2]!;
  }
}

/** One ISM (or MSI-X) function on a host, opened by one VMM, as all states of the series share it. */
export class ZpciWorld implements World, Evidence {
  readonly machine: Machine;
  readonly kernel: ZpciKernel;
  readonly settings: ZpciSettings;
  readonly start: StartOperation;

  // The host's view of the function.
  readonly zdev: {
    /** zdev->lock; renamed fmb_lock by 0d48566d4b58. */
    readonly lock: Mutex;
    /** zdev->state_lock, bcb5d6c76903. */
    readonly stateLock: Mutex;
    readonly fh: Cell<number>;
    readonly state: Cell<'configured' | 'standby'>;
  };
  readonly pciRescanRemoveLock: Mutex;
  readonly deviceMutex: Mutex;
  readonly device: () => DeviceRecord[];
  readonly function: Port;

  // vfio.
  /** The open file; the descriptor table holds the initial reference. */
  readonly file: { readonly refs: InitialRefCount };
  readonly vdev: {
    readonly memoryLock: RwSemaphore;
    readonly command: Cell<boolean>;
    /** Null where the function has no such BAR. */
    readonly bars: readonly (Bar | null)[];
    readonly igate: Mutex;
    readonly reqTrigger: EventFd;
  };
  region: ZpciIoRegion | null = null;
  driverUnbound = false;
  /** Threads between their get and their put of the open file. */
  readonly fileUsers = new Set<Thread>();
  readonly released: RefCount;

  // The VMM.
  readonly vmm: Process;
  readonly mm: AddressSpace;
  readonly bql: Mutex;
  readonly pbdev: Cell<'online' | 'unplug requested' | 'standby'>;
  /** Set once SIGKILL was sent: one exit path is enough. */
  exiting = false;

  // Evidence.
  readonly instructions: Instruction[] = [];
  readonly commandWrites: CommandWrite[] = [];
  readonly stores: KernelStore[] = [];
  faultIns = 0;
  readonly faultsUnderLock: FaultIn[] = [];
  readonly deliveries: Delivery[] = [];
  readonly open = { ret: 0, enabled: false, regions: 0 };
  /** The region as opening left it: closing frees it, the next execution has it again. */
  readonly #opened: ZpciIoRegion | null;
  oops: string | null = null;
  resetsTried = 0;
  resetsDone = 0;
  /** Shadow of the command register for the evidence; models read `vdev.command`. */
  memoryEnabled = true;
  /** Shadow of the mappings for the handle that an instruction goes by. */
  readonly mapped = [false, false, false, false, false, false];
  /** Whether the device is enabled: from open to the last close. */
  deviceEnabled: boolean;
  fdClosed: number | null = null;
  lastClose: { step: number; enabled: boolean } | null = null;
  removal: { step: number; inUse: boolean } | null = null;
  guestLetGo: number | null = null;
  readonly slot: { disabled: number | null; standby: number | null } = { disabled: null, standby: null };

  constructor(machine: Machine, kernel: ZpciKernel, settings: ZpciSettings) {
    this.machine = machine;
    this.kernel = kernel;
    this.settings = settings;
    this.start = (thread, call) => kernel.dispatch(thread, this, call.work.argument as ZpciOperation);
    this.device = () => this.instructions.map(deviceRecord);

    this.zdev = {
      lock: new Mutex(machine, 'zdev->lock'),
      stateLock: new Mutex(machine, 'zdev->state_lock'),
      fh: new Cell(machine, 'zdev->fh', FUNCTION_HANDLE),
      state: new Cell<'configured' | 'standby'>(machine, 'zdev->state', 'configured'),
    };
    this.pciRescanRemoveLock = new Mutex(machine, 'pci_rescan_remove_lock');
    this.deviceMutex = new Mutex(machine, 'dev->mutex');
    this.function = new Port(machine, 'the function');

    this.vmm = new Process(machine, 'the VMM');
    this.mm = new AddressSpace(machine, settings.memory);
    this.bql = new Mutex(machine, 'BQL');
    this.pbdev = new Cell<'online' | 'unplug requested' | 'standby'>(machine, 'pbdev->state', 'online');

    const closers = () => this.#closers();
    const unboundedByDesign = () => !settings.guestCooperates;
    this.file = {
      refs: new InitialRefCount(machine, 'device fd', 1, { event: 'device fd closed', wakers: closers }),
    };
    this.vdev = {
      memoryLock: new RwSemaphore(machine, 'memory_lock'),
      command: new Cell(machine, 'PCI_COMMAND_MEMORY', true),
      bars: settings.barSize.map((size, bar) => (size === 0 ? null : new Bar(machine, bar))),
      igate: new Mutex(machine, 'igate'),
      reqTrigger: new EventFd(machine, 'req_trigger', { event: 'unplug requested', wakers: () => [] }),
    };
    // One reference is the registration's own, one the open file's.
    this.released = new RefCount(machine, 'vfio device', 2, {
      event: 'last vfio reference dropped (fd closed)',
      wakers: closers,
      unboundedByDesign,
    });
    // Whether it takes an access is the function's own command register to say, and through which handle its mapping.
    this.function.observes = [
      this.vdev.command,
      ...this.vdev.bars.flatMap((bar) => (bar === null ? [] : [bar.barmap])),
    ];

    // The device is opened before the scenario begins: no fd is visible yet, so nothing can interleave.
    this.open.ret = kernel.vfio_pci_enable(this);
    if (this.open.ret < 0) this.#failOpen();
    this.deviceEnabled = this.open.enabled;
    this.#opened = this.region;
  }

  #failOpen(): void {
    this.file.refs.held = false;
    this.file.refs.count = 0;
    this.released.count--;
  }

  reset(): void {
    if (this.open.ret < 0) this.#failOpen();
    this.region = this.#opened;
    this.region?.reset();
    this.driverUnbound = false;
    this.fileUsers.clear();
    this.exiting = false;
    this.mm.reset();
    clear(this.instructions);
    clear(this.commandWrites);
    clear(this.stores);
    clear(this.faultsUnderLock);
    clear(this.deliveries);
    this.faultIns = 0;
    this.resetsTried = 0;
    this.resetsDone = 0;
    this.memoryEnabled = true;
    this.mapped.fill(false);
    this.deviceEnabled = this.open.enabled;
    this.fdClosed = null;
    this.lastClose = null;
    this.removal = null;
    this.guestLetGo = null;
    this.slot.disabled = null;
    this.slot.standby = null;
  }

  /** Whoever may still make the VMM close the device fd: the unplug flow, an exit path, a SIGKILL to come. */
  #closers(): Thread[] {
    return this.machine.threads.filter(
      (thread) =>
        thread.alive &&
        (thread.work[0]?.operation === -1 ||
          thread.process === this.vmm ||
          // A kill that has begun but not sent its signal yet is one to come too.
          thread.work
            .slice(thread.begun - (thread.path === null ? 0 : 1))
            .some((work) => work.name === 'kill')),
    );
  }

  get facts(): ZpciFacts {
    return this.settings;
  }

  get driver(): Driver {
    if (!this.settings.ism) return 'vfio-pci';
    if (this.kernel.vfio_zpci_ism_rw !== undefined) return 'vfio-zpci-ism';
    return this.kernel.ism_vfio_pci_rw !== undefined ? 'vfio/ism' : 'vfio-pci';
  }

  /** zdev->maxstbl, as 3/4 fills it in from what the CLP answers; zero in a kernel that does not. */
  get maxstbl(): number {
    return this.kernel.zdev.maxstbl ? this.settings.maxstbl : 0;
  }

  get offersRegion(): boolean {
    return this.kernel.vfio_pci_zdev_io_rw !== undefined;
  }

  get unplugRequests(): number {
    return this.vdev.reqTrigger.count;
  }

  get ownFh(): number {
    return FUNCTION_HANDLE;
  }

  get vmmBuffers(): { pcistb: number; pcilg: number } {
    return { pcistb: QEMU_PCISTB_BUF / PAGE_SIZE, pcilg: QEMU_LOCAL / PAGE_SIZE };
  }

  get pins(): { taken: number; dropped: number } {
    return { taken: this.mm.pinsTaken, dropped: this.mm.pinsDropped };
  }

  get resetLock(): Mutex | null {
    return this.kernel.resetLock?.(this) ?? null;
  }

  processOf(actor: string): Process | null {
    return actor.startsWith('admin') ? null : this.vmm;
  }

  /** Records an instruction and returns what it ended with. Called in the step that issues it. */
  issue(thread: Thread, insn: Insn, operand: Operand): number {
    const status = this.settings.insnStatus;
    this.instructions.push({
      step: this.machine.steps,
      thread,
      call: thread.call as Call,
      insn,
      operand,
      status,
      memoryEnabled: this.memoryEnabled || this.settings.noCommandMemory,
      holdsFile: this.fileUsers.has(thread),
    });
    if (this.machine.observer !== null) {
      const { pcias, len, offsetHi, offsetLo } = operand;
      this.function.last = `${insn.toUpperCase()} pcias ${pcias} offset ${u64Json(offsetHi, offsetLo)} len ${len}`;
    }
    return status;
  }

  /** Records that user memory was faulted in, and under which arch or device lock. */
  noteFaultIn(thread: Thread): void {
    const { zdev, deviceMutex } = this;
    this.faultIns++;
    const under =
      zdev.lock.owner === thread
        ? zdev.lock.name
        : deviceMutex.owner === thread
          ? deviceMutex.name
          : zdev.stateLock.owner === thread
            ? zdev.stateLock.name
            : null;
    if (under !== null) this.faultsUnderLock.push({ step: this.machine.steps, thread, under });
  }
}

function deviceRecord({ thread, insn, operand }: Instruction): DeviceRecord {
  const { pcias, len, offsetHi, offsetLo } = operand;
  return { actor: thread.name, insn, pcias, offset: u64Json(offsetHi, offsetLo), len };
}
