/** What calls are for: that one which succeeds did it, all of it, and once. */
import { describeReturn } from '../../harness/machine/errno.ts';
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { accessLine, operationOf } from './describe.ts';
import type {
  Deed,
  Evidence,
  Mapping,
  MapRequest,
  MmioRequest,
  ProcessEnd,
  Protection,
  VfioOperation,
} from './evidence.ts';
import { hadDescriptor, hasCall, namedMapping, othersCall } from './knowledge.ts';
import {
  CONFIG_REGION,
  FLAG_CAPS,
  FLAG_MMAP,
  FLAG_READ,
  FLAG_WRITE,
  pageAlign,
  pageOf,
  ROM_REGION,
  reachedEnd,
  reachedFirst,
  regionOf,
  unmapEnd,
} from './layout.ts';

type Judged = Execution<Evidence>;

export const successHasItsEffect: Property<Evidence> = {
  id: 'success-has-its-effect',
  claim: 'a call that succeeds has done what it is for, all of it, and returns the right count or flags',
  source: {
    status: 'inferred',
    note: 'linux/vfio.h, the manual pages of the system calls, and disable_slot() for power-off',
  },
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.calls) {
      const { ret } = call;
      if (ret === null || ret < 0) continue;
      exercised = true;
      const operation = operationOf(call)!;
      const expected = missing(operation, call, execution);
      if (expected === null) continue;
      report(`${operation.kind}-without-effect`, call.returned, () => ({
        message: `${call.thread.name} was told that its ${operation.kind} worked. It did not do what it is for.`,
        expected: [expected],
        actual: [callLine(call), ...accessesOf(call, execution.evidence)],
      }));
    }
    for (const { step, via, bar, thread, call } of execution.evidence.accesses) {
      if (via !== 'pread or pwrite' || foundBar(bar, call, execution.evidence)) continue;
      report('access-without-kernel-mapping', step, () => ({
        message: `${thread.name}'s ${call.work.name} goes through the kernel's own mapping of BAR ${bar}, and there is none.`,
        expected: [`BAR ${bar} is requested and mapped before`],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};

const accessesOf = (call: Call, { accesses }: Evidence): string[] =>
  accesses.filter((access) => access.call === call).map(accessLine);

/** What a successful call ought to have done and has not; null if nothing is missing, for all that is known. */
function missing(operation: VfioOperation, call: Call, execution: Judged): string | null {
  const { evidence } = execution;
  switch (operation.kind) {
    case 'region_info': {
      const flags = flagsOf(operation.bar, evidence);
      return call.ret === flags ? null : `the flags of region ${operation.bar}, which are ${flags}`;
    }
    case 'mmap':
      return missingOfMmap(operation, call, evidence);
    case 'touch':
      return missingOfTouch(operation, call, evidence);
    case 'mmio_read':
    case 'mmio_write':
      return missingOfMmio(operation, call, evidence);
    case 'pread':
    case 'pwrite': {
      const { bar: number, pos, count, kind } = operation;
      const bar = evidence.facts.bars[number]!;
      const end = reachedEnd(pos, count, bar);
      const bytes = count === 0 ? 0 : end - pos;
      if (call.ret !== bytes) return `${describeReturn(bytes)} bytes`;
      if (count === 0) return null;
      const first = reachedFirst(pos, count, bar);
      const isDone = reached(call, number, first, end, kind === 'pwrite', evidence);
      return isDone ? null : `accesses of bytes ${first} to ${end - 1} of BAR ${number}, each once`;
    }
    case 'mprotect':
      return isProtected(call, operation.prot, evidence) ? null : 'all pages with the new protection';
    case 'munmap': {
      const { map, offset, length } = operation;
      const mapping = namedMapping(map, call, execution);
      if (mapping === 'nothing' || mapping === 'unknown') return null;
      const isGone = !isLeft(mapping, pageOf(offset), unmapEnd(offset, length), evidence);
      return isGone ? null : 'nothing mapped there any more, and no page in the page table';
    }
    case 'memory_disable':
    case 'memory_enable': {
      const enabled = operation.kind === 'memory_enable';
      for (const write of evidence.commandWrites) {
        if (write.call === call && write.enabled === enabled) return null;
      }
      return `PCI_COMMAND_MEMORY ${enabled ? 'set' : 'clear'}`;
    }
    case 'reset':
      return isDone(evidence.resets, call) ? null : 'the function reset';
    case 'open':
    case 'close': {
      const isOpen = operation.kind === 'open';
      const process = processOf(call, evidence);
      if (!hasLastWord(call, execution) || process.hasDescriptor === isOpen) return null;
      return isOpen ? 'a descriptor of the device' : 'no descriptor any more';
    }
    case 'fork':
      return missingOfFork(call, execution);
    case 'power_off':
      return isDone(evidence.deconfigurations, call) ? null : 'the slot switched off';
    default:
      return operation satisfies never;
  }
}

function isDone(deeds: readonly Deed[], call: Call): boolean {
  for (const deed of deeds) if (deed.call === call) return true;
  return false;
}

/** What VFIO_DEVICE_GET_REGION_INFO says. There is no ROM, so that region 6 is empty. */
function flagsOf(region: number, { facts, notMappable }: Evidence): number {
  const bar = facts.bars[region];
  if (bar === undefined) return region === CONFIG_REGION ? FLAG_READ | FLAG_WRITE : 0;
  if (bar.size === 0) return 0;
  if (notMappable[region] !== null) return FLAG_READ | FLAG_WRITE;
  return FLAG_READ | FLAG_WRITE | FLAG_MMAP | (bar.msix ? FLAG_CAPS : 0);
}

/** One mapping of what was asked for; of a BAR that the kernel has requested and mapped before. */
function missingOfMmap(request: MapRequest, call: Call, evidence: Evidence): string | null {
  const bar = request.file === 'device' ? regionOf(request) : null;
  let count = 0;
  for (const mapping of evidence.mappings) {
    if (mapping.call !== call) continue;
    count++;
    const isIt =
      mapping.bar === bar &&
      mapping.offset === request.offset &&
      mapping.length === pageAlign(request.length) &&
      mapping.process === call.thread.process;
    if (!isIt) return 'a mapping of the range asked for';
    if (bar !== null && !foundBar(bar, call, evidence)) {
      return `BAR ${bar} requested and mapped for the kernel`;
    }
  }
  if (count !== 1) return 'one mapping';
  return bar !== null && bar >= ROM_REGION ? 'an error: no BAR' : null;
}

/** Whether a call saw for itself that the kernel has a BAR mapped. That others had mapped it by then is no evidence. */
function foundBar(bar: number, call: Call, { barUses }: Evidence): boolean {
  for (const use of barUses) if (use.call === call && use.bar === bar) return true;
  return false;
}

/** One access by the CPU. Memory behind /dev/mem is no device's, and s390 without MIO reaches nothing else. */
function missingOfTouch(
  { offset, access: wish }: Extract<VfioOperation, { kind: 'touch' }>,
  call: Call,
  { accesses, mappings }: Evidence,
): string | null {
  let count = 0;
  for (const access of accesses) {
    if (access.call !== call) continue;
    count++;
    const { mapping, iswrite, done } = access;
    const isIt =
      mapping !== null && access.offset === mapping.offset + offset && iswrite === (wish === 'store');
    if (!isIt || !done) return `a ${wish} at the device that works`;
  }
  if (count === 1) return null;
  if (count === 0) {
    for (const { process, bar } of mappings) {
      if (bar === null && process === call.thread.process) return null;
    }
  }
  return `one ${wish}`;
}

/** All bytes, each once. What a write to /dev/mem comes to says successful-write-is-stored. */
function missingOfMmio(request: MmioRequest, call: Call, evidence: Evidence): string | null {
  const { kind, offset, length } = request;
  // That it ought to be an error is no-access-across-pages.
  if (length === 0) return null;
  for (const { call: other, mapping, bytes } of evidence.mmioCalls) {
    if (other !== call || mapping === null) continue;
    const { bar } = mapping;
    if (bar === null) return kind === 'mmio_write' ? null : 'an error: no page of PCI memory';
    const from = mapping.offset + offset;
    const isAll =
      bytes === length && reached(call, bar, from, from + length, kind === 'mmio_write', evidence);
    return isAll ? null : `${length} bytes at offset ${from} of BAR ${bar}, each once`;
  }
  return `${length} bytes at the device`;
}

/** Whether a call's accesses are all of a range, one after the other. */
function reached(
  call: Call,
  bar: number,
  from: number,
  to: number,
  iswrite: boolean,
  { accesses }: Evidence,
): boolean {
  let at = from;
  for (const access of accesses) {
    if (access.call !== call) continue;
    if (access.bar !== bar || access.offset !== at || access.iswrite !== iswrite) return false;
    at += access.len;
  }
  return at === to;
}

/** Whether mprotect came by all pages of one mapping, from its first on, and left them with what was asked for. */
function isProtected(call: Call, prot: Protection, { protections }: Evidence): boolean {
  let mapping: Mapping | null = null;
  let at = 0;
  for (const one of protections) {
    if (one.call !== call) continue;
    if (one.start !== at || (mapping !== null && one.mapping !== mapping)) return false;
    const { read, write, exec } = one.prot;
    if (read !== prot.read || write !== prot.write || exec !== prot.exec) return false;
    mapping = one.mapping;
    at = one.end;
  }
  return mapping !== null && at * PAGE_SIZE === mapping.length;
}

/** Whether pages of a mapping are left at the end. Once unmapped, they never come back under the same mapping. */
function isLeft(mapping: Mapping, first: number, end: number, { processes }: Evidence): boolean {
  for (const { mappedPages, presentPages } of processes) {
    for (const one of mappedPages) {
      if (one.mapping === mapping && one.start < end && one.end > first) return true;
    }
    for (const one of presentPages) {
      if (one.mapping === mapping && one.start < end && one.end > first) return true;
    }
  }
  return false;
}

const processOf = ({ thread }: Call, { processes }: Evidence): ProcessEnd =>
  processes.find(({ process }) => process === thread.process)!;

/** Whether nobody opened or closed the process's descriptor after this call, or at the same time. */
function hasLastWord(call: Call, execution: Judged): boolean {
  if (hasCall(execution, 'power_off')) return false;
  let isAfter = false;
  for (const other of execution.machine.calls) {
    if (other === call) {
      isAfter = true;
      continue;
    }
    const { name } = other.work;
    if (name !== 'open' && name !== 'close') continue;
    if (other.thread.process !== call.thread.process) continue;
    if (isAfter || other.thread !== call.thread) return false;
  }
  return true;
}

/** A child, with what its parent had for certain: the mappings of the calling thread, and the descriptor. */
function missingOfFork(call: Call, execution: Judged): string | null {
  const { machine, evidence } = execution;
  const child = evidence.children.find((one) => one.call === call);
  if (child === undefined) return 'a child';
  if (!hasCall(execution, 'munmap') && !hasCall(execution, 'power_off')) {
    for (const { call: made, process, bar } of evidence.mappings) {
      if (made === call || made.thread !== call.thread || process !== call.thread.process) continue;
      if (made.begun > call.begun) continue;
      const copies = evidence.mappings.filter((one) => one.call === call && one.inherited?.call === made);
      if (copies.length !== 1) return `a copy of the mapping of BAR ${bar}`;
    }
  }
  const closes = machine.calls.some(
    ({ work, thread }) => work.name === 'close' && thread.process === child.process,
  );
  if (closes || othersCall(execution, call, 'open') || hadDescriptor(call, execution) !== true) return null;
  const { hasDescriptor } = evidence.processes.find(({ process }) => process === child.process)!;
  return hasDescriptor ? null : 'the descriptor in the child, too';
}
