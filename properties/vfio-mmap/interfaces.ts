/** What vfio and its neighbours tell of a BAR: M14 of models/vfio-mmap/README.md. */
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Finding, Property } from '../../harness/model/property.ts';
import type { BarShape, Evidence, Interfaces } from './evidence.ts';

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

/** What the files of sysfs and procfs are for, where there are any. */
const isMemory = ({ type, size }: BarShape): boolean => type === 'mem' && size > 0;

export const neighboursAnswerByTheBar: Property<Evidence> = {
  id: 'neighbours-answer-by-the-bar',
  claim:
    'sysfs and procfs map each memory BAR of a function that is not excluded, and nothing else; s390 has no such procfs',
  source: {
    status: 'inferred',
    note: 'pci_create_attr() and proc_bus_pci_mmap(); s390 never had HAVE_PCI_MMAP, and resource files from aa9f168d55dc (v6.15) on',
  },
  check({ evidence }, report) {
    const { arch, bars, ism } = evidence.facts;
    for (const { bar, step, interfaces } of evidence.regionInfos) {
      const expected = isMemory(bars[bar]!) && !(ism && evidence.exclusion === 'device');
      const { sysfs, procfs } = interfaces;
      if (sysfs !== expected && !(arch === 's390' && sysfs === null)) {
        report('sysfs-differs', step, () => wrongAnswer(bar, 'sysfs ', expected, interfaces));
      }
      if (procfs !== (arch === 's390' ? null : expected)) {
        report('procfs-differs', step, () =>
          wrongAnswer(bar, 'procfs', arch === 's390' ? null : expected, interfaces),
        );
      }
    }
    return evidence.regionInfos.length > 0;
  },
};

export const s390HasResourceFiles: Property<Evidence> = {
  id: 's390-has-resource-files',
  claim: 'on s390 sysfs has resource files, too',
  source: {
    status: 'merged',
    date: 'v6.15',
    commit: 'aa9f168d55dc',
    note: '3/3 of v7: ARCH_GENERIC_PCI_MMAP_RESOURCE',
  },
  requires: ['s390-resource-files'],
  check({ evidence }, report) {
    if (evidence.facts.arch !== 's390') return false;
    for (const { bar, step, interfaces } of evidence.regionInfos) {
      if (interfaces.sysfs !== null) continue;
      report('no-file', step, () =>
        wrongAnswer(bar, 'sysfs ', isMemory(evidence.facts.bars[bar]!) && !evidence.facts.ism, interfaces),
      );
    }
    return evidence.regionInfos.length > 0;
  },
};

const wrongAnswer = (
  bar: number,
  who: string,
  expected: boolean | null,
  interfaces: Interfaces,
): Finding => ({
  message: `Whether user space can map BAR ${bar} by way of ${who.trim()} is not what it ought to be.`,
  expected: [line(who, expected)],
  actual: answers(interfaces),
});

const line = (name: string, mappable: boolean | null): string =>
  `${name} ${mappable === null ? 'does not exist here' : mappable ? 'maps it' : 'does not map it'}`;

function answers({ vfio, sysfs, procfs }: Interfaces): string[] {
  return [line('vfio  ', vfio), line('sysfs ', sysfs), line('procfs', procfs)];
}
