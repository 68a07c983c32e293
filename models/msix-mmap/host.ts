/** What the administrator of the host sets going: hot plug and a change of an interrupt's affinity. */
import { EINVAL, ENOENT, ENOMEM } from '../../harness/machine/errno.ts';
import type { CodePath } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { HotPlug } from '../../properties/msix-mmap/evidence.ts';
import { alignmentOf, hotPluggedFunction, pci_device_add, requestsOf, resourceOf } from './pci.ts';
import type { Decoder, Resource } from './resources.ts';
import { writeControl, writeMessage } from './vfio-pci.ts';
import type { MsixWorld } from './world.ts';

const nameOf = (slot: number): string => `0000:01:${slot.toString(16).padStart(2, '0')}.0`;

/**
 * A function arrives: found, aligned as this kernel does it, given an address, and its BAR written. A slot that is on is
 * refused, and so is below one that is off, as pciehp of v4.5 does it.
 */
export function* pciehp_enable_slot(t: Thread, w: MsixWorld, slot: number, size: number): CodePath<number> {
  yield w.pciRescanRemoveLock.acquire;
  if (w.slots.has(slot)) {
    yield w.pciRescanRemoveLock.release;
    return -EINVAL;
  }
  const device = nameOf(slot);
  const fn = hotPluggedFunction(device, size);
  const drafts = pci_device_add(w.kernel, w.settings, fn);
  const bar = fn.bars[0]!;

  // pci_assign_resource() and allocate_resource(): find_resource() and __request_resource() under the lock.
  yield w.resourceLock.acquire;
  yield w.tree.read;
  w.machine.assertHeld(w.resourceLock);
  const { list } = w.tree;
  const align = alignmentOf(bar);
  const roomWithoutDummies = list.room(bar.size, align, 'BARs') !== null;
  const start = list.room(bar.size, align);
  const opened = w.enabled;
  bar.start = start;
  const resource: Resource | null = start === null ? null : resourceOf(device, bar, start);
  if (resource !== null) {
    yield w.tree.write;
    w.machine.assertHeld(w.resourceLock);
    list.request(resource);
  }
  w.alignments.push(...requestsOf(w.machine.steps, device, drafts));
  yield w.resourceLock.release;

  // pci_update_resource(): from here on the function answers.
  yield w.decoders.write;
  if (start !== null) {
    const decoder: Decoder = { name: resource!.name, device, bar: 0, start, size };
    w.decoders.added.push(decoder);
    for (const mapping of w.pageTables.mappings.values()) w.expose(t.call!, 'hot add', mapping, [decoder]);
  }
  notePlug(t, w, { what: 'add', device, size, start, roomWithoutDummies, opened });
  // pci_stop_and_remove_bus_device() of later kernels asserts it; whoever adds to the bus has it from v3.14 on.
  w.machine.assertHeld(w.pciRescanRemoveLock);
  w.slots.set(slot, resource);
  yield w.pciRescanRemoveLock.release;
  return start === null ? -ENOMEM : 0;
}

export function* pciehp_disable_slot(t: Thread, w: MsixWorld, slot: number): CodePath<number> {
  yield w.pciRescanRemoveLock.acquire;
  const resource = w.slots.get(slot);
  if (resource === undefined) {
    yield w.pciRescanRemoveLock.release;
    return -EINVAL;
  }
  const device = nameOf(slot);
  yield w.decoders.write;
  w.machine.assertHeld(w.pciRescanRemoveLock);
  const { added } = w.decoders;
  const at = added.findIndex((one) => one.device === device);
  if (at >= 0) added.splice(at, 1);
  const { start = null, hardware: size = 0 } = resource ?? {};
  notePlug(t, w, { what: 'remove', device, size, start, roomWithoutDummies: true, opened: false });
  if (resource !== null) {
    yield w.resourceLock.acquire;
    yield w.tree.write;
    w.machine.assertHeld(w.resourceLock);
    w.tree.list.release(resource);
    yield w.resourceLock.release;
  }
  w.machine.assertHeld(w.pciRescanRemoveLock);
  w.slots.delete(slot);
  yield w.pciRescanRemoveLock.release;
  return 0;
}

function notePlug(t: Thread, w: MsixWorld, plug: Omit<HotPlug, 'step' | 'call' | 'mappings'>): void {
  w.hotPlugs.push({
    step: w.machine.steps,
    call: t.call!,
    ...plug,
    mappings: w.pageTables.mappings.size,
  });
}

/** Masked, rewritten, unmasked: all from what the host keeps. */
export function* irq_set_affinity(t: Thread, w: MsixWorld, vector: number): CodePath<number> {
  yield w.irqDescLock.acquire;
  yield w.vdev.numCtx.read;
  // irq_set_affinity_locked() looks at the chip under it.
  w.machine.assertHeld(w.irqDescLock);
  const exists = vector < w.vdev.numCtx.value;
  if (exists) {
    yield* writeControl(t, w, vector, true);
    yield* writeMessage(t, w, vector);
    yield* writeControl(t, w, vector, false);
  }
  yield w.irqDescLock.release;
  // /proc/irq/<irq> is not there.
  return exists ? 0 : -ENOENT;
}
