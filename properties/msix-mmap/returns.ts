/**
 * Claims about errors: each has its cause, and each cause is an error. Written from include/uapi/linux/vfio.h, the manual
 * pages of the system calls and the order of the tests in the sources, and judged by what user space sees.
 */
import {
  EBADF,
  EBUSY,
  EEXIST,
  EINVAL,
  EMFILE,
  ENOENT,
  ENOMEM,
  ENOTTY,
  EPERM,
} from '../../harness/machine/errno.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import type { Call, Signal } from '../../harness/machine/thread.ts';
import type { Property } from '../../harness/model/property.ts';
import { operationOf } from './describe.ts';
import type { Evidence, MsixFacts, MsixOperation, Recorded } from './evidence.ts';
import {
  fewestDescriptors,
  fewestInSlot,
  isAttachable,
  isBefore,
  isEnableable,
  mappingDuring,
  mostDescriptors,
  mostInSlot,
  overlaps,
  rangesOverlap,
  vectorsDuring,
  WINDOW,
  wasRemoved,
} from './history.ts';

/** In the order in which they are tested for, whoever tests. */
const ORDER = [
  [EPERM, 'EPERM'],
  [EBADF, 'EBADF'],
  [ENOTTY, 'ENOTTY'],
  [EINVAL, 'EINVAL'],
  [ENOENT, 'ENOENT'],
  [EMFILE, 'EMFILE'],
  [ENOMEM, 'ENOMEM'],
  [EBUSY, 'EBUSY'],
  [EEXIST, 'EEXIST'],
] as const;

type Errno = (typeof ORDER)[number][0];
type Cause = Errno | Signal;

const nameOf = (cause: number | Signal): string =>
  typeof cause === 'string' ? cause : (ORDER.find(([errno]) => errno === cause)?.[1] ?? 'unknown errno');

const rankOf = (cause: number | Signal): number => ORDER.findIndex(([errno]) => errno === cause);

/** What this process can have at once: see FILES_MAX of the models. */
const DESCRIPTORS_MAX = 3;

type Of<K extends MsixOperation['kind']> = Extract<MsixOperation, { readonly kind: K }>;
type Region = Of<'mmap'> | Of<'pread' | 'pwrite'> | Of<'ioeventfd'>;

const isRegion = (operation: MsixOperation): operation is Region =>
  operation.kind === 'mmap' ||
  operation.kind === 'pread' ||
  operation.kind === 'pwrite' ||
  operation.kind === 'ioeventfd';

function barOf({ recorded }: Evidence, bar: number): Recorded | null {
  for (const one of recorded) if (one.bar === bar) return one;
  return null;
}

const inPages = (bytes: number, { pageSize }: MsixFacts): number => Math.ceil(bytes / pageSize) * pageSize;

const overlapsTable = ({ table }: MsixFacts, bar: number, from: number, length: number): boolean =>
  table !== null && table.bar === bar && from < table.offset + table.size && table.offset < from + length;

/** What is wrong with a request for a mapping whatever a state thinks of small BARs and of the MSI-X table. */
function isMalformed({ bar, offset, length, shared }: Of<'mmap'>, evidence: Evidence): boolean {
  const { facts } = evidence;
  const found = barOf(evidence, bar);
  if (offset % facts.pageSize !== 0 || length === 0 || !shared || found === null) return true;
  return offset + inPages(length, facts) > inPages(found.size, facts);
}

/** The arguments of an ioeventfd, and what VFIO_DEVICE_IOEVENTFD refuses whatever is registered. */
function isUnfit({ bar, pos, count }: Of<'ioeventfd'>, evidence: Evidence): boolean {
  const found = barOf(evidence, bar);
  if (count !== 1 && count !== 2 && count !== 4 && count !== 8) return true;
  return found === null || pos + count > found.size || overlapsTable(evidence.facts, bar, pos, count);
}

/** Beyond the end of the region, or no region. */
function isBeyond({ bar, pos, count }: Of<'pread' | 'pwrite'>, evidence: Evidence): boolean {
  const found = barOf(evidence, bar);
  return count > 0 && (found === null || found.start === null || pos >= found.size);
}

