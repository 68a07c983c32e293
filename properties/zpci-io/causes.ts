/**
 * What calls of the zpci-io series may fail of: a table for each interface, written from the facts, the UAPI and the text
 * of the patches, independent of the models.
 */
import {
  EBADF,
  EBUSY,
  EFAULT,
  EINTR,
  EINVAL,
  EIO,
  ENODEV,
  ENOMEM,
  ENXIO,
} from '../../harness/machine/errno.ts';
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution } from '../../harness/model/property.ts';
import {
  carriesWholeStores,
  clippedTo,
  disabledDuring,
  leavesBlock,
  mappedBytes,
  mayUseRegion,
  offsetOf,
  REGION_END,
  REGION_SPAN,
  REQUEST_AT,
} from './access.ts';
import { operationOf } from './describe.ts';
import type { Evidence, FileAccess, GuestAccess, ZpciOperation } from './evidence.ts';
import { toNumber } from './u64.ts';

/** `possible`: another actor's timing decides, or a detail that versions of the interface differ in. */
export type Presence = 'absent' | 'possible' | 'certain';

export interface Cause<O> {
  readonly errno: number;
  readonly what: string;
  readonly presence: (operation: O, execution: Execution<Evidence>, call: Call) => Presence;
}

/** What an interface can refuse. */
export interface Interface<O> {
  readonly causes: readonly Cause<O>[];
  /** Whether the text of a posted or merged version says which check comes first: as they are listed. */
  readonly ordered: boolean;
}

type RegionWrite = Extract<ZpciOperation, { kind: 'region_write' }>;
type Visitor<T> = <O>(asked: Interface<O>, operation: O, execution: Execution<Evidence>, call: Call) => T;

const certainIf = (present: boolean): Presence => (present ? 'certain' : 'absent');
const possibleIf = (present: boolean): Presence => (present ? 'possible' : 'absent');

// Every call on the fd.

const badFd: Cause<unknown> = {
  errno: EBADF,
  what: 'the device was not opened, or its fd was closed',
  presence: (_, { evidence }, call) =>
    evidence.open.ret < 0
      ? 'certain'
      : possibleIf(evidence.fdClosed !== null && evidence.fdClosed <= call.returned),
};

/** A call of no bytes, and a write of PCI_COMMAND. */
const ONLY_FD: Interface<unknown> = { ordered: true, causes: [badFd] };

// Accesses to BARs.

const outsideBar: Cause<FileAccess> = {
  errno: EINVAL,
  what: 'no such BAR, or a position beyond its end',
  presence: (access, { evidence }) => certainIf(barCount(access, evidence) === 0),
};

const barCount = (access: FileAccess, { facts }: Evidence): number =>
  clippedTo(facts.barSize[access.index] ?? 0, access);

const memoryDisabled: Cause<FileAccess> = {
  errno: EIO,
  what: 'PCI_COMMAND_MEMORY is clear',
  presence: (_, { evidence }, call) => possibleIf(disabledDuring(evidence, call)),
};

/** How large a BAR is that ioremap maps on every host, and one that it maps on none with MIO. */
const SURELY_MAPPED = 2 ** 32;
const NEVER_MAPPED = 2 ** 47;

/** do_io_rw splits and copies piece by piece. Source: vfio_pci_rdwr.c of v5.11. */
const VFIO_PCI: Interface<FileAccess> = {
  ordered: true,
  causes: [
    badFd,
    outsideBar,
    {
      errno: EBUSY,
      what: 'another first access is mapping the BAR',
      presence: (_, execution, call) => possibleIf(isBesideAnother(execution, call)),
    },
    {
      errno: ENOMEM,
      what: 'the BAR is too large to be mapped on a host with MIO',
      presence: ({ index }, { evidence: { facts } }) => {
        const size = facts.haveMio ? facts.barSize[index]! : 0;
        return size > NEVER_MAPPED ? 'certain' : possibleIf(size > SURELY_MAPPED);
      },
    },
    memoryDisabled,
    {
      errno: EFAULT,
      what: "the caller's buffer is not mapped where it is needed",
      presence: (access, { evidence }) =>
        certainIf(lastByteNeeded(access, evidence) >= access.pos + mappedBytes(access)),
    },
  ],
};

