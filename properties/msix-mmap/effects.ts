/** Claims about success: a call that succeeds did what it is for, all of it and once. */
import type { Machine } from '../../harness/machine/machine.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Property } from '../../harness/model/property.ts';
import { operationOf } from './describe.ts';
import type { Evidence, HotPlug, LastClose, MsixOperation } from './evidence.ts';
import { descriptorsAtLast, hasLeft, isBefore, mappingDuring, rangesOverlap, WINDOW } from './history.ts';

type Of<K extends MsixOperation['kind']> = Extract<MsixOperation, { readonly kind: K }>;

/** What a call that succeeded can have failed to do. */
const MISSING = {
  'opens-nothing': 'the device file is opened',
  'flags-of-another-region': 'the flags of this region, and those of nothing else',
  'region-not-requested': 'the region is requested for vfio-pci',
  'access-without-instruction': 'the instruction goes to the bus',
  'access-at-another-address': 'the instruction goes where the mapping says',
  'other-count': 'as many bytes as asked for, up to the end of the region',
  'other-bytes': 'each byte outside of what is left out is accessed once, in order',
  'no-ioeventfd': 'the ioeventfd is on the list',
  'vectors-not-set': 'MSI-X is enabled, and each vector is written and unmasked, and no other',
  'msix-not-disabled': 'MSI-X is disabled',
  'vector-not-rewritten': 'the vector is masked, written and unmasked',
  'other-interrupt': 'a message if MSI-X is enabled, and none if it is not',
  'no-address-of-its-own': "the BAR has an aligned address of the window that is nobody else's",
  'does-not-leave': 'the function is gone',
} as const;
type What = keyof typeof MISSING;

const sizeOf = ({ recorded }: Evidence, bar: number): number => {
  for (const one of recorded) if (one.bar === bar) return one.size;
  return 0;
};

// include/uapi/linux/vfio.h
const DEVICE_FLAGS_RESET_PCI = 3;
const REGION_FLAGS_READ_WRITE = 3;
const REGION_FLAG_MMAP = 4;
const REGION_FLAG_CAPS = 8;

function regionFlags(call: Call, { infos }: Evidence): number | null {
  for (const info of infos) {
    if (info.call !== call) continue;
    const caps = info.areas !== null || info.msixMappable ? REGION_FLAG_CAPS : 0;
    return REGION_FLAGS_READ_WRITE | (info.mmap ? REGION_FLAG_MMAP : 0) | caps;
  }
  return null;
}

function wasRequested(call: Call, { regionChanges }: Evidence, bar: number): boolean {
  for (const one of regionChanges) {
    if (one.bar === bar && one.requested && one.step <= call.returned) return true;
  }
  return false;
}

function touched(
  call: Call,
  { map, offset }: Of<'touch'>,
  evidence: Evidence,
  machine: Machine,
): What | null {
  const { touches, recorded, facts } = evidence;
  for (const touch of touches) {
    if (touch.call !== call) continue;
    const mapping = mappingDuring(machine, call, map, facts.pageSize);
    if (mapping === undefined || mapping === null) return null;
    const { bar, offset: from } = operationOf(mapping) as Of<'mmap'>;
    for (const one of recorded) {
      if (one.bar !== bar || one.start === null) continue;
      const page = one.start - (one.start % facts.pageSize);
      return touch.address === page + from + offset ? null : 'access-at-another-address';
    }
    return 'access-at-another-address';
  }
  return 'access-without-instruction';
}

/** Whether a pread or pwrite got at each byte once, but for those of the MSI-X table where the state leaves them out. */
function transferred(call: Call, operation: Of<'pread' | 'pwrite'>, evidence: Evidence): What | null {
  const { bar, pos } = operation;
  const count = Math.max(0, Math.min(operation.count, sizeOf(evidence, bar) - pos));
  if (call.ret !== count) return 'other-count';
  let bytes = 0;
  let at = pos;
  for (const access of evidence.fileAccesses) {
    if (access.call !== call) continue;
    // In order, with natural alignment.
    if (access.bar !== bar || access.at < at || access.at % access.width !== 0) return 'other-bytes';
    at = access.at + access.width;
    bytes += access.width;
  }
  return at <= pos + count && bytes === count - leftOut(call, evidence, bar, pos, count)
    ? null
    : 'other-bytes';
}

function leftOut(
  call: Call,
  { facts: { table }, gates }: Evidence,
  bar: number,
  pos: number,
  count: number,
): number {
  if (table?.bar !== bar) return 0;
  for (const gate of gates) if (gate.call === call && gate.allowed) return 0;
  return Math.max(0, Math.min(pos + count, table.offset + table.size) - Math.max(pos, table.offset));
}