/** Whether the size rule of a state said yes to the BAR, and nothing else is in the way of the mapping. */
function isAllowed(operation: Of<'mmap'>, call: Call, evidence: Evidence): boolean {
  const { facts, decisions } = evidence;
  if (isMalformed(operation, evidence)) return false;
  if (overlapsTable(facts, operation.bar, operation.offset, inPages(operation.length, facts))) return false;
  if (barOf(evidence, operation.bar)!.size >= facts.pageSize) return true;
  let allowed = false;
  for (const { bar, call: by, step, mmapable } of decisions) {
    if (bar !== operation.bar || step > call.returned) continue;
    if (by === call) return mmapable;
    // One that was made meanwhile is of another call.
    if (step >= call.begun) return false;
    allowed = mmapable;
  }
  return allowed;
}

/** Two first accesses to a BAR at once: one can find the region taken. */
function meetsAnother(machine: Machine, call: Call, bar: number): boolean {
  for (const other of machine.calls) {
    const operation = operationOf(other);
    if (other !== call && isRegion(operation) && operation.bar === bar && overlaps(other, call)) return true;
  }
  return false;
}

function registered(
  machine: Machine,
  call: Call,
  { bar, pos, count }: Of<'ioeventfd'>,
  before: boolean,
): boolean {
  for (const other of machine.calls) {
    if (other === call || (other.ret !== 0 && other.ret !== null)) continue;
    const operation = operationOf(other);
    if (operation.kind !== 'ioeventfd') continue;
    if (operation.bar !== bar || operation.pos !== pos || operation.count !== count) continue;
    if (before ? other.ret === 0 && isBefore(other, call) : !isBefore(call, other)) return true;
  }
  return false;
}

/** All opens that may have been successful by then: descriptors can stay taken by mappings and calls under way. */
function mayHaveOpened(machine: Machine, { facts }: Evidence, call: Call): number {
  let count = facts.opened ? 1 : 0;
  for (const other of machine.calls) {
    if (other === call || operationOf(other).kind !== 'open' || isBefore(call, other)) continue;
    if (other.ret === 0 || other.ret === null) count++;
  }
  return count;
}

/** Whether a BAR of that size certainly finds an address: some is free of whatever may be there. */
function certainlyHasRoom(evidence: Evidence, call: Call, size: number): boolean {
  let needed = size;
  for (const { step, align, after } of evidence.alignments) {
    if (step > call.begun && step <= call.returned) needed = Math.max(needed, align, after.size);
  }
  for (let start = 0; start + needed <= WINDOW; start += needed) {
    if (!mayBeTaken(evidence, call, start, needed)) return true;
  }
  return false;
}

function mayBeTaken(
  { facts, bootBars, recorded, hotPlugs }: Evidence,
  call: Call,
  start: number,
  size: number,
): boolean {
  for (const bar of bootBars) if (rangesOverlap(start, size, bar.start, bar.size)) return true;
  // The rest of its page may be reserved.
  for (const bar of recorded) {
    if (bar.start === null || bar.size >= facts.pageSize) continue;
    const rest = inPages(bar.start + bar.size, facts) - bar.start;
    if (rangesOverlap(start, size, bar.start, rest)) return true;
  }
  for (const plug of hotPlugs) {
    if (plug.what === 'remove' || plug.start === null || plug.call === call) continue;
    if (!rangesOverlap(start, size, plug.start, Math.max(plug.size, facts.pageSize))) continue;
    if (!wasRemoved(plug, call, hotPlugs)) return true;
  }
  return false;
}

