/** What calls return: that an error has its cause, and that what is wrong is an error. Tables, from the UAPI and the facts. */
import {
  describeReturn,
  EACCES,
  EAGAIN,
  EBADF,
  EBUSY,
  EFAULT,
  EINVAL,
  EIO,
  ENODEV,
  ENOMEM,
  ENOSYS,
  ENXIO,
} from '../../harness/machine/errno.ts';
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Call, Signal } from '../../harness/machine/thread.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { callLine } from '../general/describe.ts';
import { operationOf } from './describe.ts';
import type { BarShape, Evidence, MapRequest, MmioCall, MmioRequest, VfioOperation } from './evidence.ts';
import { areMapped, hadDescriptor, hasCall, namedMapping, othersCall, protectionOf } from './knowledge.ts';
import {
  cpuMay,
  kernelCanMap,
  leavesPage,
  offsetInRegion,
  pageAlign,
  pageOf,
  ROM_REGION,
  reachedEnd,
  reachedFirst,
  regionOf,
  STACK_BUFFER,
  USER_SPACE,
  VGA_REGION,
} from './layout.ts';
import { memoryDuring } from './memory-state.ts';

type Judged = Execution<Evidence>;
type FileOperation = Extract<VfioOperation, { kind: 'pread' | 'pwrite' }>;
type Touch = Extract<VfioOperation, { kind: 'touch' }>;
type Munmap = Extract<VfioOperation, { kind: 'munmap' }>;

/** Forks that the host has room for. */
const CHILDREN = 2;

/** `EINVAL`. */
const errnoName = (ret: number): string => describeReturn(ret).replace(/^.*\(-(.*)\)$/, '$1');

