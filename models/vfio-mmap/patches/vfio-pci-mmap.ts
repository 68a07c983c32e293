import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { VfioKernel } from '../kernel.ts';

/** Patch 3/3 of v1: the option stays, and is on everywhere. */
export const enableVfioPciMmap = (source: Source): Patch<VfioKernel> => ({
  id: '3/3',
  subject: 'vfio/pci: Enable VFIO_PCI_MMAP for s390',
  source,
  apply: (kernel) => ({ ...kernel, CONFIG_VFIO_PCI_MMAP: () => true }),
});

/** Patch 3/3 of v2 and v3: the option goes, and the test for it (Jason Gunthorpe, 2024-05-22). */
export const removeVfioPciMmap = (source: Source): Patch<VfioKernel> => ({
  id: '3/3',
  subject: 'vfio/pci: Enable PCI resource mmap() on s390 and remove VFIO_PCI_MMAP',
  source,
  apply: ({ CONFIG_VFIO_PCI_MMAP: _, ...kernel }) => kernel,
});