/** Whether something that is documented to give this error may have been there at some time of the call. */
function mayBeCausedBy(machine: Machine, evidence: Evidence, call: Call, cause: number | Signal): boolean {
  const { facts, documented } = evidence;
  const operation = operationOf(call);
  switch (operation.kind) {
    case 'open':
      if (cause === EPERM) return !isAttachable(evidence);
      if (cause === EINVAL) return !isEnableable(evidence);
      return cause === EMFILE && mayHaveOpened(machine, evidence, call) >= DESCRIPTORS_MAX;
    case 'close':
    case 'device_info':
    case 'region_info':
      return cause === EBADF && fewestDescriptors(machine, evidence, call) <= 0;
    case 'mmap':
      if (cause === EBADF) return fewestDescriptors(machine, evidence, call) <= 0;
      if (cause === EBUSY) return meetsAnother(machine, call, operation.bar);
      return cause === EINVAL && !isAllowed(operation, call, evidence);
    case 'munmap':
      return false;
    case 'touch': {
      if (cause === 'SIGBUS') return operation.offset % 4 !== 0;
      const mapping = mappingDuring(machine, call, operation.map, facts.pageSize);
      return cause === 'SIGSEGV' && (mapping === undefined || !permits(mapping, operation, facts));
    }
    case 'pread':
    case 'pwrite':
      if (cause === EBADF) return fewestDescriptors(machine, evidence, call) <= 0;
      if (cause === EBUSY) return meetsAnother(machine, call, operation.bar);
      return cause === EINVAL && isBeyond(operation, evidence);
    case 'ioeventfd':
      if (cause === EBADF) return fewestDescriptors(machine, evidence, call) <= 0;
      if (cause === ENOTTY) return !documented.has('VFIO_DEVICE_IOEVENTFD');
      if (cause === EBUSY) return meetsAnother(machine, call, operation.bar);
      if (cause === EEXIST) return registered(machine, call, operation, false);
      return cause === EINVAL && isUnfit(operation, evidence);
    case 'set_irqs': {
      if (cause === EBADF) return fewestDescriptors(machine, evidence, call) <= 0;
      const enabled = vectorsDuring(machine, evidence, call);
      return cause === EINVAL && (enabled === undefined || cannotSet(operation, enabled, facts));
    }
    case 'affinity': {
      const enabled = vectorsDuring(machine, evidence, call);
      return cause === ENOENT && (enabled === undefined || operation.vector >= enabled);
    }
    case 'trigger':
      return cause === EINVAL && operation.vector >= (facts.table?.vectors ?? 0);
    case 'hot_add':
      if (cause === EINVAL) return mostInSlot(machine, call, operation.slot) > 0;
      return cause === ENOMEM && !certainlyHasRoom(evidence, call, operation.size);
    case 'hot_remove':
      return cause === EINVAL && fewestInSlot(machine, call, operation.slot) <= 0;
    default:
      return operation satisfies never;
  }
}

/** More than the table has or than were enabled, or none to disable. */
const cannotSet = ({ vectors }: Of<'set_irqs'>, enabled: number, { table }: MsixFacts): boolean =>
  vectors > (table?.vectors ?? 0) || (vectors === 0 ? enabled === 0 : enabled > 0 && vectors > enabled);

/** Whether an access through a mapping (null is none) gets to the function. */
function permits(mapping: Call | null, { offset, store }: Of<'touch'>, facts: MsixFacts): boolean {
  if (mapping === null) return false;
  const { length, read, write } = operationOf(mapping) as Of<'mmap'>;
  return offset < inPages(length, facts) && (write || (read && !store));
}

