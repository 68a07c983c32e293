import { RefCount } from '../../harness/machine/events.ts';
import { Mutex, RwSemaphore } from '../../harness/machine/locks.ts';
import type { Machine, StartOperation } from '../../harness/machine/machine.ts';
import { Port } from '../../harness/machine/port.ts';
import { Process } from '../../harness/machine/process.ts';
import { Cell, clear } from '../../harness/machine/shared.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';
import type { DeviceRecord, World } from '../../harness/model/model.ts';
import { protName, writtenAttribute } from '../../properties/s2-memattr/describe.ts';
import type {
  Backing,
  CommandWrite,
  Encoding,
  Evidence,
  GuestAccess,
  GuestPage,
  KernelBug,
  Leaf,
  LeafChange,
  Mapping,
  MemAttrFacts,
  MemAttrOperation,
  Prot,
  Reset,
  SlotChange,
  Stage2Fault,
  VmaChange,
} from '../../properties/s2-memattr/evidence.ts';
import type { MemAttrKernel, Vma } from './kernel.ts';
import { BACKINGS } from './layout.ts';
import { isGathered } from './memory-type.ts';
import { Stage2Entry } from './stage2-entry.ts';

const PAGES: readonly GuestPage[] = ['slot0', 'slot1', 'gicv'];
const SLOTS = 2;

/** An entry of the VMM's own page tables. */
export interface HostPte {
  readonly mapping: Mapping;
  readonly writable: boolean;
}

class VmaCell extends Cell<Vma | null> {
  override show(): string {
    return this.value === null ? 'none' : `${this.value.mapping.backing}, r${this.value.writable ? 'w' : ''}`;
  }
}

class PteCell extends Cell<HostPte | null> {
  override show(): string {
    return this.value === null ? 'none' : `${this.value.mapping.backing}, r${this.value.writable ? 'w' : ''}`;
  }
}

/** One VM with two memory slots of a page each, and its VMM, as all states of the series share it. */
export class MemAttrWorld implements World, Evidence {
  readonly machine: Machine;
  readonly kernel: MemAttrKernel;
  readonly facts: MemAttrFacts;
  readonly start: StartOperation;
  readonly device: () => DeviceRecord[];
  readonly leafOf: (page: GuestPage) => Leaf | null;

  /** The VMM: one process, whose threads run the vCPUs too. */
  readonly vmm: Process;
  readonly mm: {
    readonly mmapLock: RwSemaphore;
    /** By page of user space, each under one slot. */
    readonly vmas: readonly Cell<Vma | null>[];
    readonly ptes: readonly Cell<HostPte | null>[];
  };

  readonly kvm: {
    /**
     * A spinning rwlock in Linux. Readers are faults, which run side by side; who waits for it does not sleep, which
     * nothing here goes by.
     */
    readonly mmuLock: RwSemaphore;
    readonly mmuInvalidateSeq: Cell<number>;
    /** Changed and read with mmu_lock held; retries wait for it to fall to zero in the place of going round. */
    readonly mmuInvalidateInProgress: RefCount;
    readonly slotsLock: Mutex;
    /** Read sides are read locks. A grace period is a write lock taken and let go of. */
    readonly srcu: RwSemaphore;
    /** KVM_MEM_LOG_DIRTY_PAGES of each slot. */
    readonly logging: readonly Cell<boolean>[];
    /** alt-ioctl only: whether the VMM has allowed Normal-NC. */
    readonly ncAllowed: Cell<boolean>;
  };
  readonly entries: readonly Stage2Entry[];

  readonly vdev: {
    readonly memoryLock: RwSemaphore;
    readonly command: Cell<boolean>;
    readonly iMmapRwsem: RwSemaphore;
    /** Under that lock: VMAs of vfio-pci, by page of user space. */
    readonly iMmap: Mapping[];
  };
  readonly bus: Port;
  /** Guest writes that are still on their way, as `bus` steps leave them. */
  readonly posted: GuestAccess[] = [];

  // Evidence.
  readonly mappings: Mapping[] = [];
  readonly stage2Faults: Stage2Fault[] = [];
  readonly leafChanges: LeafChange[] = [];
  readonly guestAccesses: GuestAccess[] = [];
  readonly encodings: Encoding[] = [];
  readonly resets: Reset[] = [];
  readonly vmaChanges: VmaChange[] = [];
  readonly slotChanges: SlotChange[] = [];
  readonly commandWrites: CommandWrite[] = [];
  readonly optIns: Call[] = [];
  readonly bugs: KernelBug[] = [];
  /** Shadow of the command register for the evidence; models read `vdev.command`. */
  memoryEnabled = true;
  readonly #atFirst: readonly Mapping[];

