/**
 * What is known of the machine while a call is under way, from what user space asked for and got: nobody looks into the
 * kernel here. Where calls overlap there are several answers, of which these are the bounds.
 */
import { EBADF, ENOMEM } from '../../harness/machine/errno.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import { type Call, hasReturned } from '../../harness/machine/thread.ts';
import { operationOf } from './describe.ts';
import type { Evidence, HotPlug, MsixOperation } from './evidence.ts';

export const isBefore = (one: Call, other: Call): boolean => hasReturned(one) && one.returned < other.begun;

export const overlaps = (one: Call, other: Call): boolean => !isBefore(one, other) && !isBefore(other, one);

/** What a successful call adds to a count, or takes from it. */
type Change = (operation: MsixOperation, slot: number) => -1 | 0 | 1;

const ofDescriptors: Change = ({ kind }) => (kind === 'open' ? 1 : kind === 'close' ? -1 : 0);

const ofSlot: Change = (operation, slot) => {
  if (operation.kind === 'hot_add') return operation.slot === slot ? 1 : 0;
  return operation.kind === 'hot_remove' && operation.slot === slot ? -1 : 0;
};

/** A function whose BAR finds no room is on the bus all the same. */
const took = (call: Call): boolean =>
  call.ret === 0 || (call.ret === -ENOMEM && operationOf(call).kind === 'hot_add');

const mayTake = (call: Call): boolean => !hasReturned(call) || took(call);

/** The count is never lower while the call is under way. The call itself does not count. */
function fewest(machine: Machine, call: Call, from: number, change: Change, slot: number): number {
  let count = from;
  for (const other of machine.calls) {
    if (other === call) continue;
    const by = change(operationOf(other), slot);
    if (by > 0 && took(other) && isBefore(other, call)) count++;
    else if (by < 0 && mayTake(other) && !isBefore(call, other)) count--;
  }
  return count;
}

/** And never higher. */
function most(machine: Machine, call: Call, from: number, change: Change, slot: number): number {
  let count = from;
  for (const other of machine.calls) {
    if (other === call) continue;
    const by = change(operationOf(other), slot);
    if (by > 0 && mayTake(other) && !isBefore(call, other)) count++;
    else if (by < 0 && took(other) && isBefore(other, call)) count--;
  }
  return count;
}

export const fewestDescriptors = (machine: Machine, evidence: Evidence, call: Call): number =>
  fewest(machine, call, descriptorsAtFirst(evidence), ofDescriptors, 0);
export const mostDescriptors = (machine: Machine, evidence: Evidence, call: Call): number =>
  most(machine, call, descriptorsAtFirst(evidence), ofDescriptors, 0);
export const fewestInSlot = (machine: Machine, call: Call, slot: number): number =>
  fewest(machine, call, 0, ofSlot, slot);
export const mostInSlot = (machine: Machine, call: Call, slot: number): number =>
  most(machine, call, 0, ofSlot, slot);

/** Descriptors that are left when all calls have returned. */
export function descriptorsAtLast(machine: Machine, evidence: Evidence): number {
  let count = descriptorsAtFirst(evidence);
  for (const call of machine.returned) if (took(call)) count += ofDescriptors(operationOf(call), 0);
  return count;
}

const descriptorsAtFirst = (evidence: Evidence): number =>
  evidence.facts.opened && isAttachable(evidence) && isEnableable(evidence) ? 1 : 0;

/** Whether the IOMMU backend takes the function. */
export const isAttachable = ({ facts }: Evidence): boolean =>
  facts.arch === 'powernv' || facts.intrRemap || facts.allowUnsafeInterrupts;

/** Whether all BARs have an address, and what else the kernel sets up at the first open can be set up. */
export function isEnableable({ facts, recorded, documented }: Evidence): boolean {
  for (const { start } of recorded) if (start === null) return false;
  return !(facts.igdFails && facts.arch === 'x86' && documented.has('regions of an Intel graphics function'));
}

/**
 * The mmap whose mapping a name stands for all the while, null if it stands for none, and undefined where it may change
 * or calls before it overlap.
 */
export function mappingDuring(
  machine: Machine,
  call: Call,
  map: string,
  pageSize: number,
): Call | null | undefined {
  let found: Call | null | undefined = null;
  let latest = -1;
  for (const other of machine.calls) {
    if (other === call || !changesMapping(other, map, pageSize)) continue;
    if (isBefore(call, other)) continue;
    if (!isBefore(other, call)) return undefined;
    found =
      latest >= other.begun ? undefined : operationOf(other).kind === 'mmap' && took(other) ? other : null;
    latest = Math.max(latest, other.returned);
  }
  return found;
}

/** MAP_FIXED: what was mapped there goes before the driver is asked. */
function changesMapping(call: Call, map: string, pageSize: number): boolean {
  const operation = operationOf(call);
  if (operation.kind === 'munmap') return operation.map === map;
  if (operation.kind !== 'mmap' || operation.as !== map) return false;
  return operation.offset % pageSize === 0 && operation.length > 0 && call.ret !== -EBADF;
}

/** Vectors that have a trigger all the while; undefined where that may change or calls before it overlap. */
export function vectorsDuring(machine: Machine, { closes }: Evidence, call: Call): number | undefined {
  let count: number | undefined = 0;
  let latest = -1;
  for (const other of machine.calls) {
    if (other === call) continue;
    const operation = operationOf(other);
    const sets = operation.kind === 'set_irqs' && mayTake(other);
    let disables = false;
    for (const close of closes) if (close.call === other) disables = true;
    if ((!sets && !disables) || isBefore(call, other)) continue;
    if (!isBefore(other, call)) return undefined;
    if (latest >= other.begun) count = undefined;
    // More than are enabled are refused, and less leave the others as they are.
    else if (disables || (sets && operation.vectors === 0)) count = 0;
    else if (count === 0 && sets) count = operation.vectors;
    latest = Math.max(latest, other.returned);
  }
  return count;
}

/** Addresses that the host bridge has for BARs. */
export const WINDOW = 0x10_0000;

export const rangesOverlap = (aStart: number, aSize: number, bStart: number, bSize: number): boolean =>
  aStart < bStart + bSize && bStart < aStart + aSize;

const isRemovalOf = ({ what, device, step }: HotPlug, plug: HotPlug): boolean =>
  what === 'remove' && device === plug.device && step > plug.step;

/** Whether a function that was hot added no longer answers at a step. */
export function hasLeft(plug: HotPlug, by: number, hotPlugs: readonly HotPlug[]): boolean {
  for (const other of hotPlugs) if (isRemovalOf(other, plug) && other.step < by) return true;
  return false;
}

/** Whether its removal had returned, so that nothing is left of it. */
export function wasRemoved(plug: HotPlug, before: Call, hotPlugs: readonly HotPlug[]): boolean {
  for (const other of hotPlugs) if (isRemovalOf(other, plug) && isBefore(other.call, before)) return true;
  return false;
}