/** MSI-X is enabled, and each vector from 0 on written, then unmasked. */
function setVectors(call: Call, vectors: number, { hostWrites, msixEnables }: Evidence): boolean {
  let isOn = false;
  for (const { step, enabled } of msixEnables) if (enabled && step <= call.returned) isOn = true;
  if (!isOn) return false;
  let next = 0;
  let written = false;
  for (const write of hostWrites) {
    if (write.call !== call) continue;
    if (write.vector !== next) return false;
    if (write.part === 'message') written = true;
    else if (write.masks || !written) return false;
    else {
      next++;
      written = false;
    }
  }
  return next === vectors;
}

function wasDisabled({ begun, returned }: Call, { msixEnables }: Evidence): boolean {
  for (const { step, enabled } of msixEnables) {
    if (!enabled && step >= begun && step <= returned) return true;
  }
  return false;
}

/** Masked, written, unmasked. */
function rewrote(call: Call, vector: number, { hostWrites }: Evidence): boolean {
  let done = 0;
  for (const write of hostWrites) {
    if (write.call !== call) continue;
    const isDue =
      done === 0
        ? write.part === 'control' && write.masks
        : done === 1
          ? write.part === 'message'
          : write.part === 'control' && !write.masks;
    if (!isDue || write.vector !== vector) return false;
    done++;
  }
  return done === 3;
}

/** A message, masked or not, is due exactly if MSI-X is enabled; nobody can say where that changes meanwhile. */
function raised(call: Call, vector: number, { msixEnables, interrupts }: Evidence): boolean {
  let isOn = false;
  for (const { step, enabled } of msixEnables) {
    if (step < call.begun) isOn = enabled;
    else if (step <= call.returned) return true;
  }
  let sent = false;
  for (const interrupt of interrupts) {
    if (interrupt.call === call && interrupt.vector === vector) sent = true;
  }
  return sent === isOn;
}

const plugOf = (call: Call, { hotPlugs }: Evidence): HotPlug | null => {
  for (const plug of hotPlugs) if (plug.call === call) return plug;
  return null;
};

function hasOwnAddress({ what, start, size, step }: HotPlug, { bootBars, hotPlugs }: Evidence): boolean {
  if (what !== 'add' || start === null || start % size !== 0 || start + size > WINDOW) return false;
  for (const bar of bootBars) if (rangesOverlap(start, size, bar.start, bar.size)) return false;
  for (const other of hotPlugs) {
    if (other.step >= step || other.what !== 'add' || other.start === null) continue;
    if (rangesOverlap(start, size, other.start, other.size) && !hasLeft(other, step, hotPlugs)) return false;
  }
  return true;
}

/** What a call that succeeded failed to do; null if nothing. */
function missing(call: Call, evidence: Evidence, machine: Machine): What | null {
  const operation = operationOf(call);
  switch (operation.kind) {
    case 'open':
      for (const { call: by, ret } of evidence.opens) if (by === call && ret === 0) return null;
      return 'opens-nothing';
    case 'close':
    case 'munmap':
      // What comes after them shows it: causes-give-an-error.
      return null;
    case 'device_info':
      return (call.ret! & DEVICE_FLAGS_RESET_PCI) === DEVICE_FLAGS_RESET_PCI
        ? null
        : 'flags-of-another-region';
    case 'region_info': {
      const flags = sizeOf(evidence, operation.bar) === 0 ? 0 : regionFlags(call, evidence);
      return flags === call.ret ? null : 'flags-of-another-region';
    }
    case 'mmap':
      return wasRequested(call, evidence, operation.bar) ? null : 'region-not-requested';
    case 'touch':
      return touched(call, operation, evidence, machine);
    case 'pread':
    case 'pwrite':
      return operation.count === 0 ? null : transferred(call, operation, evidence);
    case 'ioeventfd':
      for (const { call: by } of evidence.ioeventfdsAdded) if (by === call) return null;
      return 'no-ioeventfd';
    case 'set_irqs':
      if (operation.vectors === 0) return wasDisabled(call, evidence) ? null : 'msix-not-disabled';
      return setVectors(call, operation.vectors, evidence) ? null : 'vectors-not-set';
    case 'affinity':
      return rewrote(call, operation.vector, evidence) ? null : 'vector-not-rewritten';
    case 'trigger':
      return raised(call, operation.vector, evidence) ? null : 'other-interrupt';
    case 'hot_add': {
      const plug = plugOf(call, evidence);
      return plug !== null && plug.size === operation.size && hasOwnAddress(plug, evidence)
        ? null
        : 'no-address-of-its-own';
    }
    case 'hot_remove':
      return plugOf(call, evidence)?.what === 'remove' ? null : 'does-not-leave';
    default:
      return operation satisfies never;
  }
}

