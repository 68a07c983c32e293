/** What no execution decides: M8 of models/vfio-mmap/README.md. */
import type { StateClaim } from '../../harness/model/state-claim.ts';
import type { BuildFacts } from './evidence.ts';

export const everyPrefixBuilds: StateClaim<BuildFacts> = {
  id: 'every-prefix-builds',
  claim: 'the kernel builds on every architecture, whichever patches of the series are applied',
  source: {
    status: 'posted',
    messageId: '20240618095134.41478bbf.alex.williamson@redhat.com',
    note: 'Alex Williamson 2024-06-18: vfio-pci-core does not link on powerpc',
    invariant: 'M8',
  },
  check({ buildFailures }, report) {
    for (const { arch, config, error, source } of buildFailures) {
      report(`fails-on-${arch}`, {
        message: `The build for ${arch} fails${config === '' ? '' : ` with ${config}`}: ${error}.`,
        expected: [`${arch} builds`],
        actual: [error],
        source,
      });
    }
  },
};