/** The error that a call certainly has to end with, of several the one that is tested for first; null if there is none. */
function certainCause(machine: Machine, evidence: Evidence, call: Call): Cause | null {
  const { facts, documented } = evidence;
  const operation = operationOf(call);
  switch (operation.kind) {
    case 'open':
      if (!isAttachable(evidence)) return EPERM;
      if (!isEnableable(evidence)) return EINVAL;
      return fewestDescriptors(machine, evidence, call) >= DESCRIPTORS_MAX ? EMFILE : null;
    case 'close':
    case 'device_info':
    case 'region_info':
      return mostDescriptors(machine, evidence, call) <= 0 ? EBADF : null;
    case 'mmap':
      // Before the descriptor is looked at.
      if (operation.offset % facts.pageSize !== 0) return EINVAL;
      if (mostDescriptors(machine, evidence, call) <= 0) return EBADF;
      return isMalformed(operation, evidence) ? EINVAL : null;
    case 'munmap':
      return null;
    case 'touch': {
      const mapping = mappingDuring(machine, call, operation.map, facts.pageSize);
      if (mapping === undefined) return null;
      if (!permits(mapping, operation, facts)) return 'SIGSEGV';
      return operation.offset % 4 !== 0 ? 'SIGBUS' : null;
    }
    case 'pread':
    case 'pwrite':
      if (mostDescriptors(machine, evidence, call) <= 0) return EBADF;
      return isBeyond(operation, evidence) ? EINVAL : null;
    case 'ioeventfd':
      if (mostDescriptors(machine, evidence, call) <= 0) return EBADF;
      if (!documented.has('VFIO_DEVICE_IOEVENTFD')) return ENOTTY;
      if (isUnfit(operation, evidence)) return EINVAL;
      // What was registered goes with the last close.
      return evidence.closes.length === 0 && registered(machine, call, operation, true) ? EEXIST : null;
    case 'set_irqs': {
      if (mostDescriptors(machine, evidence, call) <= 0) return EBADF;
      const enabled = vectorsDuring(machine, evidence, call);
      return enabled !== undefined && cannotSet(operation, enabled, facts) ? EINVAL : null;
    }
    case 'affinity': {
      const enabled = vectorsDuring(machine, evidence, call);
      return enabled !== undefined && operation.vector >= enabled ? ENOENT : null;
    }
    case 'trigger':
      return operation.vector >= (facts.table?.vectors ?? 0) ? EINVAL : null;
    case 'hot_add':
      return fewestInSlot(machine, call, operation.slot) > 0 ? EINVAL : null;
    case 'hot_remove':
      return mostInSlot(machine, call, operation.slot) <= 0 ? EINVAL : null;
    default:
      return operation satisfies never;
  }
}

const endOf = ({ ret, signal }: Call): string => signal ?? `ret ${ret}`;
const asReturned = (cause: Cause): string => (typeof cause === 'string' ? cause : `ret -${cause}`);

export const errorsHaveACause: Property<Evidence> = {
  id: 'errors-have-a-cause',
  claim: 'a call that fails was in a situation that is documented to give that error',
  source: {
    status: 'inferred',
    note: 'include/uapi/linux/vfio.h, the manual pages, and the tests of vfio_pci.c as the facts of the series have them',
  },
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const call of machine.returned) {
      const { ret, signal } = call;
      const cause = signal ?? (ret === null || ret >= 0 ? null : -ret);
      if (cause === null) continue;
      exercised = true;
      if (mayBeCausedBy(machine, evidence, call, cause)) continue;
      report(`${nameOf(cause)}-without-cause`, call.returned, () => ({
        message: `${call.thread.name}: ${call.work.name} ended with ${nameOf(cause)}, and nothing was there to cause it.`,
        expected: ['success, or an error that has a cause'],
        actual: [endOf(call)],
      }));
    }
    return exercised;
  },
};

export const causesGiveAnError: Property<Evidence> = {
  id: 'causes-give-an-error',
  claim:
    'a call during all of which there is the cause of an error fails, and with the error that is tested for first',
  source: {
    status: 'inferred',
    note: 'include/uapi/linux/vfio.h, the manual pages, and the order of the tests in vfio_pci.c as the facts of the series have them',
  },
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const call of machine.returned) {
      const cause = certainCause(machine, evidence, call);
      if (cause === null) continue;
      exercised = true;
      const { ret, signal } = call;
      const end = signal ?? (ret! < 0 ? -ret! : null);
      if (end === cause) continue;
      // What is tested for before may have been the case as well: errors-have-a-cause looks at that.
      if (end !== null && rankOf(end) < rankOf(cause)) continue;
      const kind =
        end === null ? `succeeds-despite-${nameOf(cause)}` : `${nameOf(end)}-before-${nameOf(cause)}`;
      report(kind, call.returned, () => ({
        message: `${call.thread.name}: ${call.work.name} ended as if there were no cause for ${nameOf(cause)}.`,
        expected: [asReturned(cause)],
        actual: [endOf(call)],
      }));
    }
    return exercised;
  },
};
