/** Why calls come back with something else than success: the documented causes, each with what it gives. */
import { EFAULT, EINVAL, ENOMEM, ENOTTY, EPERM } from '../../harness/machine/errno.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import type { Call } from '../../harness/machine/thread.ts';
import {
  ALIGNMENT_FAULT,
  type Backing,
  type Evidence,
  EXIT_MMIO,
  type GuestAccessRequest,
  INSTRUCTION_ABORT,
  type Leaf,
  type Mapping,
  type MemAttrOperation,
} from './evidence.ts';
import {
  entryEverWas,
  everWas,
  everWasUnder,
  mayFindLogging,
  memoryEverWas,
  type PageTest,
  zapOverlaps,
} from './timeline.ts';

/** One cause of one answer. Both questions are about the time during the call. */
export interface Cause<O> {
  readonly answer: number;
  /** As in `-EFAULT: what`. */
  readonly what: string;
  /** Whether it was there at some time, so that the answer is right. */
  possible(operation: O, call: Call, evidence: Evidence, machine: Machine): boolean;
  /** Whether it was there all the time, so that success is wrong; false where that cannot be told. */
  certain(operation: O, call: Call, evidence: Evidence, machine: Machine): boolean;
}

type Kind = MemAttrOperation['kind'];
type OperationOf<K extends Kind> = MemAttrOperation & { readonly kind: K };

const slotOf = ({ page }: GuestAccessRequest): number => (page === 'slot1' ? 1 : 0);

/** Mapped by vfio_pci_core_mmap(), page by page in its fault handler, and taken away with memory disabled. */
const isVfioPci = (backing: Backing): boolean => backing === 'pci' || backing === 'vfio_ram';

/** Memory that memblock knows: pfn_is_map_memory(). */
const isMemory = ({ pageFrame }: Mapping): boolean => pageFrame === 'memory';

/** v6.17: the VMM has it cacheable, and the host would need cache maintenance for it. */
const isUnsupportedCacheable = (
  { pfnmap, hostType, pageFrame }: Mapping,
  { mapsCacheablePfnmap, facts }: Evidence,
): boolean =>
  mapsCacheablePfnmap &&
  pfnmap &&
  hostType === 'normal' &&
  pageFrame !== 'memory' &&
  !(facts.fwb && facts.cacheDic);

/** Device at stage 1: alignment is checked there, with the MMU of the guest off, too. */
const isDeviceAtStage1 = ({ stage1 }: GuestAccessRequest): boolean => !stage1.startsWith('normal');

const nothing: PageTest = (mapping) => mapping === null;
const readOnly: PageTest = (mapping, writable) => mapping !== null && !writable;
const vfioPci: PageTest = (mapping) => mapping !== null && isVfioPci(mapping.backing);
const device: PageTest = (mapping) => mapping !== null && !isMemory(mapping);
const pfnmap: PageTest = (mapping) => mapping?.pfnmap === true;
const unsupported: PageTest = (mapping, _writable, evidence) =>
  mapping !== null && isUnsupportedCacheable(mapping, evidence);
const mayMismatch: PageTest = (mapping) =>
  mapping !== null && !mapping.flag && mapping.hostType !== 'device-nGnRnE';
const mismatch: PageTest = (mapping, writable, evidence) =>
  mayMismatch(mapping, writable, evidence) && device(mapping, writable, evidence);
/** Device memory that KVM does not have executed. */
const notExecuted: PageTest = (mapping, _writable, { mapsCacheablePfnmap }) =>
  mapping !== null && !isMemory(mapping) && !(mapsCacheablePfnmap && mapping.hostType === 'normal');

const isInvalid = (leaf: Leaf | null): boolean => leaf === null;
const isValid = (leaf: Leaf | null): boolean => leaf !== null;
const isDeviceEntry = (leaf: Leaf | null): boolean => leaf?.attr === 'device-nGnRE';

