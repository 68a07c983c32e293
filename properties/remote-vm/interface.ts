/** What no execution decides: SVA-I16 of models/remote-vm/README.md, and what review said of exports (SVA-H1, H3). */
import type { StateClaim } from '../../harness/model/state-claim.ts';
import type { BuildFacts } from './evidence.ts';

export const stubReportsNothingCopied: StateClaim<BuildFacts> = {
  id: 'stub-reports-nothing-copied',
  claim: 'without CONFIG_IOMMU_SVA iommu_access_remote_vm copies nothing and returns 0',
  source: {
    status: 'posted',
    date: '2023-03-06',
    messageId: '20230306163138.587484-9-fenghua.yu@intel.com',
    note: 'unreachable for idxd, which selects IOMMU_SVA',
    invariant: 'SVA-I16',
  },
  check({ stub }, report) {
    if (stub === null || stub === 'returns 0') return;
    report('stub-claims-success', {
      message: 'Without CONFIG_IOMMU_SVA nothing can be copied, and the caller is told otherwise.',
      expected: ['returns 0'],
      actual: [stub],
      source: {
        status: 'mutant',
        note: 'the stub as posted returns 0',
      },
    });
  },
};

const RAW_ACCESS = 'access_remote_vm';

export const rawAccessIsNotExported: StateClaim<BuildFacts> = {
  id: 'raw-remote-access-is-not-exported',
  claim: 'access_remote_vm, whose callers must hold a reference to the mm, is not exported to modules',
  source: {
    status: 'posted',
    messageId: 'Y7RpuqbTAM11wVQG@lucifer',
    note: 'Lorenzo Stoakes on v1 9/17: it "relies on a reference count being held on the mm" (SVA-H1)',
  },
  check({ exportedSymbols }, report) {
    if (!exportedSymbols.includes(RAW_ACCESS)) return;
    report('exported', {
      message: 'A module can call it with an mm that it holds no reference to.',
      expected: [`${RAW_ACCESS} is not exported`],
      actual: [`EXPORT_SYMBOL_GPL(${RAW_ACCESS})`],
      source: {
        status: 'posted',
        date: '2023-01-03',
        messageId: '20230103163505.1569356-10-fenghua.yu@intel.com',
      },
    });
  },
};

export const doesWithoutIommuSvaFind: StateClaim<BuildFacts> = {
  id: 'does-without-iommu-sva-find',
  claim: 'nothing calls iommu_sva_find, which Linux removes in the same cycle',
  source: {
    status: 'merged',
    date: 'v6.4',
    commit: '2bef9ba8aefc',
    note: 'Jean-Philippe Brucker on v2 8/16: finding an mm by PASID is being removed (SVA-H3)',
  },
  check({ callsIommuSvaFind }, report) {
    if (!callsIommuSvaFind) return;
    report('needs-global-lookup', {
      message: 'The look-up by PASID goes away under it.',
      expected: ['the driver keeps track of its PASIDs and address spaces'],
      actual: ['calls iommu_sva_find()'],
      source: {
        status: 'posted',
        messageId: '20230322200803.869130-4-jacob.jun.pan@linux.intel.com',
      },
    });
  },
};