/** The last byte of a BAR that an access copies from or to the user: writes to the MSI-X table are dropped unread. */
function lastByteNeeded(access: FileAccess, evidence: Evidence): number {
  const { msix } = evidence.facts;
  const last = access.pos + barCount(access, evidence) - 1;
  if (!access.iswrite || msix === null || msix.bar !== access.index) return last;
  return last >= msix.start && last < msix.end ? msix.start - 1 : last;
}

const cannotAllocate: Cause<FileAccess> = {
  errno: ENOMEM,
  what: "the call's own buffer cannot be allocated",
  presence: (_, { evidence }) => certainIf(evidence.facts.allocationsFail),
};

const badBuffer: Cause<FileAccess> = {
  errno: EFAULT,
  what: "the caller's buffer is not mapped",
  presence: (access, { evidence }) => certainIf(mappedBytes(access) < barCount(access, evidence)),
};

const tooLongForOneStore: Cause<FileAccess> = {
  errno: EINVAL,
  what: 'a store longer than the largest PCISTB',
  presence: (access, { evidence }) =>
    certainIf(access.iswrite && barCount(access, evidence) > evidence.facts.maxstbl),
};

const storeLeavesBlock: Cause<FileAccess> = {
  errno: EINVAL,
  what: 'a store across a 4 KiB block',
  presence: (access, { evidence }) =>
    certainIf(access.iswrite && leavesBlock(access.pos, barCount(access, evidence))),
};

const deviceError = (errno: number): Cause<unknown> => ({
  errno,
  what: 'the device ends the instruction with an error',
  presence: (_, { evidence }) => certainIf(evidence.facts.insnStatus === -errno),
});

/** One instruction a call. Its checks are inferred, and nobody posted their order. */
const VFIO_ZPCI_ISM: Interface<FileAccess> = {
  ordered: false,
  causes: [
    badFd,
    outsideBar,
    tooLongForOneStore,
    storeLeavesBlock,
    {
      errno: EINVAL,
      what: 'a load that is no part of one doubleword',
      presence: (access, { evidence }) =>
        certainIf(!access.iswrite && barCount(access, evidence) > 8 - (access.pos % 8)),
    },
    cannotAllocate,
    badBuffer,
    memoryDisabled,
    deviceError(EIO),
    deviceError(ENXIO),
  ],
};

/** Source: drivers/vfio/pci/ism/main.c as merged. A read allocates nothing, and copies after the instruction. */
const VFIO_ISM: Interface<FileAccess> = {
  ordered: true,
  causes: [
    badFd,
    outsideBar,
    tooLongForOneStore,
    storeLeavesBlock,
    { ...cannotAllocate, presence: (access, ...rest) => onWrite(cannotAllocate, access, ...rest) },
    { ...badBuffer, presence: (access, ...rest) => onWrite(badBuffer, access, ...rest) },
    deviceError(EIO),
    deviceError(ENXIO),
    badBuffer,
  ],
};

const onWrite = (
  { presence }: Cause<FileAccess>,
  access: FileAccess,
  execution: Execution<Evidence>,
  call: Call,
): Presence => (access.iswrite ? presence(access, execution, call) : 'absent');

const BAR_INTERFACES = {
  'vfio-pci': VFIO_PCI,
  'vfio-zpci-ism': VFIO_ZPCI_ISM,
  'vfio/ism': VFIO_ISM,
} as const satisfies Record<Evidence['driver'], Interface<FileAccess>>;

// The zPCI I/O region.

const noRegion: Cause<unknown> = {
  errno: EINVAL,
  what: 'there is no such region',
  presence: (_, { evidence }) => certainIf(evidence.open.regions === 0),
};

const beyondRegion: Cause<FileAccess> = {
  errno: EINVAL,
  what: 'a position beyond the region',
  presence: ({ pos }) => certainIf(pos >= REGION_END),
};

