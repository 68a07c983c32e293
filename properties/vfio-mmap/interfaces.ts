/** What vfio and its neighbours tell of a BAR: M14 of models/vfio-mmap/README.md. */
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Property } from '../../harness/model/property.ts';
import type { Evidence, Interfaces } from './evidence.ts';

export const interfacesAgree: Property<Evidence> = {
  id: 'interfaces-agree-on-mappability',
  claim: 'whether a memory BAR of a page or more can be mapped is the same through vfio, sysfs and procfs',
  source: {
    status: 'merged',
    date: 'v6.15',
    commit: '888bd8322dfc',
    note: 'all three honour pdev->non_mappable_bars from v6 on. An interface that a kernel has not on an architecture (procfs on s390; sysfs there before v7) disagrees with nobody. Smaller BARs are left out: sysfs and procfs always mapped the page around them',
    invariant: 'M14',
  },
  check({ evidence }, report) {
    let exercised = false;
    for (const { bar, step, interfaces } of evidence.regionInfos) {
      const shape = evidence.facts.bars[bar];
      if (shape === undefined || shape.type !== 'mem' || shape.size < PAGE_SIZE) continue;
      const { vfio, sysfs, procfs } = interfaces;
      if (sysfs === null && procfs === null) continue;
      exercised = true;
      if ((sysfs ?? vfio) === vfio && (procfs ?? vfio) === vfio) continue;
      report('answers-differ', step, () => ({
        message: `Who may map BAR ${bar} depends on whom user space asks.`,
        expected: ['vfio, sysfs and procfs answer alike'],
        actual: answers(interfaces),
      }));
    }
    return exercised;
  },
};

function answers({ vfio, sysfs, procfs }: Interfaces): string[] {
  const line = (name: string, mappable: boolean | null) =>
    `${name} ${mappable === null ? 'does not exist here' : mappable ? 'maps it' : 'does not map it'}`;
  return [line('vfio  ', vfio), line('sysfs ', sysfs), line('procfs', procfs)];
}
