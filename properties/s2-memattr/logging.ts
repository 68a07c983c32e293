/** What dirty logging is for, and what it is not: S2-H19 of models/s2-memattr/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { leafLine } from './describe.ts';
import type { Evidence } from './evidence.ts';

/**
 * Goes by the flags that a fault found with srcu held, and by the entry that was write-protected: never by whether the
 * BAR or the flags of the slot came first.
 */
export const loggedSlotNeverMapsDevice: Property<Evidence> = {
  id: 'logged-slot-never-maps-device',
  claim:
    'what is refused when flags of a slot are set does not come about later: where dirty pages are logged no stage-2 fault maps a device page frame, and none is write-protected for it',
  source: {
    status: 'inferred',
    note: 'kvm_arch_prepare_memory_region() refuses KVM_MEM_LOG_DIRTY_PAGES over VM_PFNMAP, and nothing asks again',
    invariant: 'S2-H19',
  },
  check({ evidence: { leafChanges, stage2Faults } }, report) {
    let exercised = false;
    for (const { logging, supplier } of stage2Faults) {
      if (logging && supplier !== null) exercised = true;
    }
    for (const { kind, before, after, fault, page, step, thread } of leafChanges) {
      if (kind === 'protect') exercised = true;
      if (kind === 'map' && after?.devicePfn === true && fault?.logging === true) {
        report('device-mapped', step, () => ({
          message: `${thread.name} maps ${after.pageFrame} at ${page}, whose dirty pages are logged.`,
          expected: ['user_mem_abort returns an error'],
          actual: [`${leafLine(after)}${fault.dirtied ? ', marked dirty' : ''}`],
        }));
      }
      if (kind === 'protect' && before?.devicePfn === true) {
        report('device-write-protected', step, () => ({
          message: `${thread.name} has found memory under ${page}, and write-protects ${before.pageFrame}.`,
          expected: ['no entry of a device'],
          actual: [leafLine(before), ...(after === null ? [] : [leafLine(after)])],
        }));
      }
    }
    return exercised;
  },
};