/** Source: v1 4/4, and so in v2. */
const REGION_READ: Interface<FileAccess> = {
  ordered: true,
  causes: [
    badFd,
    noRegion,
    beyondRegion,
    {
      errno: EFAULT,
      what: 'a read of the request',
      presence: (access) => certainIf(access.pos + clippedTo(REGION_END, access) > REQUEST_AT),
    },
    {
      errno: EFAULT,
      what: "the caller's buffer is not mapped",
      presence: (access) => certainIf(mappedBytes(access) < clippedTo(REGION_END, access)),
    },
  ],
};

const of =
  (cause: Cause<FileAccess>): Cause<RegionWrite>['presence'] =>
  ({ access }, execution, call) =>
    cause.presence(access, execution, call);

/** Source: v1 4/4. v2 (inferred) waits for its mutex killably, and takes whole requests only. */
const REGION_WRITE: Interface<RegionWrite> = {
  ordered: true,
  causes: [
    badFd,
    noRegion,
    { ...beyondRegion, presence: of(beyondRegion) },
    {
      errno: EFAULT,
      what: 'a write to the header',
      presence: ({ access }) => certainIf(access.pos < REQUEST_AT),
    },
    {
      errno: EINTR,
      what: 'SIGKILL while it waited for the lock',
      presence: (_, { evidence }) => possibleIf(evidence.vmm.killed),
    },
    {
      errno: EFAULT,
      what: "the caller's buffer is not mapped",
      presence: ({ access }) => certainIf(mappedBytes(access) < clippedTo(REGION_END, access)),
    },
    {
      errno: EINVAL,
      what: 'a write that is not one whole request',
      presence: (write) => possibleIf(!isWholeRequest(write) && isInRequest(write)),
    },
    {
      errno: EIO,
      what: 'a request that its checks or the device refuse',
      presence: (write, execution, call) => {
        if (!isWholeRequest(write)) return possibleIf(isInRequest(write));
        if (isBesideRequests(execution, call)) return 'possible';
        const refused = isRefused(write, execution.evidence) || execution.evidence.facts.insnStatus < 0;
        return refused ? 'certain' : possibleIf(isReadOnly(write, execution.evidence));
      },
    },
  ],
};

const isWholeRequest = ({ access }: RegionWrite): boolean =>
  access.pos === REQUEST_AT && clippedTo(REGION_END, access) === REGION_END - REQUEST_AT;

const isInRequest = ({ access: { pos } }: RegionWrite): boolean => pos >= REQUEST_AT && pos < REGION_END;

const READ = 1;
const BLOCKW = 2;

/** Length, alignment, place in the page, a page that is mapped, and something to do. */
function isRefused({ request }: RegionWrite, { facts }: Evidence): boolean {
  const { flags, gaddr, len } = request;
  const read = (flags.lo & READ) !== 0;
  const blockw = (flags.lo & BLOCKW) !== 0;
  if ((read && len > 8) || (blockw && len > facts.maxstbl) || !(read || blockw)) return true;
  const last = (gaddr.lo % PAGE_SIZE) + len - 1;
  return gaddr.lo % 8 !== 0 || last < 0 || last >= PAGE_SIZE || mappingOf(request.gaddr, facts) === undefined;
}

/** A load to memory that its caller cannot write: v1 stores there all the same. */
const isReadOnly = ({ request }: RegionWrite, { facts }: Evidence): boolean =>
  (request.flags.lo & READ) !== 0 && mappingOf(request.gaddr, facts) === 'ro';

function mappingOf({ hi, lo }: RegionWrite['request']['gaddr'], { memory }: Evidence['facts']) {
  const address = toNumber(hi, lo);
  return memory.find(({ start, end }) => address >= start && address <= end)?.mapping;
}

// What a guest executes.

const letGo: Cause<unknown> = {
  errno: ENODEV,
  what: 'the guest has deconfigured the function',
  presence: (_, { evidence: { guestLetGo } }, { begun, returned }) =>
    guestLetGo === null || guestLetGo > returned ? 'absent' : guestLetGo < begun ? 'certain' : 'possible',
};

