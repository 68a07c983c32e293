import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { VfioKernel } from '../kernel.ts';
import { PAGE_SIZE } from '../layout.ts';

/**
 * Patch 2/3 of v1 to v3, right at the test for size 0 and on every architecture. It never reached Linux: on powerpc
 * IOREMAP_END is __kernel_io_end, which modules cannot link to.
 */
export const tolerateOversizedBars = (source: Source): Patch<VfioKernel> => ({
  id: '2/3',
  subject: 'vfio/pci: Tolerate oversized BARs by disallowing mmap',
  source,
  apply: (kernel) => ({
    ...kernel,
    resource_exceeds_ioremap: ({ ioremapArea }, size) => size > ioremapArea,
    exclusion: 'size',
    buildFailures: [
      ...kernel.buildFailures,
      {
        arch: 'powerpc',
        config: 'CONFIG_VFIO_PCI_CORE=m',
        error: 'modpost: __kernel_io_end, which IOREMAP_END stands for, is not exported to vfio-pci-core',
        source: {
          status: 'posted',
          date: '2024-06-18',
          messageId: '20240618095134.41478bbf.alex.williamson@redhat.com',
          note: 'Alex Williamson',
        },
      },
    ],
  }),
});

/** Nobody posted it: the size test with the guard page that a mapping needs besides. */
export const countGuardPage: Patch<VfioKernel> = {
  id: 'guard-page',
  subject: 'vfio/pci: count the guard page when a BAR is compared with the ioremap area',
  source: {
    status: 'inferred',
    note: 'the failed allocation in the cover letter is of 2^48 bytes and a page',
  },
  requires: ['2/3'],
  apply: (kernel) => ({
    ...kernel,
    resource_exceeds_ioremap: ({ ioremapArea }, size) => size + PAGE_SIZE > ioremapArea,
  }),
};