/** Source: kvm_handle_guest_abort() and user_mem_abort(); alignment from the Arm ARM. */
const GUEST_ACCESS: readonly Cause<GuestAccessRequest>[] = [
  {
    answer: -EFAULT,
    what: 'nothing is mapped under the slot',
    possible: (request, call, evidence) =>
      request.page !== 'gicv' && everWasUnder(evidence, call, slotOf(request), nothing, true),
    certain: (request, call, evidence) =>
      request.page !== 'gicv' && !everWasUnder(evidence, call, slotOf(request), nothing, false),
  },
  {
    answer: -EFAULT,
    what: 'the guest writes what the VMM may not write',
    possible: (request, call, evidence) =>
      request.page !== 'gicv' &&
      request.access === 'write' &&
      everWasUnder(evidence, call, slotOf(request), readOnly, true),
    certain: (request, call, evidence) =>
      request.page !== 'gicv' &&
      request.access === 'write' &&
      !everWasUnder(evidence, call, slotOf(request), readOnly, false),
  },
  {
    answer: -EFAULT,
    what: 'memory of the vfio-pci device is disabled',
    possible: (request, call, evidence) =>
      request.page !== 'gicv' &&
      everWasUnder(evidence, call, slotOf(request), vfioPci, true) &&
      memoryEverWas(evidence, call, false),
    certain: (request, call, evidence) =>
      request.page !== 'gicv' &&
      !everWasUnder(evidence, call, slotOf(request), vfioPci, false) &&
      !memoryEverWas(evidence, call, true),
  },
  {
    // hva_to_pfn() follows the PTE, lets the driver fault it in, and follows it once more, without a third try.
    answer: -EFAULT,
    what: 'vfio-pci takes its mappings away meanwhile',
    possible: (request, call, evidence, machine) =>
      request.page !== 'gicv' &&
      !evidence.fdBacked &&
      everWas(evidence, call, slotOf(request), vfioPci, true) &&
      zapOverlaps(machine, call),
    certain: () => false,
  },
  {
    // An alignment fault of stage 2, which KVM does not know.
    answer: -EFAULT,
    what: 'it is unaligned, and stage 2 makes Device of what is Normal at stage 1',
    possible: (request, call, evidence) =>
      request.unaligned &&
      !isDeviceAtStage1(request) &&
      entryEverWas(evidence, call, request.page, isDeviceEntry),
    certain: () => false,
  },
  {
    answer: -EFAULT,
    what: 'the VMM maps it cacheable, and the host would need cache maintenance for it',
    possible: (request, call, evidence) =>
      request.page !== 'gicv' && everWasUnder(evidence, call, slotOf(request), unsupported, true),
    certain: (request, call, evidence) =>
      request.page !== 'gicv' && !everWasUnder(evidence, call, slotOf(request), unsupported, false),
  },
  {
    // The type is that of the VMA that was looked up first, the page frame may be another one's.
    answer: -EFAULT,
    what: 'the VMM maps it otherwise than stage 2 would, and its driver does not allow that',
    possible: (request, call, evidence) =>
      request.page !== 'gicv' &&
      evidence.refusesMismatches &&
      everWasUnder(evidence, call, slotOf(request), mayMismatch, true) &&
      everWasUnder(evidence, call, slotOf(request), device, true),
    certain: (request, call, evidence) =>
      request.page !== 'gicv' &&
      evidence.refusesMismatches &&
      !everWasUnder(evidence, call, slotOf(request), mismatch, false),
  },
  {
    answer: EXIT_MMIO,
    what: 'no memory slot and no page of the GIC is there',
    possible: ({ page, access }, call, evidence) =>
      page === 'gicv' && access !== 'exec' && entryEverWas(evidence, call, page, isInvalid),
    certain: ({ page, access }, call, evidence) =>
      page === 'gicv' && access !== 'exec' && !entryEverWas(evidence, call, page, isValid),
  },
  {
    answer: INSTRUCTION_ABORT,
    what: 'an instruction is fetched from no memory',
    possible: (request, call, evidence) =>
      request.access === 'exec' &&
      (request.page === 'gicv' || everWasUnder(evidence, call, slotOf(request), notExecuted, true)),
    certain: (request, call, evidence) =>
      request.access === 'exec' &&
      (request.page === 'gicv' || !everWasUnder(evidence, call, slotOf(request), notExecuted, false)),
  },
  {
    answer: ALIGNMENT_FAULT,
    what: 'it is unaligned, and Device at stage 1',
    possible: (request) => request.unaligned && isDeviceAtStage1(request),
    certain: (request) => request.unaligned && isDeviceAtStage1(request),
  },
];