const beyondBar: Cause<GuestAccess> = {
  errno: EINVAL,
  what: 'beyond the end of the BAR',
  presence: (insn, { evidence }) => {
    if (insn.pcias > 5) return 'absent';
    const beyond = offsetOf(insn) + insn.len > evidence.facts.barSize[insn.pcias]!;
    return mayUseRegion(evidence) ? possibleIf(beyond) : certainIf(beyond);
  },
};

/** A request to the region comes back as an operand exception if the kernel refuses it. */
const refusedByRegion: Cause<GuestAccess> = {
  errno: EIO,
  what: 'the kernel refused the request',
  presence: (insn, execution) => {
    const { machine, evidence } = execution;
    const { facts } = evidence;
    if (!mayUseRegion(evidence)) return 'absent';
    // The RFC's QEMU takes the BAR path where stores are not relaxed.
    if (facts.insnStatus < 0) return facts.relaxedAlign ? 'certain' : 'possible';
    const odd = insn.len === 0 || insn.len > facts.maxstbl;
    const late = evidence.fdClosed !== null || evidence.vmm.killed;
    return possibleIf(
      odd || late || machine.calls.some((call) => operationOf(call)?.kind === 'region_write'),
    );
  },
};

const strict = (insn: GuestAccess): boolean =>
  insn.offset.lo % 8 !== 0 || insn.len <= 8 || insn.len % 8 !== 0;

/** ZPCI_MAX_WRITE_SIZE: what vfio and QEMU allowed before the series. */
const PIECES_MAX = 128;

/** Source: s390-pci-inst.c of QEMU, and 1611089059-6468-6 for relaxed stores. */
const PCISTB: Interface<GuestAccess> = {
  ordered: false,
  causes: [
    letGo,
    { errno: EINVAL, what: 'no BAR', presence: ({ pcias }) => certainIf(pcias > 5) },
    {
      errno: EINVAL,
      what: 'a store across a 4 KiB block',
      presence: (insn) => certainIf(leavesBlock(insn.offset.lo, insn.len)),
    },
    {
      errno: EINVAL,
      what: 'a store that is not of whole doublewords, where the function or its path wants that',
      presence: (insn, { evidence }) =>
        certainIf(strict(insn) && !(evidence.facts.relaxedAlign && carriesWholeStores(evidence))),
    },
    {
      errno: EINVAL,
      what: 'a store longer than the path takes',
      presence: ({ len }, { evidence }) => {
        const { maxstbl, relaxedAlign } = evidence.facts;
        if (!carriesWholeStores(evidence)) return certainIf(len > PIECES_MAX);
        if (!mayUseRegion(evidence)) return certainIf(len > maxstbl);
        if (relaxedAlign) return 'absent';
        return len > maxstbl ? 'certain' : possibleIf(len > PIECES_MAX);
      },
    },
    beyondBar,
    refusedByRegion,
  ],
};

/** Source: s390-pci-inst.c of QEMU. Config space is its own emulation. */
const PCISTG: Interface<GuestAccess> = {
  ordered: false,
  causes: [
    letGo,
    {
      errno: EINVAL,
      what: 'no address space with data, or an access that leaves its doubleword (a word of config space)',
      presence: ({ pcias, offset, len }) =>
        certainIf(
          pcias === 15
            ? len === 0 || len === 3 || len > 4 - (offset.lo % 4)
            : pcias > 5 || len === 0 || len > 8 - (offset.lo % 8),
        ),
    },
    beyondBar,
    {
      errno: EINVAL,
      what: 'not aligned to the width that QEMU makes of it',
      presence: ({ pcias, offset, len }, { evidence }) =>
        possibleIf(evidence.driver === 'vfio-pci' && pcias <= 5 && offset.lo % (len & -len) !== 0),
    },
  ],
};

