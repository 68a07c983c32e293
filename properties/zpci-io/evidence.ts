/**
 * What a world of the zpci-io series keeps for its claims to judge. Models write it, claims read it; neither knows
 * more of the other.
 */

import type { RefCount } from '../../harness/machine/events.ts';
import type { Mutex } from '../../harness/machine/locks.ts';
import type { Page } from '../../harness/machine/memory.ts';
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
}

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
  readonly allocationsFail: boolean;
}

export interface Evidence {
  readonly facts: ZpciFacts;
  readonly vmm: Process;
  readonly ownFh: number;
  /** Pages of the buffers that QEMU carries a guest's PCISTB and PCILG in. */
  readonly vmmBuffers: { readonly pcistb: number; readonly pcilg: number };
  readonly instructions: readonly Instruction[];
  readonly stores: readonly KernelStore[];
  /** How often user memory was faulted in, and where under a lock. */
  readonly faultIns: number;
  readonly faultsUnderLock: readonly FaultIn[];
  readonly deliveries: readonly Delivery[];
  readonly pins: { readonly taken: number; readonly dropped: number };
  /** Result of opening the device before the scenario begins, and what an open that failed left behind. */
  readonly open: { readonly ret: number; readonly enabled: boolean; readonly regions: number };
  /** Set when the kernel dereferenced a null pointer, with the function. */
  readonly oops: string | null;
  /** The lock of a function reset on close, where there is one, and how often a reset was tried. */
  readonly resetLock: Mutex | null;
  readonly resetsTried: number;
  /** Waited for by the remove path. */
  readonly released: RefCount;
}
