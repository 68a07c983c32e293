/** What happens at the functions themselves: accesses of user space through a mapping, interrupts. */
import { EINVAL } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { TableWrite, Touch } from '../../properties/msix-mmap/evidence.ts';
import type { Operation } from './kernel.ts';
import { ASSIGNED, PCI_MSIX_ENTRY_DATA, PCI_MSIX_ENTRY_SIZE, PCI_MSIX_ENTRY_VECTOR_CTRL } from './layout.ts';
import type { Decoder } from './resources.ts';
import type { MsixWorld } from './world.ts';

/** One 4-byte instruction of user space: translated by the page tables, answered by whoever decodes the address. */
export function* access(
  t: Thread,
  w: MsixWorld,
  { map, offset, store, value }: Operation<'touch'>,
): CodePath<number | null> {
  yield w.pageTables.read;
  const mapping = w.pageTables.mappings.get(map);
  const permitted = store ? mapping?.write : mapping?.write || mapping?.read;
  if (mapping === undefined || offset >= mapping.length || permitted !== true) {
    t.call!.signal = 'SIGSEGV';
    return null;
  }
  if (offset % 4 !== 0) {
    // Device memory takes no misaligned access.
    t.call!.signal = 'SIGBUS';
    return null;
  }
  yield w.mmio.access;
  const address = mapping.start + offset;
  w.noteMsix('nobody answers', null);
  const decoder = w.decoders.at(address);
  const target = targetOf(w, decoder, address);
  const { start, size } = w.bars[mapping.bar]!;
  w.touches.push({
    step: w.machine.steps,
    call: t.call!,
    map,
    store,
    address,
    target,
    reached: decoder?.name ?? null,
    recorded: start !== null && address >= start && address < start + size,
  });
  if (decoder !== null) {
    const at = address - decoder.start;
    w.log({ actor: t.name, access: store ? 'store' : 'load', target: decoder.name, offset: at });
    if (store && target === 'table') writeTable(t, w, 'mmap', at, value);
  }
  return 0;
}

function targetOf(w: MsixWorld, decoder: Decoder | null, address: number): Touch['target'] {
  if (decoder === null) return 'nothing';
  if (decoder.device !== ASSIGNED) return 'other function';
  const { table, pba } = w.settings;
  const at = address - decoder.start;
  if (w.hasTable(decoder.bar, at, 4)) return 'table';
  // One bit a vector, in words of 64.
  const pbaSize = table === null ? 0 : Math.ceil(table.vectors / 64) * 8;
  return table?.bar === decoder.bar && at >= pba && at < pba + pbaSize ? 'PBA' : 'register';
}

/** The user's store to the MSI-X table, in the step in which it reaches the function. */
export function writeTable(t: Thread, w: MsixWorld, via: TableWrite['via'], at: number, value: number): void {
  const inTable = at - w.settings.table!.offset;
  const number = Math.floor(inTable / PCI_MSIX_ENTRY_SIZE);
  const inEntry = inTable % PCI_MSIX_ENTRY_SIZE;
  const vector = w.mmio.vectors[number]!;
  const part =
    inEntry >= PCI_MSIX_ENTRY_VECTOR_CTRL ? 'control' : inEntry >= PCI_MSIX_ENTRY_DATA ? 'data' : 'address';
  if (part === 'control') {
    vector.masked = (value & 1) !== 0;
    vector.maskedBy = 'user';
  } else {
    vector.message = 'user';
  }
  w.tableWrites.push({ step: w.machine.steps, call: t.call!, via, vector: number, part });
}

/** The function sends the message of a vector, unless that is masked or MSI-X is disabled. */
export function* raise(t: Thread, w: MsixWorld, vector: number): CodePath<number> {
  if (vector >= w.mmio.vectors.length) return -EINVAL;
  yield w.mmio.access;
  const { message, masked } = w.mmio.vectors[vector]!;
  w.noteMsix('no message', vector);
  if (!w.mmio.enabled) return 0;
  const { filtersMsi: filtered } = w.settings;
  w.interrupts.push({ step: w.machine.steps, call: t.call!, vector, message, masked, filtered });
  if (!masked) w.log({ actor: t.name, access: 'msi', target: ASSIGNED, vector, message });
  return 0;
}