const PCILG: Interface<GuestAccess> = {
  ordered: false,
  causes: [
    ...PCISTG.causes,
    {
      ...refusedByRegion,
      // Config space never goes through the region.
      presence: (insn, execution, call) =>
        insn.pcias > 5 ? 'absent' : refusedByRegion.presence(insn, execution, call),
    },
  ],
};

// The host.

const POWER_OFF: Interface<unknown> = {
  ordered: true,
  causes: [
    {
      errno: EIO,
      what: 'the slot is in standby already',
      presence: (_, { machine, evidence: { slot } }, { begun, returned }) => {
        const before = machine.returned.some(
          (other) => other.ret === 0 && other.returned < begun && operationOf(other)?.kind === 'power_off',
        );
        return before ? 'certain' : possibleIf(slot.standby !== null && slot.standby <= returned);
      },
    },
  ],
};

const NEVER_FAILS: Interface<unknown> = { ordered: true, causes: [] };

/** Tells a visitor what a call may fail of; `otherwise` for calls that nothing is said about. */
export function ask<T>(call: Call, execution: Execution<Evidence>, visitor: Visitor<T>, otherwise: T): T {
  const operation = operationOf(call);
  if (operation === null) return otherwise;
  switch (operation.kind) {
    case 'bar_read':
    case 'bar_write': {
      const { access } = operation;
      const { driver } = execution.evidence;
      if (access.count === 0) return visitor(ONLY_FD, access, execution, call);
      // It names another region, by design of vfio-pci's offsets.
      if (driver === 'vfio-pci' && access.pos >= REGION_SPAN) return otherwise;
      return visitor(BAR_INTERFACES[driver], access, execution, call);
    }
    case 'region_read':
      return operation.access.count === 0
        ? visitor(ONLY_FD, operation, execution, call)
        : visitor(REGION_READ, operation.access, execution, call);
    case 'region_write':
      return operation.access.count === 0
        ? visitor(ONLY_FD, operation, execution, call)
        : visitor(REGION_WRITE, operation, execution, call);
    case 'memory_disable':
    case 'memory_enable':
      return visitor(ONLY_FD, operation, execution, call);
    case 'pcistb':
      return visitor(PCISTB, operation, execution, call);
    case 'pcistg':
      return visitor(PCISTG, operation, execution, call);
    case 'pcilg':
      return visitor(PCILG, operation, execution, call);
    case 'power_off':
      return visitor(POWER_OFF, operation, execution, call);
    case 'kill':
      return visitor(NEVER_FAILS, operation, execution, call);
    default:
      return operation satisfies never;
  }
}

// Who else was there meanwhile.

/** Whether another access, or the teardown of an unplug, was under way at some time of a call. */
export function isBesideAnother({ machine }: Execution<Evidence>, call: Call): boolean {
  return machine.calls.some((other) => overlaps(other, call) && ACCESSES.has(operationOf(other)!.kind));
}

/** The same of what a region carries: raw requests, and a guest's. */
export function isBesideRequests({ machine }: Execution<Evidence>, call: Call): boolean {
  return machine.calls.some((other) => overlaps(other, call) && mayWriteRegion(operationOf(other)!));
}

function mayWriteRegion(operation: ZpciOperation): boolean {
  // A position can overflow from a BAR into the region.
  return operation.kind === 'bar_write' ? operation.access.pos >= REGION_SPAN : REQUESTS.has(operation.kind);
}

const ACCESSES: ReadonlySet<ZpciOperation['kind']> = new Set([
  'bar_read',
  'bar_write',
  'pcistb',
  'pcistg',
  'pcilg',
  'power_off',
] as const);

const REQUESTS: ReadonlySet<ZpciOperation['kind']> = new Set([
  'region_write',
  'pcistb',
  'pcilg',
  'power_off',
] as const);

/** A power-off goes on in the guest's teardown. */
function overlaps(other: Call, call: Call): boolean {
  if (other === call || other.begun > call.returned) return false;
  return other.returned < 0 || other.returned >= call.begun || operationOf(other)?.kind === 'power_off';
}
