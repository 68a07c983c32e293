import type { Patch } from '../../../harness/model/patch.ts';
import type { Source } from '../../../harness/model/source.ts';
import type { VfioKernel } from '../kernel.ts';

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
