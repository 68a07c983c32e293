/** v7 as posted 2025-02-26 and merged through the PCI tree in v6.15-rc1. */
import type { Patch } from '../../../harness/model/patch.ts';
import type { VfioFacts } from '../../../properties/vfio-mmap/evidence.ts';
import type { VfioKernel } from '../kernel.ts';
import { isMemory } from '../probe.ts';

type Interface = VfioKernel['pci_mmap_resource'];

/** An interface that looks at pdev->non_mappable_bars of the kernel it is part of. */
const unlessFlagged =
  (isFlagged: (facts: VfioFacts) => boolean, before: Interface): Interface =>
  (facts, bar) => {
    const mappable = before(facts, bar);
    return mappable === null ? null : mappable && !isFlagged(facts);
  };

const onS390 = ({ arch }: VfioFacts): boolean => arch === 's390';
const onIsm = ({ ism }: VfioFacts): boolean => ism;

/** 2/3: the flag, set for each function of s390 for now, so that nothing changes there. The option goes. */
export const introduceNonMappableBars: Patch<VfioKernel> = {
  id: '2/3',
  subject: 's390/pci: Introduce pdev->non_mappable_bars and replace VFIO_PCI_MMAP',
  source: {
    status: 'merged',
    date: 'v6.15',
    messageId: '20250226-vfio_pci_mmap-v7-2-c5c0f1d26efd@linux.ibm.com',
    commit: '888bd8322dfc',
  },
  apply: ({ CONFIG_VFIO_PCI_MMAP: _, ...kernel }) => ({
    ...kernel,
    non_mappable_bars: onS390,
    pci_mmap_resource: unlessFlagged(onS390, kernel.pci_mmap_resource),
    proc_bus_pci_mmap: unlessFlagged(onS390, kernel.proc_bus_pci_mmap),
    exclusion: 'device',
  }),
};

/** 3/3: the flag for ISM functions only, by an early quirk, and resourceN files in sysfs on s390. */
export const supportMmap: Patch<VfioKernel> = {
  id: '3/3',
  subject: 's390/pci: Support mmap() of PCI resources except for ISM devices',
  source: {
    status: 'merged',
    date: 'v6.15',
    messageId: '20250226-vfio_pci_mmap-v7-3-c5c0f1d26efd@linux.ibm.com',
    commit: 'aa9f168d55dc',
  },
  requires: ['2/3'],
  apply: (kernel) => ({
    ...kernel,
    non_mappable_bars: onIsm,
    pci_mmap_resource: (facts, bar) =>
      onS390(facts) ? !onIsm(facts) && isMemory(facts.bars[bar]!) : kernel.pci_mmap_resource(facts, bar),
  }),
};