export const successHasItsEffect: Property<Evidence> = {
  id: 'success-has-its-effect',
  claim:
    'a call that succeeds did what it is for, all of it and once, and returns the count or the flags of that',
  source: {
    status: 'inferred',
    note: 'include/uapi/linux/vfio.h, the manual pages, and vfio_pci.c, vfio_pci_rdwr.c and vfio_pci_intrs.c as the facts of the series have them',
  },
  check({ machine, evidence }, report) {
    for (const { mapped, bar, call, step } of evidence.barmapUses) {
      if (mapped) continue;
      report('null-barmap', step, () => ({
        message: `${call.thread.name}: ${call.work.name} makes use of a mapping of BAR ${bar} that nobody made.`,
        expected: ['pci_iomap() of the BAR, before'],
        actual: ['a null pointer'],
      }));
    }
    let exercised = false;
    for (const call of machine.returned) {
      if (call.ret === null || call.ret < 0) continue;
      exercised = true;
      const what = missing(call, evidence, machine);
      if (what === null) continue;
      report(what, call.returned, () => ({
        message: `${call.thread.name}: ${call.work.name} returned ${call.ret}, and that is not what happened.`,
        expected: [MISSING[what]],
        actual: [what.replaceAll('-', ' ')],
      }));
    }
    return exercised;
  },
};

const LEFT_BEHIND = {
  'disabled-under-a-mapping': 'no page of a BAR is mapped any more',
  'not-disabled': 'pci_disable_device() is called',
  'region-left-requested': 'all regions are released',
  'msix-left-enabled': 'MSI-X is disabled',
} as const;

/** What vfio_pci_disable() does, undone or done too early; null if all is well. */
function leftBehind(
  { mappingsLeft, enabled, step }: LastClose,
  { regionChanges, msixEnables, recorded }: Evidence,
): keyof typeof LEFT_BEHIND | null {
  if (mappingsLeft > 0) return 'disabled-under-a-mapping';
  for (const { bar } of recorded) {
    let isRequested = false;
    for (const change of regionChanges) {
      if (change.bar === bar && change.step <= step) isRequested = change.requested;
    }
    if (isRequested) return 'region-left-requested';
  }
  let isOn = false;
  for (const change of msixEnables) if (change.step <= step) isOn = change.enabled;
  if (isOn) return 'msix-left-enabled';
  return enabled ? 'not-disabled' : null;
}

/** Whether a mapping may be there in the end: one was made, and no munmap of its name began after it. */
function mayBeMapped(machine: Machine): boolean {
  for (const made of machine.returned) {
    const operation = operationOf(made);
    if (operation.kind !== 'mmap' || made.ret !== 0) continue;
    let gone = false;
    for (const call of machine.returned) {
      const { kind } = operationOf(call);
      if (kind !== 'munmap' || !isBefore(made, call)) continue;
      if ((operationOf(call) as Of<'munmap'>).map === operation.as) gone = true;
    }
    if (!gone) return true;
  }
  return false;
}

export const lastUseDisables: Property<Evidence> = {
  id: 'last-use-disables',
  claim:
    'the function is disabled, with all that was set up, by the last descriptor, mapping or call that makes use of it and not before',
  source: {
    status: 'merged',
    date: 'v4.5',
    note: 'vfio_pci_release() comes with the last reference to the file, which each of them holds; refcnt counts files',
  },
  check({ machine, outcome, evidence }, report) {
    const { opens, closes } = evidence;
    for (const close of closes) {
      const left = leftBehind(close, evidence);
      if (left === null) continue;
      report(left, close.step, () => ({
        message: `${close.call.thread.name} drops the last reference to the device file.`,
        expected: [LEFT_BEHIND[left]],
        actual: [left.replaceAll('-', ' ')],
      }));
    }
    if (outcome !== 'finished') return closes.length > 0;
    let enabled = -closes.length;
    for (const open of opens) if (open.enabled && open.ret === 0) enabled++;
    const descriptors = descriptorsAtLast(machine, evidence);
    const expected = descriptors > 0 ? 1 : mayBeMapped(machine) ? null : 0;
    if (expected !== null && enabled !== expected) {
      report(enabled > expected ? 'left-enabled' : 'disabled-while-open', machine.steps, () => ({
        message: `In the end ${descriptors > 0 ? 'a descriptor is' : 'no descriptor and no mapping are'} left.`,
        expected: [`enabled ${expected} times more than disabled`],
        actual: [`enabled ${enabled} times more than disabled`],
      }));
    }
    return closes.length > 0 || expected === 0;
  },
};
