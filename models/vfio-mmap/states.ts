/** The states of the series, in the order of its history, and the mutants after them. */
import type { Patch } from '../../harness/model/patch.ts';
import type { StateSpec } from '../../harness/model/series.ts';
import type { VfioKernel } from './kernel.ts';
import { implementHugeFault, insertFullVma, io64, useUnmapMappingRange } from './patches/fault-fix.ts';
import { mmioFaultHandling } from './patches/mmio-fault.ts';
import * as mutants from './patches/mutants.ts';
import { countGuardPage, tolerateOversizedBars } from './patches/oversized-bars.ts';
import { introduceNonMappableBars, supportMmap } from './patches/v7.ts';
import { enableVfioPciMmap, removeVfioPciMmap } from './patches/vfio-pci-mmap.ts';
import { failForeignWrites } from './patches/write-errno.ts';

const v1Date = { status: 'posted', date: '2024-05-21' } as const;
const v2Date = { status: 'posted', date: '2024-05-23' } as const;
const v3Date = { status: 'posted', date: '2024-05-29' } as const;

const v1First = mmioFaultHandling({
  ...v1Date,
  messageId: '20240521-vfio_pci_mmap-v1-1-2f6315e0054e@linux.ibm.com',
});
const v3First = mmioFaultHandling({
  ...v3Date,
  messageId: '20240529-vfio_pci_mmap-v3-1-cd217d019218@linux.ibm.com',
});
const v7First = mmioFaultHandling({
  status: 'merged',
  date: 'v6.15',
  messageId: '20250226-vfio_pci_mmap-v7-1-c5c0f1d26efd@linux.ibm.com',
  commit: '41a0926e82f4',
});
/** The same in v1 to v3. */
const second = tolerateOversizedBars({
  ...v1Date,
  messageId: '20240521-vfio_pci_mmap-v1-2-2f6315e0054e@linux.ibm.com',
});
const v1Third = enableVfioPciMmap({
  ...v1Date,
  messageId: '20240521-vfio_pci_mmap-v1-3-2f6315e0054e@linux.ibm.com',
});
/** The same in v2 and v3. */
const v2Third = removeVfioPciMmap({ ...v2Date, note: 'patch 3/3 of v2, unchanged in v3' });

const v3 = [v3First, second, v2Third];
const v7 = [v7First, introduceNonMappableBars, supportMmap];

/** What v3's base lacked of v6.10. */
const faultFix = [useUnmapMappingRange, insertFullVma];
/** And what v6.14, the tree of v7, had besides. */
const treeOfV7 = [...faultFix, io64, implementHugeFault];

const mutantOf = (patch: Patch<VfioKernel>): StateSpec<VfioKernel> => ({
  id: `v3+${patch.id}`,
  source: patch.source,
  about: `v3 with a known wrong change: ${patch.subject}.`,
  patches: v3,
  extras: [patch],
});

const mutantOfV7 = (patch: Patch<VfioKernel>): StateSpec<VfioKernel> => ({
  id: `v7+${patch.id}`,
  source: patch.source,
  about: `v7 with a known wrong change: ${patch.subject}.`,
  prerequisites: treeOfV7,
  patches: v7,
  extras: [patch],
});

export const states: readonly StateSpec<VfioKernel>[] = [
  {
    id: 'pre',
    aliases: ['base'],
    source: { status: 'merged', date: 'v6.10-rc1' },
    about: 'Before the removal of VFIO_PCI_MMAP: on s390 no BAR can be mapped through vfio.',
    patches: [],
  },
  {
    id: 'v1',
    source: { ...v1Date, messageId: '20240521-vfio_pci_mmap-v1-1-2f6315e0054e@linux.ibm.com' },
    about: 'VFIO_PCI_MMAP on for s390 too; the system calls fault pages in; oversized BARs stay unmapped.',
    patches: [v1First, second, v1Third],
  },
  {
    id: 'v2',
    source: {
      ...v2Date,
      messageId: '20240523-vfio_pci_mmap-v2-0-0dc6c139a4f1@linux.ibm.com',
    },
    about: 'v1 with the option removed in the place of being enabled.',
    patches: [v1First, second, v2Third],
  },
  {
    id: 'v3',
    source: {
      ...v3Date,
      messageId: '20240529-vfio_pci_mmap-v3-0-cd217d019218@linux.ibm.com',
    },
    about:
      'v2 on v6.10-rc1. Never merged: its second patch broke the powerpc build, and v4 went another way.',
    patches: v3,
  },
  {
    id: 'v3+fault-fix',
    source: {
      status: 'inferred',
      date: '2024-06-26',
      note: 'v3 on a tree with aac6db75a9fc and d71a989cf5d9, which is what v4 was rebased onto',
    },
    about: 'v3 on v6.10, whose vfio neither changes VMA flags in a fault nor keeps a list of VMAs.',
    prerequisites: faultFix,
    patches: v3,
  },
  {
    id: 'v3+guard-page',
    source: countGuardPage.source,
    about: 'v3 with a size test that counts the guard page of a mapping.',
    patches: v3,
    extras: [countGuardPage],
  },
  {
    id: 'v7',
    aliases: ['mainline', 'post'],
    source: {
      status: 'merged',
      date: 'v6.15',
      commit: 'aa9f168d55dc',
      note: 'posted 2025-02-26; with 41a0926e82f4 and 888bd8322dfc',
    },
    about: 'After the removal of VFIO_PCI_MMAP: a flag of the device says that ISM is not to be mapped.',
    prerequisites: treeOfV7,
    patches: v7,
  },
  {
    id: 'v7+write-errno',
    source: failForeignWrites.source,
    about: 'v7 with a write system call that fails where it stores nothing.',
    prerequisites: treeOfV7,
    patches: v7,
    extras: [failForeignWrites],
  },
  mutantOf(mutants.accessAfterUnlock),
  mutantOf(mutants.dropMmapLock),
  mutantOf(mutants.retryForever),
  mutantOf(mutants.disableWithoutZap),
  mutantOf(mutants.unboundedLength),
  mutantOf(mutants.invertedSizeTest),
  mutantOf(mutants.leakMmapLock),
  mutantOf(mutants.memoryLockFirst),
  mutantOfV7(mutants.noIsmQuirk),
  mutantOfV7(mutants.lengthOffByOne),
  mutantOfV7(mutants.resetSaysDone),
  mutantOfV7(mutants.closeKeepsBars),
  mutantOfV7(mutants.removeWithoutWait),
  mutantOfV7(mutants.noResourceFiles),
];
