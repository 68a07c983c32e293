/** Claims about the life of a stage-2 entry: S2-I6 and S2-I9 to S2-I11 of models/s2-memattr/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { leafLine, mappingName, mayBeCacheable, operationOf, supplierOf } from './describe.ts';
import type { Evidence, GuestPage, MemAttr } from './evidence.ts';

const PAGES: readonly GuestPage[] = ['slot0', 'slot1', 'gicv'];

/** Which page of user space is under a guest page. */
const hvaOf = (page: GuestPage): number => PAGES.indexOf(page);

export const deviceNeverExecutable: Property<Evidence> = {
  id: 'device-never-executable',
  claim:
    'no stage-2 entry of a device page frame is executable, but where it may be cacheable (device-never-mapped-cacheable)',
  source: {
    status: 'inferred',
    note: 'user_mem_abort() answers an instruction fetch from a device page frame with -ENOEXEC',
    invariant: 'S2-I6',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const { devicePfn, access, supplier } of evidence.stage2Faults) {
      if (supplier !== null && devicePfn && access === 'exec') exercised = true;
    }
    for (const { after, step, thread } of evidence.leafChanges) {
      if (after === null || !after.devicePfn) continue;
      exercised = true;
      if (!after.exec || mayBeCacheable(after, evidence)) continue;
      report('device-mapped-executable', step, () => ({
        message: `${thread.name} lets the guest execute from ${after.pageFrame}.`,
        expected: [leafLine({ ...after, exec: false })],
        actual: [leafLine(after)],
      }));
    }
    return exercised;
  },
};

export const permissionFaultKeepsType: Property<Evidence> = {
  id: 'permission-fault-keeps-memory-type',
  claim: 'a permission fault never changes the memory type of a valid stage-2 entry',
  source: {
    status: 'inferred',
    note: 'kvm_pgtable_stage2_relax_perms() looks at read, write and execute only',
    invariant: 'S2-I9',
  },
  check({ evidence: { leafChanges, stage2Faults } }, report) {
    let exercised = false;
    for (const { kind, prot } of stage2Faults) {
      if (kind === 'permission' && prot !== null) exercised = true;
    }
    for (const { before, after, fault, step, thread } of leafChanges) {
      if (fault?.kind !== 'permission' || before === null || after === null) continue;
      if (before.attr === after.attr) continue;
      report('type-changed-by-permission-fault', step, () => ({
        message: `${thread.name} had a permission fault, and comes back with another memory type.`,
        expected: [leafLine({ ...after, attr: before.attr })],
        actual: [leafLine(after)],
      }));
    }
    return exercised;
  },
};

export const typeChangesThroughInvalid: Property<Evidence> = {
  id: 'memory-type-changes-through-invalid',
  claim:
    'between two memory types of one stage-2 entry there is an invalid entry, and the TLB is told (break before make)',
  source: {
    status: 'inferred',
    note: 'demanded by the Arm architecture; stage2_try_break_pte()',
    invariant: 'S2-I10',
  },
  check({ evidence: { leafChanges } }, report) {
    let exercised = false;
    for (const page of PAGES) {
      let last: MemAttr | null = null;
      let told = true;
      for (const change of leafChanges) {
        if (change.page !== page) continue;
        const { before, after, tlbi, step, thread } = change;
        if (after === null) {
          if (before === null) continue;
          last = before.attr;
          told = tlbi;
          continue;
        }
        const previous: MemAttr | null = before === null ? last : before.attr;
        if (previous !== null && previous !== after.attr) {
          exercised = true;
          if (before !== null || !told) {
            report(before === null ? 'tlb-not-told' : 'changed-while-valid', step, () => ({
              message: `${thread.name} changes the memory type of ${page}, and other CPUs may still go by the old one.`,
              expected: [previous, 'invalid, TLB invalidated', after.attr],
              actual: before === null ? [previous, 'invalid', after.attr] : [previous, after.attr],
            }));
          }
        }
        last = after.attr;
        told = true;
      }
    }
    return exercised;
  },
};

export const guestNeverUsesGoneMapping: Property<Evidence> = {
  id: 'guest-never-uses-gone-mapping',
  claim:
    'once the MMU notifier is through, no access of the guest goes by a mapping that was replaced or unmapped, nor through vfio-pci to a BAR whose memory is disabled',
  source: {
    status: 'inferred',
    note: 'mmu_invalidate_retry() is for that',
    invariant: 'S2-I11',
  },
  check({ machine, evidence }, report) {
    let exercised = false;
    for (const { leaf, request, stale, memoryEnabled, step, thread } of evidence.guestAccesses) {
      const supplier = supplierOf(leaf);
      if (supplier === null) continue;
      const isBar = supplier.backing === 'pci';
      for (const { gone, hva } of evidence.mappings) {
        if (gone && hva === hvaOf(request.page)) exercised = true;
      }
      for (const call of machine.calls) {
        if (isBar && operationOf(call).kind === 'memory_disable') exercised = true;
      }
      if (stale) {
        report('gone-mapping-used', step, () => ({
          message: `${thread.name} accesses ${request.page} by a stage-2 entry that outlived its mapping.`,
          expected: ['a stage-2 fault'],
          actual: [`${request.access} of ${leafLine(leaf)}, from ${mappingName(supplier)}, which is gone`],
        }));
      }
      if (isBar && !memoryEnabled) {
        report('disabled-memory-used', step, () => ({
          message: `${thread.name} accesses ${request.page} although vfio-pci has taken the BAR away.`,
          expected: ['a stage-2 fault'],
          actual: [`${request.access} of ${leafLine(leaf)}, with PCI_COMMAND_MEMORY clear`],
        }));
      }
    }
    return exercised;
  },
};
