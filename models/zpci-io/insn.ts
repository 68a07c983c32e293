/** The s390 PCI instructions as the kernel issues them. Source: arch/s390/pci/pci_insn.c of 2020-21. */
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Operand } from '../../properties/zpci-io/evidence.ts';
import { fromNumber, toNumber } from '../../properties/zpci-io/u64.ts';
import type { ZpciWorld } from './world.ts';

/**
 * PCILG by function handle. `*data = __data` follows only on condition code 0: a step of its own, since another
 * thread can run between the device's answer and the store. It stores all 8 bytes whatever `len` is.
 */
export function* __zpci_load(t: Thread, w: ZpciWorld, target: Operand): CodePath<number> {
  yield w.function.access;
  const status = w.issue(t, 'pcilg', target);
  if (status < 0) return status;
  if (target.page !== null) {
    yield w.mm.contents.write;
    w.stores.push({ step: w.machine.steps, call: t.call!, page: target.page });
  }
  return 0;
}

/** PCISTB by function handle; the machine reads its operand from memory while it executes. */
export function* __zpci_store_block(t: Thread, w: ZpciWorld, source: Operand): CodePath<number> {
  yield w.function.access;
  return w.issue(t, 'pcistb', source);
}

/** `zpci_load`: MIO when the host has it, by handle when not; the choice is per host, not per function. */
export function* zpci_load(
  t: Thread,
  w: ZpciWorld,
  bar: number,
  offset: number,
  len: number,
): CodePath<number> {
  yield w.function.access;
  return w.issue(t, w.settings.haveMio ? 'pcilgi' : 'pcilg', barOperand(w, bar, offset, len));
}

/** `zpci_store`, of 1, 2, 4 or 8 bytes. */
export function* zpci_store(
  t: Thread,
  w: ZpciWorld,
  bar: number,
  offset: number,
  len: number,
): CodePath<number> {
  yield w.function.access;
  return w.issue(t, w.settings.haveMio ? 'pcistgi' : 'pcistg', barOperand(w, bar, offset, len));
}

/**
 * The handle comes from zpci_iomap_start[], filled when the BAR was mapped. What was not mapped is NULL + offset: an
 * address of entry 0, which is some other BAR's or nobody's.
 */
function barOperand(w: ZpciWorld, bar: number, offset: number, len: number): Operand {
  return kernelOperand('bar', w.mapped[bar] ? w.ownFh : NOT_OURS, bar, offset, len, 8);
}

/** A handle that is not this function's. */
const NOT_OURS = 0;

/** An instruction whose data is a buffer of the kernel's own. */
export function kernelOperand(
  path: Operand['path'],
  fh: number,
  pcias: number,
  offset: number,
  len: number,
  dataSize: number,
): Operand {
  const { hi, lo } = fromNumber(offset);
  return {
    path,
    fh,
    pcias,
    offsetHi: hi,
    offsetLo: lo,
    len,
    page: null,
    dataOffset: 0,
    dataSize,
  };
}

/** What the function answers to a load: another byte for each address, so that a wrong end of the value shows. */
export function loadedBytes(operand: Operand): number[] {
  const start = toNumber(operand.offsetHi, operand.offsetLo);
  return Array.from({ length: operand.len }, (_, i) => ((start + i) * 37 + 11) & 0xff);
}