export const errorsHaveACause: Property<Evidence> = {
  id: 'errors-have-a-cause',
  claim: 'a call that fails, or ends with a signal, met at some time what is documented to give that error',
  source: {
    status: 'inferred',
    note: 'linux/vfio.h, the manual pages of the system calls, pci_mmio.c and vfio_pci_core.c of v6.10-rc1 to v6.15, and the log of patch 1/3',
  },
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.calls) {
      const { ret, signal } = call;
      if (signal === null && (ret === null || ret >= 0)) continue;
      exercised = true;
      const operation = operationOf(call)!;
      if (signal !== null) {
        if (operation.kind === 'touch' && signalHasCause(signal, operation, call, execution)) continue;
      } else if (hasCause(-ret!, operation, call, execution)) continue;
      report(`${signal ?? errnoName(ret!)}-without-cause`, call.returned, () => ({
        message: `${call.thread.name}'s ${call.work.name} failed, and nothing of what gives that error was so.`,
        expected: ['success, or an error that has its cause'],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};

/** Whether something that is documented to give the error was so, or may have been so, at some time during the call. */
function hasCause(errno: number, operation: VfioOperation, call: Call, execution: Judged): boolean {
  const { facts } = execution.evidence;
  switch (operation.kind) {
    case 'region_info':
      return isBadDescriptor(errno, call, execution) || (errno === EINVAL && operation.bar >= VGA_REGION);
    case 'mmap':
      if (operation.file === 'device' && isBadDescriptor(errno, call, execution)) return true;
      return errno === EBUSY
        ? othersUseBar(regionOf(operation), call, execution)
        : isWrongMap(errno, operation, execution.evidence);
    case 'touch':
      return false;
    case 'mmio_read':
    case 'mmio_write':
      return mmioHasCause(errno, operation, call, execution);
    case 'pread':
    case 'pwrite': {
      const bar = facts.bars[operation.bar]!;
      if (errno === EINVAL) return operation.pos >= bar.size;
      if (errno === ENOMEM) return !kernelCanMap(facts, bar);
      if (errno === EBUSY) return othersUseBar(operation.bar, call, execution);
      if (errno === EIO) return bar.type === 'mem' && memoryDuring(call, execution) !== true;
      return isBadDescriptor(errno, call, execution);
    }
    case 'mprotect': {
      if (errno !== ENOMEM) return false;
      const mapping = namedMapping(operation.map, call, execution);
      if (mapping === 'nothing' || mapping === 'unknown') return true;
      return areMapped(mapping, 0, mapping.length / PAGE_SIZE, call, execution) !== true;
    }
    case 'munmap':
      return errno === EINVAL && isWrongUnmap(operation, execution.evidence);
    case 'memory_disable':
    case 'memory_enable':
    case 'close':
      return isBadDescriptor(errno, call, execution);
    case 'reset':
      // Power-off holds the slot; an open that met it found that resets do not work, and that lasts (-EINVAL).
      if (errno === EIO || errno === EINVAL) return hasCall(execution, 'power_off');
      return (
        isBadDescriptor(errno, call, execution) || (errno === EAGAIN && mutexMayBeTaken(call, execution))
      );
    case 'open':
      return (
        (errno === ENODEV && hasCall(execution, 'power_off')) ||
        (errno === EAGAIN && mutexMayBeTaken(call, execution))
      );
    case 'fork':
      return errno === EAGAIN && countForks(execution) > CHILDREN;
    case 'power_off':
      return errno === EIO && othersOrEarlier(call, execution);
    default:
      return operation satisfies never;
  }
}

const isBadDescriptor = (errno: number, call: Call, execution: Judged): boolean =>
  errno === EBADF && hadDescriptor(call, execution) !== true;

/** Who uses a BAR first maps it for the kernel, without a lock: another who does so at once may find it half done. */
function othersUseBar(bar: number, { thread }: Call, { machine }: Judged): boolean {
  for (const other of machine.calls) {
    if (other.thread === thread) continue;
    const operation = operationOf(other);
    if (operation?.kind === 'mmap' && regionOf(operation) === bar) return true;
    if ((operation?.kind === 'pread' || operation?.kind === 'pwrite') && operation.bar === bar) return true;
  }
  return false;
}

/** Whether somebody else may have had dev->mutex: power-off, or who resets the function, at a first open or last close too. */
const mutexMayBeTaken = (call: Call, execution: Judged): boolean =>
  hasCall(execution, 'power_off') ||
  hasCall(execution, 'close') ||
  othersCall(execution, call, 'reset') ||
  othersCall(execution, call, 'open') ||
  othersCall(execution, call, 'munmap');

/** Whether there is another switch-off of the slot than this one. */
function othersOrEarlier(call: Call, { machine }: Judged): boolean {
  for (const other of machine.calls) if (other !== call && other.work.name === 'power_off') return true;
  return false;
}

function countForks({ machine }: Judged): number {
  let count = 0;
  for (const { work } of machine.calls) if (work.name === 'fork') count++;
  return count;
}

/** What is wrong with an mmap by itself, whoever else does what. */
function isWrongMap(errno: number, request: MapRequest, { facts, notMappable }: Evidence): boolean {
  const { file, offset, length, private: isPrivate } = request;
  const isDevice = file === 'device';
  const region = regionOf(request);
  const bar: BarShape | undefined = facts.bars[region];
  switch (errno) {
    case EINVAL:
      if (offset % PAGE_SIZE !== 0 || length === 0) return true;
      if (!isDevice) return false;
      return (
        isPrivate ||
        region >= ROM_REGION ||
        bar === undefined ||
        notMappable[region] !== null ||
        offsetInRegion(request) + pageAlign(length) > pageAlign(bar.size)
      );
    case ENOMEM:
      if (pageAlign(length) > USER_SPACE[facts.arch]) return true;
      return isDevice && bar !== undefined && bar.size > 0 && !kernelCanMap(facts, bar);
    default:
      return false;
  }
}

const isWrongUnmap = ({ offset, length }: Munmap, { facts }: Evidence): boolean =>
  offset % PAGE_SIZE !== 0 || offset + (length ?? 0) > USER_SPACE[facts.arch];

function mmioHasCause(errno: number, request: MmioRequest, call: Call, execution: Judged): boolean {
  const { facts } = execution.evidence;
  const { haveMio } = facts;
  const mmio = mmioCallOf(call, execution.evidence);
  switch (errno) {
    case ENOSYS:
      return facts.arch !== 's390';
    case ENODEV:
      return !facts.zpciEnabled;
    case ENOMEM:
      return !haveMio && facts.allocationsFail && request.length > STACK_BUFFER;
    case EFAULT:
      // A page frame of /dev/mem is no PCI address.
      return request.buffer === 'bad' || (!haveMio && mmio?.mapping?.bar === null);
    case EACCES:
      // Which permission it is that the call needs is a claim of its own: mmio-needs-its-permission.
      return !haveMio && mmio !== null && mmio.prot !== null && !(mmio.prot.read && mmio.prot.write);
    case EINVAL:
      if (leavesPage(request)) return true;
      // A kernel that faults nothing in refuses what nobody has touched: first-access-to-a-lazily-mapped-bar-succeeds.
      if (!haveMio && mmio !== null && mmio.follows > 0 && mmio.fixups === 0) return true;
      return !haveMio && !isReachable(request.map, request.offset, call, execution);
    case ENXIO: {
      if (!haveMio) return false;
      if (request.buffer === 'bad' && request.kind === 'mmio_write') return true;
      // Nothing takes MIO instructions there.
      if (facts.ism || !isReachable(request.map, request.offset, call, execution)) return true;
      const mapping = namedMapping(request.map, call, execution);
      if (mapping === 'nothing' || mapping === 'unknown' || mapping.bar === null) return true;
      const prot = protectionOf(mapping, execution);
      return prot === null || !cpuMay(prot, request.kind === 'mmio_write');
    }
    default:
      return false;
  }
}

/** Whether a page was mapped, and memory enabled where it is one of a BAR, all through a call, for all that is known. */
function isReachable(map: string, offset: number, call: Call, execution: Judged): boolean {
  const mapping = namedMapping(map, call, execution);
  if (mapping === 'nothing' || mapping === 'unknown' || offset >= mapping.length) return false;
  const page = pageOf(offset);
  if (areMapped(mapping, page, page + 1, call, execution) !== true) return false;
  return mapping.bar === null || memoryDuring(call, execution) === true;
}

function mmioCallOf(call: Call, { mmioCalls }: Evidence): MmioCall | null {
  for (const mmio of mmioCalls) if (mmio.call === call) return mmio;
  return null;
}

function signalHasCause(
  signal: Signal,
  { map, offset, access }: Touch,
  call: Call,
  execution: Judged,
): boolean {
  const { arch, haveMio, ism } = execution.evidence.facts;
  const mapping = namedMapping(map, call, execution);
  switch (signal) {
    case 'SIGILL':
      return arch === 's390' && (!haveMio || ism);
    case 'SIGBUS':
      if (mapping !== 'nothing' && mapping !== 'unknown' && mapping.bar === null) return false;
      return memoryDuring(call, execution) !== true;
    case 'SIGSEGV': {
      if (mapping === 'nothing' || mapping === 'unknown' || offset >= mapping.length) return true;
      const page = pageOf(offset);
      if (areMapped(mapping, page, page + 1, call, execution) !== true) return true;
      const prot = protectionOf(mapping, execution);
      return prot === null || !cpuMay(prot, access === 'store');
    }
    default:
      return signal satisfies never;
  }
}

export const causesGiveAnError: Property<Evidence> = {
  id: 'causes-give-an-error',
  claim: 'a call of which something is wrong from its beginning to its end does not succeed',
  source: {
    status: 'inferred',
    note: 'the same documents as for errors-have-a-cause, read the other way round',
  },
  check(execution, report) {
    let exercised = false;
    for (const call of execution.machine.calls) {
      const { ret } = call;
      if (ret === null) continue;
      const operation = operationOf(call)!;
      const errno = certainError(operation, call, execution);
      if (errno === 0) continue;
      exercised = true;
      const isFirst = errno === ENOSYS || errno === ENODEV;
      if (ret < 0 && (!isFirst || ret === -errno)) continue;
      const name = errnoName(-errno);
      report(`${ret < 0 ? 'fails-otherwise-than' : 'succeeds-despite'}-${name}`, call.returned, () => ({
        message: `${call.thread.name}'s ${call.work.name} ought to have failed with -${name}.`,
        expected: [describeReturn(-errno)],
        actual: [callLine(call)],
      }));
    }
    return exercised;
  },
};

/** An errno whose cause is there for certain, in the order in which the kernel looks; 0 if there is none. */
function certainError(operation: VfioOperation, call: Call, execution: Judged): number {
  const { evidence } = execution;
  switch (operation.kind) {
    case 'region_info':
      if (isClosed(call, execution)) return EBADF;
      return operation.bar >= VGA_REGION ? EINVAL : 0;
    case 'mmap':
      if (isWrongMap(EINVAL, operation, evidence)) return EINVAL;
      if (operation.file === 'device' && isClosed(call, execution)) return EBADF;
      return isWrongMap(ENOMEM, operation, evidence) ? ENOMEM : 0;
    case 'touch':
      // It gets a signal in the place of an errno.
      return 0;
    case 'mmio_read':
    case 'mmio_write':
      return certainMmioError(operation, call, execution);
    case 'pread':
    case 'pwrite':
      return isClosed(call, execution) ? EBADF : certainFileError(operation, call, execution);
    case 'mprotect': {
      const mapping = namedMapping(operation.map, call, execution);
      if (mapping === 'nothing') return ENOMEM;
      if (mapping === 'unknown') return 0;
      return areMapped(mapping, 0, mapping.length / PAGE_SIZE, call, execution) === false ? ENOMEM : 0;
    }
    case 'munmap':
      return isWrongUnmap(operation, evidence) ? EINVAL : 0;
    case 'memory_disable':
    case 'memory_enable':
    case 'reset':
    case 'close':
      return isClosed(call, execution) ? EBADF : 0;
    case 'fork':
      return earlierSuccesses(call, execution) >= CHILDREN ? EAGAIN : 0;
    case 'power_off':
      return earlierSuccesses(call, execution) > 0 ? EIO : 0;
    case 'open':
      // An unregistration under way refuses it, and when that was is no evidence.
      return 0;
    default:
      return operation satisfies never;
  }
}

const isClosed = (call: Call, execution: Judged): boolean => hadDescriptor(call, execution) === false;

function certainFileError({ bar: number, pos, count }: FileOperation, call: Call, execution: Judged): number {
  const { facts } = execution.evidence;
  const bar = facts.bars[number]!;
  if (count === 0) return 0;
  if (pos >= bar.size) return EINVAL;
  if (!kernelCanMap(facts, bar)) return ENOMEM;
  // Nothing looks at memory where nothing is reached.
  if (bar.type === 'io' || reachedFirst(pos, count, bar) === reachedEnd(pos, count, bar)) return 0;
  return memoryDuring(call, execution) === false ? EIO : 0;
}

function certainMmioError(request: MmioRequest, call: Call, execution: Judged): number {
  const { facts } = execution.evidence;
  const { kind, map, offset, length, buffer } = request;
  if (facts.arch !== 's390') return ENOSYS;
  if (!facts.zpciEnabled) return ENODEV;
  if (leavesPage(request)) return EINVAL;
  if (!facts.haveMio && length > STACK_BUFFER && facts.allocationsFail) return ENOMEM;
  if (buffer === 'bad') return facts.haveMio && kind === 'mmio_write' ? ENXIO : EFAULT;
  const mapping = namedMapping(map, call, execution);
  if (mapping === 'unknown') return 0;
  const page = pageOf(offset);
  const isGone =
    mapping === 'nothing' ||
    offset >= mapping.length ||
    areMapped(mapping, page, page + 1, call, execution) === false;
  if (isGone) return facts.haveMio ? ENXIO : EINVAL;
  if (facts.haveMio) return facts.ism || mapping.bar === null ? ENXIO : 0;
  // Of writes to such a page successful-write-is-stored says what is wrong with them.
  return mapping.bar === null && kind === 'mmio_read' ? EFAULT : 0;
}

/** How many calls of the same kind the same thread has made before, with success. */
function earlierSuccesses(call: Call, { machine }: Judged): number {
  let count = 0;
  for (const other of machine.calls) {
    if (other === call) return count;
    if (other.thread === call.thread && other.work.name === call.work.name && other.ret === 0) count++;
  }
  return count;
}