/** Source: kvm_arch_prepare_memory_region(), which is not asked where no flag changes. */
const SET_MEMSLOT: readonly Cause<OperationOf<'set_memslot'>>[] = [
  {
    answer: -EINVAL,
    what: 'dirty pages of VM_PFNMAP are not logged',
    possible: ({ slot, logging }, call, evidence) =>
      logging && everWasUnder(evidence, call, slot, pfnmap, true),
    certain: ({ slot, logging }, call, evidence) =>
      logging &&
      !everWasUnder(evidence, call, slot, pfnmap, false) &&
      !mayFindLogging(evidence, call, slot, logging),
  },
  {
    answer: -EINVAL,
    what: 'the VMM maps it cacheable, and the host would need cache maintenance for it',
    possible: ({ slot }, call, evidence) => everWasUnder(evidence, call, slot, unsupported, true),
    certain: ({ slot, logging }, call, evidence) =>
      !everWasUnder(evidence, call, slot, unsupported, false) &&
      !mayFindLogging(evidence, call, slot, logging),
  },
];

/** Source: mprotect(2). */
const MPROTECT: readonly Cause<OperationOf<'mprotect'>>[] = [
  {
    answer: -ENOMEM,
    what: 'nothing is mapped there',
    possible: ({ hva }, call, evidence) => everWas(evidence, call, hva, nothing, true),
    certain: ({ hva }, call, evidence) => !everWas(evidence, call, hva, nothing, false),
  },
];

/** Source: kvm_phys_addr_ioremap(). */
const MAP_GICV: readonly Cause<OperationOf<'map_gicv'>>[] = [
  {
    answer: -EPERM,
    what: 'KVM is protected, and leaves the tables of its guests to the hypervisor',
    possible: (_operation, _call, { facts }) => facts.pkvm,
    certain: (_operation, _call, { facts }) => facts.pkvm,
  },
];

/** Source: what a file answers to an ioctl that it does not know. */
const ALLOW_NC: readonly Cause<OperationOf<'allow_nc'>>[] = [
  {
    answer: -ENOTTY,
    what: 'there is no such ioctl',
    possible: (_operation, _call, { hasOptIn }) => !hasOptIn,
    certain: (_operation, _call, { hasOptIn }) => !hasOptIn,
  },
];

/** Source: stage2_set_prot_attr(). What it has to refuse is for the claims about the encoder to say. */
const SET_PROT_ATTR: readonly Cause<OperationOf<'set_prot_attr'>>[] = [
  {
    answer: -EINVAL,
    what: 'device memory is not executable',
    possible: ({ prot }, _call, { hasNormalNc }) =>
      prot.exec && (prot.device || (prot.normalNc && hasNormalNc)),
    certain: () => false,
  },
  {
    answer: -EINVAL,
    what: 'an entry has one type',
    possible: ({ prot }, _call, { hasNormalNc }) => prot.device && prot.normalNc && hasNormalNc,
    certain: () => false,
  },
];

/** Those with none always succeed: they have no argument that could be wrong, nor run out of memory here. */
const CAUSES: { readonly [K in Kind]: readonly Cause<OperationOf<K>>[] } = {
  guest_access: GUEST_ACCESS,
  mmap: [],
  munmap: [],
  mprotect: MPROTECT,
  memory_disable: [],
  memory_enable: [],
  reset: [],
  allow_nc: ALLOW_NC,
  set_memslot: SET_MEMSLOT,
  set_prot_attr: SET_PROT_ATTR,
  map_gicv: MAP_GICV,
  host_mmio: [],
};

/** All that the kind of operation knows. */
export const causesOf = ({ kind }: MemAttrOperation): readonly Cause<MemAttrOperation>[] => CAUSES[kind];
