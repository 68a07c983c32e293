/**
 * What a world of the zpci-io series keeps for its claims to judge. Models write it, claims read it; neither knows
 * more of the other.
 */

import type { RefCount } from '../../harness/machine/events.ts';
import type { Mutex } from '../../harness/machine/locks.ts';
import type { MappedRange, Page } from '../../harness/machine/memory.ts';
import type { Process } from '../../harness/machine/process.ts';
import type { Call, Thread } from '../../harness/machine/thread.ts';

/** A 64-bit value as two halves: numbers hold 53 bits only. */
export interface U64 {
  readonly hi: number;
  readonly lo: number;
}

/** How the user's buffer behaves: mapped, unmapped, or unmapped from its second half on. */
export type BufferFault = 'ok' | 'bad' | 'torn';

/** `struct vfio_zpci_io_req` as the caller wrote it. Source: v1 4/4, include/uapi/linux/vfio_zdev.h. */
export interface Request {
  /** The 32 bytes, big endian. */
  readonly image: Uint8Array;
  readonly flags: U64;
  readonly gaddr: U64;
  readonly offset: U64;
  readonly len: number;
  readonly pcias: number;
}

/** A guest instruction's operands. */
export interface GuestAccess {
  readonly pcias: number;
  readonly offset: U64;
  readonly len: number;
}

export type ZpciOperation =
  | { readonly kind: 'region_write'; readonly access: FileAccess; readonly request: Request }
  | { readonly kind: 'region_read'; readonly access: FileAccess }
  | { readonly kind: 'bar_write' | 'bar_read'; readonly access: FileAccess }
  | ({ readonly kind: 'pcistb' | 'pcistg' | 'pcilg' } & GuestAccess)
  | { readonly kind: 'power_off' | 'kill' | 'memory_disable' | 'memory_enable' };

/** One pread or pwrite on the device fd. */
export interface FileAccess {
  /** The region named, before `pos` overflows into the next one. */
  readonly index: number;
  readonly pos: number;
  readonly count: number;
  readonly iswrite: boolean;
  readonly buffer: BufferFault;
  /** What a write takes its bytes from, region position 16 being byte 0; null where contents do not matter. */
  readonly image: Uint8Array | null;
}

/** The instructions of the s390 PCI facility; those ending in `i` are the MIO forms. */
export type Insn = 'pcilg' | 'pcistg' | 'pcistb' | 'pcilgi' | 'pcistgi';

/** What `ZPCI_CREATE_REQ(fh, pcias, len)`, an offset and a data pointer make up. */
export interface Operand {
  /** Which code built it. */
  readonly path: 'region' | 'bar' | 'derived driver';
  readonly fh: number;
  readonly pcias: number;
  readonly offsetHi: number;
  readonly offsetLo: number;
  readonly len: number;
  /** The pinned user page that it loads to or stores from, else null (a buffer of the kernel's own). */
  readonly page: Page | null;
  /** First byte of its data within the page or buffer. */
  readonly dataOffset: number;
  /** Bytes that page or buffer has. */
  readonly dataSize: number;
}

/** One instruction that the kernel issued. */
export interface Instruction {
  readonly step: number;
  readonly thread: Thread;
  readonly call: Call;
  readonly insn: Insn;
  readonly operand: Operand;
  /** 0, or the errno it ended with: the device did nothing then. */
  readonly status: number;
  /** Whether PCI_COMMAND_MEMORY was set (or does not exist) when it was issued. */
  readonly memoryEnabled: boolean;
  /** Whether whoever issued it had a reference to the open file. */
  readonly holdsFile: boolean;
}

/** A write to PCI_COMMAND_MEMORY. */
export interface CommandWrite {
  readonly step: number;
  readonly call: Call;
  readonly enable: boolean;
  /** Whether whoever wrote it had a reference to the open file. */
  readonly holdsFile: boolean;
}

