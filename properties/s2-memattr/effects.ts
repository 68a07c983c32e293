/** The claim that a call which succeeds did what it is for, all of it and once, and that one which fails did none of it. */
import type { Call } from '../../harness/machine/thread.ts';
import type { Property, Report } from '../../harness/model/property.ts';
import { answerName, operationOf, protName } from './describe.ts';
import type { Evidence, Leaf, MemAttrOperation, Prot } from './evidence.ts';
import { entryEverWas, everWas, loggingEverWas, type PageTest } from './timeline.ts';

/** How often a list has something of a call. */
function countOf(list: readonly { readonly call: Call }[], call: Call): number {
  let count = 0;
  for (const one of list) if (one.call === call) count++;
  return count;
}

const unmapped: PageTest = (mapping) => mapping === null;
const mappedWritable: PageTest = (mapping, writable) => mapping !== null && writable;
const mappedReadOnly: PageTest = (mapping, writable) => mapping !== null && !writable;
const mapsGicv = (leaf: Leaf | null): boolean =>
  leaf !== null && leaf.pageFrame === 'GICV' && leaf.read && leaf.write;

const sameProt = (a: Prot, b: Prot): boolean =>
  a.read === b.read &&
  a.write === b.write &&
  a.exec === b.exec &&
  a.device === b.device &&
  a.normalNc === b.normalNc;

/** How often the guest's instruction was carried out. */
function arrivals({ guestAccesses }: Evidence, call: Call): number {
  let count = 0;
  for (const access of guestAccesses) if (access.call === call && access.done) count++;
  return count;
}

/** What mmap(2) leaves behind is what was asked for. */
function isMapped(
  { vmaChanges }: Evidence,
  call: Call,
  { hva, backing, writable }: MemAttrOperation & { readonly kind: 'mmap' },
): boolean {
  for (const { call: by, hva: at, mapping, writable: canWrite } of vmaChanges) {
    if (by === call) return at === hva && mapping?.backing === backing && canWrite === writable;
  }
  return false;
}

function isEncoded({ encodings }: Evidence, call: Call, caller: string, prot: Prot): boolean {
  for (const one of encodings) {
    if (one.call === call) return one.caller === caller && sameProt(one.prot, prot);
  }
  return false;
}

function isReset(
  { resets }: Evidence,
  call: Call,
  { device }: MemAttrOperation & { readonly kind: 'reset' },
): boolean {
  for (const one of resets) if (one.call === call) return one.device === device;
  return false;
}

function isWritten({ commandWrites }: Evidence, call: Call, enable: boolean): boolean {
  for (const one of commandWrites) if (one.call === call) return one.enable === enable;
  return false;
}

/** PKVM_HOST_MMIO_PROT: what Device it is stage 1 of the host says. */
const HOST_MMIO: Prot = { read: true, write: true, exec: false, device: false, normalNc: false };

