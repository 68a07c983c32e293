/** Claims about user_mem_abort() as a whole: S2-I12, S2-I13 and S2-I15 of models/s2-memattr/README.md. */
import { describeReturn } from '../../harness/machine/errno.ts';
import type { Property, Report } from '../../harness/model/property.ts';
import { leafLine, mappingName } from './describe.ts';
import type { Evidence, LeafChange, Stage2Fault } from './evidence.ts';

export const barFaultSucceedsWithoutFwb: Property<Evidence> = {
  id: 'bar-fault-succeeds-without-fwb',
  claim: 'on a host without FWB the guest can access a vfio-pci BAR: its stage-2 fault does not fail KVM_RUN',
  source: {
    status: 'posted',
    messageId: 'af13ed63dc9a4f26a6c958ebfa77d78a@huawei.com',
    note: 'Shameer Kolothum on v1 1/2: it breaks the assignment of a network device there',
    invariant: 'S2-I12',
  },
  check({ evidence: { facts, stage2Faults } }, report) {
    if (facts.fwb) return false;
    let exercised = false;
    for (const { sampled, supplier, access, ret, step, thread } of stage2Faults) {
      // A fault that got no page frame says nothing: memory may be disabled, or the VMA not writable.
      if (sampled === null || sampled !== supplier || sampled.backing !== 'pci') continue;
      // An instruction fetch is refused everywhere.
      if (access === 'exec' || ret === null) continue;
      exercised = true;
      if (ret >= 0) continue;
      report('bar-fault-fails', step, () => ({
        message: `${thread.name} ${access === 'write' ? 'writes to' : 'reads from'} a BAR, and KVM_RUN fails.`,
        expected: ['user_mem_abort returns 0'],
        actual: [`user_mem_abort returns ${describeReturn(ret)}`],
      }));
    }
    return exercised;
  },
};

export const vmaNotUsedAfterUnlock: Property<Evidence> = {
  id: 'vma-not-used-after-unlock',
  claim: 'user_mem_abort() never looks at a VMA after mmap_read_unlock()',
  source: {
    status: 'posted',
    date: '2023-12-08',
    messageId: '20231208164709.23101-3-ankita@nvidia.com',
    note: 'why v3 samples the flag before the unlock, above a comment that was there',
    invariant: 'S2-I13',
  },
  check({ evidence: { stage2Faults } }, report) {
    let exercised = false;
    for (const { sampled, vmaUsedAfterUnlock, step, thread } of stage2Faults) {
      if (sampled === null) continue;
      exercised = true;
      if (!vmaUsedAfterUnlock) continue;
      report('vma-used-after-unlock', step, () => ({
        message: `${thread.name} goes back to the VMA of ${sampled.backing} at page ${sampled.hva}, which may be freed by then.`,
        expected: ['nothing read from the VMA after mmap_read_unlock()'],
        actual: ['the VMA read after mmap_read_unlock()'],
      }));
    }
    return exercised;
  },
};

function anyFlag({ mappings }: Evidence): boolean {
  for (const { flag } of mappings) if (flag) return true;
  return false;
}

function judgeMap(change: LeafChange, cacheDic: boolean, report: Report): void {
  const { after, fault, step, thread } = change;
  if (after === null) return;
  const attr = after.devicePfn ? 'device-nGnRE' : 'normal';
  // GICV comes without a fault, and is never executable.
  const exec = fault !== null && !after.devicePfn && (fault.access === 'exec' || cacheDic);
  if (after.attr !== attr) {
    report('other-memory-type', step, () => ({
      message: `${thread.name} maps ${after.pageFrame}, and no VMA has the flag.`,
      expected: [leafLine({ ...after, attr })],
      actual: [leafLine(after)],
    }));
  }
  if (after.exec !== exec) {
    report('other-execute-permission', step, () => ({
      message: `${thread.name} maps ${after.pageFrame}, and no VMA has the flag.`,
      expected: [leafLine({ ...after, exec })],
      actual: [leafLine(after)],
    }));
  }
}

/** A fault that has its page frame ends well, but for an instruction fetch from a device. */
function judgeEnd(fault: Stage2Fault, report: Report): boolean {
  const { supplier, devicePfn, access, ret, step, thread } = fault;
  if (supplier === null || ret === null) return false;
  const refused = devicePfn && access === 'exec';
  if (ret < 0 === refused) return true;
  report('other-end-of-fault', step, () => ({
    message: `${thread.name} has a fault on ${mappingName(supplier)} that ends otherwise than before the series.`,
    expected: [`user_mem_abort returns ${refused ? 'an error' : '0'}`],
    actual: [`user_mem_abort returns ${describeReturn(ret)}`],
  }));
  return true;
}

/**
 * The twin of each execution without flags would be one of the kernel before the series. What that does with a page
 * frame and an access is little enough to be said here, so that one execution suffices.
 */
export const unflaggedBehavesAsBefore: Property<Evidence> = {
  id: 'unflagged-behaves-as-before',
  claim:
    'where no VMA has the flag, memory types, execute permissions and ends of faults are those of before the series',
  source: {
    status: 'inferred',
    note: 'the flag is the only door that the merged series opens',
    invariant: 'S2-I15',
  },
  check({ evidence }, report) {
    if (anyFlag(evidence)) return false;
    let exercised = false;
    for (const change of evidence.leafChanges) {
      if (change.kind !== 'map') continue;
      exercised = true;
      judgeMap(change, evidence.facts.cacheDic, report);
    }
    for (const fault of evidence.stage2Faults) {
      if (judgeEnd(fault, report)) exercised = true;
    }
    return exercised;
  },
};