/** Whose read and write a device fd's are: the driver that the function is bound to. */
export type Driver = 'vfio-pci' | 'vfio-zpci-ism' | 'vfio/ism';

/** The kernel stored to a user page through the direct map. */
export interface KernelStore {
  readonly step: number;
  readonly call: Call;
  readonly page: Page;
}

/** User memory was faulted in while an arch or device lock was held. */
export interface FaultIn {
  readonly step: number;
  readonly thread: Thread;
  /** Name of that lock. */
  readonly under: string;
}

/** What a read call gave to user space. */
export interface Delivery {
  readonly step: number;
  readonly call: Call;
  readonly what: 'header' | 'load';
  readonly expected: readonly number[];
  readonly actual: readonly number[];
}

export interface ZpciFacts {
  /** Hardware-reported largest PCISTB. */
  readonly maxstbl: number;
  readonly ism: boolean;
  /** Whether the function takes MIO instructions. */
  readonly mioCapable: boolean;
  /** The host issues MIO instructions where it can (static key have_mio). */
  readonly haveMio: boolean;
  readonly guestCooperates: boolean;
  /** pdev->no_command_memory: the function has no memory enable bit, and counts as always enabled. */
  readonly noCommandMemory: boolean;
  readonly msix: { readonly bar: number; readonly start: number; readonly end: number } | null;
  readonly barSize: readonly number[];
  /** Whether the function accepts PCISTB of any length and alignment. */
  readonly relaxedAlign: boolean;
  /** User memory; what is in none of these ranges is not mapped. */
  readonly memory: readonly MappedRange[];
  /** What each device instruction ends with: 0, -EIO (condition code above 0) or -ENXIO (program exception). */
  readonly insnStatus: number;
  readonly allocationsFail: boolean;
}

export interface Evidence {
  readonly facts: ZpciFacts;
  readonly driver: Driver;
  readonly vmm: Process;
  readonly ownFh: number;
  /** Pages of the buffers that QEMU carries a guest's PCISTB and PCILG in. */
  readonly vmmBuffers: { readonly pcistb: number; readonly pcilg: number };
  readonly instructions: readonly Instruction[];
  readonly commandWrites: readonly CommandWrite[];
  readonly stores: readonly KernelStore[];
  /** How often user memory was faulted in, and where under a lock. */
  readonly faultIns: number;
  readonly faultsUnderLock: readonly FaultIn[];
  readonly deliveries: readonly Delivery[];
  readonly pins: { readonly taken: number; readonly dropped: number };
  /** Whether this kernel has the zPCI I/O region. */
  readonly offersRegion: boolean;
  /** Result of opening the device before the scenario begins, and what an open that failed left behind. */
  readonly open: { readonly ret: number; readonly enabled: boolean; readonly regions: number };
  /** Set when the kernel dereferenced a null pointer, with the function. */
  readonly oops: string | null;
  /** The lock of a function reset on close, where there is one, how often a reset was tried, and how often it was done. */
  readonly resetLock: Mutex | null;
  readonly resetsTried: number;
  readonly resetsDone: number;
  /** Waited for by the remove path. */
  readonly released: RefCount;
  /** Step at which the descriptor table dropped its reference to the open file. */
  readonly fdClosed: number | null;
  /** The last close: whether the device was still enabled when the file's reference to it was dropped. */
  readonly lastClose: { readonly step: number; readonly enabled: boolean } | null;
  /** Removal of the driver: whether others than the registration had references to the device then. */
  readonly removal: { readonly step: number; readonly inUse: boolean } | null;
  /** How often req_trigger was signalled. */
  readonly unplugRequests: number;
  /** Step at which the guest had let the function go, after which QEMU knows it as standby. */
  readonly guestLetGo: number | null;
  /** Steps at which the host gave up the function's handle and put its slot into standby. */
  readonly slot: { readonly disabled: number | null; readonly standby: number | null };
}