/** What is missing of what the call, which has succeeded, is for; null if nothing is. */
function missing(operation: MemAttrOperation, call: Call, evidence: Evidence): string | null {
  switch (operation.kind) {
    case 'guest_access':
      return arrivals(evidence, call) === 1 ? null : 'one access of that page';
    case 'mmap':
      return countOf(evidence.vmaChanges, call) === 1 && isMapped(evidence, call, operation)
        ? null
        : 'one VMA as it was asked for';
    case 'munmap':
      return everWas(evidence, call, operation.hva, unmapped, true) ? null : 'no VMA at that page';
    case 'mprotect':
      return everWas(
        evidence,
        call,
        operation.hva,
        operation.writable ? mappedWritable : mappedReadOnly,
        true,
      )
        ? null
        : 'a VMA with that protection';
    case 'memory_disable':
    case 'memory_enable':
      return countOf(evidence.commandWrites, call) === 1 &&
        isWritten(evidence, call, operation.kind === 'memory_enable')
        ? null
        : 'one write of PCI_COMMAND_MEMORY';
    case 'reset':
      return countOf(evidence.resets, call) === 1 && isReset(evidence, call, operation)
        ? null
        : 'one reset of that device';
    case 'allow_nc':
      return evidence.optIns.includes(call) ? null : 'Normal-NC allowed';
    case 'set_memslot':
      return loggingEverWas(evidence, call, operation.slot, operation.logging)
        ? null
        : 'the slot with those flags';
    case 'set_prot_attr':
      return countOf(evidence.encodings, call) === 1 && isEncoded(evidence, call, 'direct', operation.prot)
        ? null
        : `${protName(operation.prot)} encoded once`;
    case 'map_gicv':
      return entryEverWas(evidence, call, 'gicv', mapsGicv) ? null : 'GICV mapped for reading and writing';
    case 'host_mmio':
      if (!evidence.facts.pkvm) return countOf(evidence.encodings, call) === 0 ? null : 'nothing encoded';
      return countOf(evidence.encodings, call) === 1 && isEncoded(evidence, call, 'host stage 2', HOST_MMIO)
        ? null
        : `${protName(HOST_MMIO)} encoded once`;
    default:
      return operation satisfies never;
  }
}

/** Whether a call that has failed has done what it is for all the same. */
function didSomething({ kind }: MemAttrOperation, call: Call, evidence: Evidence): boolean {
  switch (kind) {
    case 'guest_access':
      return arrivals(evidence, call) > 0;
    case 'mmap':
    case 'munmap':
    case 'mprotect':
      return countOf(evidence.vmaChanges, call) > 0;
    case 'memory_disable':
    case 'memory_enable':
      return countOf(evidence.commandWrites, call) > 0;
    case 'reset':
      return countOf(evidence.resets, call) > 0;
    case 'allow_nc':
      return evidence.optIns.includes(call);
    case 'set_memslot':
      return countOf(evidence.slotChanges, call) > 0;
    case 'map_gicv':
      return countOf(evidence.leafChanges, call) > 0;
    case 'set_prot_attr':
    case 'host_mmio':
      // What is encoded and refused is for the claims about the encoder.
      return false;
    default:
      return kind satisfies never;
  }
}

export const successHasEffect: Property<Evidence> = {
  id: 'success-has-its-effect',
  claim:
    'a call that succeeds did what it is for, all of it and once, and one that fails none of it; with a BAR of vfio-pci reset, the guest has no entry of it',
  source: {
    status: 'inferred',
    note: 'from what each call is documented to do; resets take mappings away since abafbc551fdd (v5.8)',
  },
  check({ machine, evidence }, report) {
    for (const call of machine.returned) judge(call, evidence, report);
    for (const { mapped, step, thread } of evidence.resets) {
      if (mapped.length === 0) continue;
      report('reset-while-mapped', step, () => ({
        message: `${thread.name} resets the function while the guest can reach its BAR.`,
        expected: ['no stage-2 entry of a mapping of vfio-pci'],
        actual: mapped.map((page) => `${page} maps it`),
      }));
    }
    return machine.returned.length > 0;
  },
};

function judge(call: Call, evidence: Evidence, report: Report): void {
  const { ret, returned, thread, work } = call;
  const operation = operationOf(call);
  if (ret === 0) {
    const lacking = missing(operation, call, evidence);
    if (lacking === null) return;
    report(`${operation.kind}-succeeds-without-effect`, returned, () => ({
      message: `${work.name} of ${thread.name} succeeds, and has not done what it is for.`,
      expected: [lacking],
      actual: ['none, or another, or more than one'],
    }));
  } else if (ret !== null && didSomething(operation, call, evidence)) {
    report(`${operation.kind}-fails-with-effect`, returned, () => ({
      message: `${work.name} of ${thread.name} comes back with ${answerName(ret)}, and has done something all the same.`,
      expected: ['nothing done'],
      actual: ['done what success would have done'],
    }));
  }
}