  constructor(machine: Machine, kernel: MemAttrKernel, facts: MemAttrFacts) {
    this.machine = machine;
    this.kernel = kernel;
    this.facts = facts;
    this.start = (thread, call) => kernel.dispatch(thread, this, call.work.argument as MemAttrOperation);
    this.device = () => [
      ...this.guestAccesses.filter(({ done }) => done).map(deviceRecord),
      ...this.encodings.filter(isShown).sort(byThread).map(encodingRecord),
    ];

    this.leafOf = (page) => this.entryOf(page).leaf;

    for (const [hva, backing] of facts.backings.entries()) {
      if (backing !== null) this.newMapping(hva, backing, -1);
    }
    this.#atFirst = [...this.mappings];
    const mappingAt = (hva: number): Mapping | undefined =>
      kernel.fdBacked ? undefined : this.slotFile(hva);

    this.vmm = new Process(machine, 'the VMM');
    this.mm = {
      mmapLock: new RwSemaphore(machine, 'mmap_lock'),
      vmas: eachSlot((hva) => {
        const mapping = mappingAt(hva);
        return new VmaCell(
          machine,
          `VMA of page ${hva}`,
          mapping === undefined ? null : { mapping, writable: true },
        );
      }),
      ptes: eachSlot((hva) => {
        const mapping = mappingAt(hva);
        const present = mapping !== undefined && mapsAtOnce(mapping.backing);
        return new PteCell(machine, `PTE of page ${hva}`, present ? { mapping, writable: true } : null);
      }),
    };
    this.kvm = {
      mmuLock: new RwSemaphore(machine, 'mmu_lock'),
      mmuInvalidateSeq: new Cell(machine, 'mmu_invalidate_seq', 0),
      mmuInvalidateInProgress: new RefCount(machine, 'mmu_invalidate_in_progress', 0, {
        event: 'the invalidation under way is over',
        wakers: () => machine.threads.filter(({ alive }) => alive),
      }),
      slotsLock: new Mutex(machine, 'slots_lock'),
      srcu: new RwSemaphore(machine, 'kvm->srcu'),
      logging: eachSlot((slot) => new Cell(machine, `flags of slot ${slot}`, false)),
      ncAllowed: new Cell(machine, 'Normal-NC allowed', false),
    };
    this.entries = PAGES.map((page) => new Stage2Entry(machine, page));
    this.vdev = {
      memoryLock: new RwSemaphore(machine, 'memory_lock'),
      command: new Cell(machine, 'PCI_COMMAND_MEMORY', true),
      iMmapRwsem: new RwSemaphore(machine, 'i_mmap_rwsem'),
      iMmap: [],
    };
    this.bus = new Port(machine, 'the bus');
    // The CPU translates in the step in which the access happens, and whether it is answered is the device's to say.
    this.bus.observes = [...this.entries, this.vdev.command];
    this.reset();
  }

  reset(): void {
    clear(this.mappings);
    clear(this.vdev.iMmap);
    for (const mapping of this.#atFirst) {
      mapping.gone = false;
      this.mappings.push(mapping);
      if (BACKINGS[mapping.backing].vfioPciCore && !this.kernel.fdBacked) this.vdev.iMmap.push(mapping);
    }
    clear(this.posted);
    clear(this.stage2Faults);
    clear(this.leafChanges);
    clear(this.guestAccesses);
    clear(this.encodings);
    clear(this.resets);
    clear(this.vmaChanges);
    clear(this.slotChanges);
    clear(this.commandWrites);
    clear(this.optIns);
    clear(this.bugs);
    this.memoryEnabled = true;
  }

  get hasNormalNc(): boolean {
    return this.kernel.hasNormalNc;
  }

  get mapsCacheablePfnmap(): boolean {
    return this.kernel.mapsCacheablePfnmap;
  }

  get refusesMismatches(): boolean {
    return this.kernel.refusesMismatches;
  }

  get fdBacked(): boolean {
    return this.kernel.fdBacked;
  }

  get hasOptIn(): boolean {
    return this.kernel.kvm_vm_ioctl_allow_nc !== undefined;
  }

  get vfioPciSetsFlag(): boolean {
    return this.hasFlag('pci');
  }

  /** What is under a slot when the scenario begins; with alt-fd it stays so. */
  slotFile(slot: number): Mapping | undefined {
    return this.#atFirst.find(({ hva }) => hva === slot);
  }

  processOf(): Process {
    return this.vmm;
  }

  entryOf(page: GuestPage): Stage2Entry {
    return this.entries[PAGES.indexOf(page)]!;
  }

  /** Whether a VMA of this kind has the flag on this kernel. */
  hasFlag(backing: Backing): boolean {
    const { flagHasBit, setsFlag } = this.kernel;
    return flagHasBit && this.facts.is64bit && setsFlag.includes(backing);
  }

  newMapping(hva: number, backing: Backing, step: number): Mapping {
    const { pageFrame, pfnmap, hostType } = BACKINGS[backing];
    const flag = this.hasFlag(backing);
    const id = this.mappings.length;
    const mapping = { id, step, hva, backing, pageFrame, pfnmap, hostType, flag, gone: false };
    this.mappings.push(mapping);
    return mapping;
  }

  /** Writes down what is at an address now, with the mmap lock held: nobody else has seen what it was meanwhile. */
  noteVma(t: Thread, hva: number, vma: Vma | null): void {
    this.vmaChanges.push({
      step: this.machine.steps,
      call: t.call!,
      hva,
      mapping: vma === null ? null : vma.mapping,
      writable: vma?.writable === true,
    });
  }

  /** BUG_ON, KVM_BUG_ON. */
  bugOn(t: Thread, holds: boolean, condition: string): void {
    if (holds) this.bugs.push({ step: this.machine.steps, thread: t, condition });
  }

  /** Changes an entry, in a step that updates it. */
  setLeaf(
    t: Thread,
    entry: Stage2Entry,
    kind: LeafChange['kind'],
    after: Leaf | null,
    fault: Stage2Fault | null = null,
    { tlbi = true, cleaned = false } = {},
  ): void {
    const { machine } = this;
    const { page, leaf: before } = entry;
    entry.leaf = after;
    this.leafChanges.push({
      step: machine.steps,
      thread: t,
      call: t.call!,
      page,
      kind,
      before,
      after,
      tlbi,
      fault,
      cleaned,
    });
  }

  /** stage2_set_prot_attr(), written down. */
  encode(t: Thread, caller: Encoding['caller'], prot: Prot): Encoding {
    const { ret, attr, warned } = this.kernel.stage2_set_prot_attr(prot);
    const encoding = {
      step: this.machine.steps,
      thread: t,
      call: t.call!,
      caller,
      prot,
      ret,
      attr,
      exec: ret === 0 && prot.exec,
      warned,
    };
    this.encodings.push(encoding);
    return encoding;
  }

  /** Records an access of the guest, in the step in which it happens. */
  issue(access: GuestAccess): void {
    this.guestAccesses.push(access);
    // What may be gathered is held back until something orders what follows behind it; the rest leaves at once.
    const { request, leaf, type, done } = access;
    if (done && request.access === 'write' && isGathered(type) && leaf.devicePfn) this.posted.push(access);
    if (this.machine.observer !== null) {
      this.bus.last = `${request.access} ${leaf.pageFrame} as ${type}`;
    }
  }
}

const eachSlot = <T>(make: (index: number) => T): readonly T[] =>
  Array.from({ length: SLOTS }, (_, at) => make(at));

/** remap_pfn_range() in the driver's mmap, as opposed to pages that come with faults. */
export function mapsAtOnce(backing: Backing): boolean {
  const { pfnmap, vfioPciCore } = BACKINGS[backing];
  return pfnmap && !vfioPciCore;
}

function deviceRecord({ thread, request, leaf, type }: GuestAccess): DeviceRecord {
  return { actor: thread.name, insn: request.access, page: request.page, to: leaf.pageFrame, type };
}

/**
 * Attributes are for the MMU to read, so that they are what leaves the kernel where a call asks for nothing else. Those
 * of the guest's pages are left out: the step that writes the entry shows them, and an access its type. A step of its
 * own for the others would be one that Linux does not have.
 */
const isShown = ({ caller }: Encoding): boolean => caller === 'direct' || caller === 'host stage 2';

/** Encoding touches nothing shared, so that only the order of one thread's means anything. */
const byThread = (a: Encoding, b: Encoding): number => a.thread.id - b.thread.id;

function encodingRecord(encoding: Encoding): DeviceRecord {
  const { thread, caller, prot, warned } = encoding;
  const wrote = writtenAttribute(encoding) ?? 'nothing';
  return { actor: thread.name, insn: 'encode', caller, prot: protName(prot), wrote, warned };
}
