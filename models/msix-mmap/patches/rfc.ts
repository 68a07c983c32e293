/**
 * The four RFC postings. Nobody could read their bodies: what they do is taken from the cover letter of rfc4 with its
 * changelog and diffstat, from the subjects, and from what came later in their place: what was merged, and what the
 * PowerKVM tree (open-power-host-os/linux on GitHub) carried under the same subjects.
 */
import type { Patch } from '../../../harness/model/patch.ts';
import { documenting, type MsixKernel } from '../kernel.ts';
import { ASSIGNED, VFIO_DEVICE_FLAGS_PCI_MSIX_MMAP, VFIO_DEVICE_FLAGS_PCI_PAGE_ALIGNED } from '../layout.ts';
import { barName, pagesOf } from '../pci.ts';
import { overlaps } from '../resources.ts';
import { configEeh, configEehAndMsix, hostBridge } from './gates.ts';
import { wholePages } from './mainline.ts';

const inferred = (date: string, note: string) => ({ status: 'inferred', date, note }) as const;

/** Arch code of PowerNV aligns; a BAR that it could not move counts as aligned like the others. */
const archAligns: NonNullable<MsixKernel['pageAlignment']> = ({ arch }) =>
  arch === 'powernv' ? 'arch' : null;

/** All or nothing: the size rule goes where alignment is in force, and no BAR is looked at. */
const trustAlignment: MsixKernel['mayMapBar'] = function* (t, w, bar) {
  const { size } = w.bars[bar]!;
  const mmapable = size >= w.settings.pageSize || (w.kernel.pageAlignment?.(w.settings) ?? null) !== null;
  w.decide(t.call!, bar, mmapable, null);
  return mmapable;
};

/** rfc1, as one patch. */
export const rfc1: Patch<MsixKernel> = {
  id: 'rfc1',
  subject: 'all of RFC v1, in our words: arch code of PowerNV aligns BARs, two device flags, CONFIG_EEH',
  source: inferred('2015-12', 'posted, body not read: from the changelog of rfc4'),
  apply: (kernel) => ({
    ...kernel,
    pageAlignment: archAligns,
    mayMapBar: trustAlignment,
    physLen: wholePages,
    msixGate: configEeh,
    deviceFlags: (settings) =>
      (archAligns(settings) === null ? 0 : VFIO_DEVICE_FLAGS_PCI_PAGE_ALIGNED) |
      (configEeh.allows(settings, kernel) ? VFIO_DEVICE_FLAGS_PCI_MSIX_MMAP : 0),
  }),
};

const pageAlignedParameter: NonNullable<MsixKernel['pageAlignment']> = ({ resourcePageAligned }) =>
  resourcePageAligned ? 'page_aligned' : null;

/** rfc2, as one patch. */
export const rfc2: Patch<MsixKernel> = {
  id: 'rfc2',
  subject: 'all of RFC v2, in our words: a parameter aligns BARs, a Kconfig option for the MSI-X table',
  source: inferred('2015-12', 'posted, body not read: from the changelog of rfc4'),
  apply: (kernel) => ({
    ...kernel,
    pageAlignment: pageAlignedParameter,
    mayMapBar: trustAlignment,
    physLen: wholePages,
    msixGate: configEehAndMsix,
  }),
};

/**
 * The check of rfc3 and rfc4, at GET_REGION_INFO and at mmap: starts on a page, and no other BAR is in it now. Nothing
 * keeps it so.
 */
export const pageIsExclusive: MsixKernel['mayMapBar'] = function* (t, w, bar) {
  const { start, size } = w.bars[bar]!;
  const { pageSize } = w.settings;
  if (size >= pageSize) {
    w.decide(t.call!, bar, true, null);
    return true;
  }
  yield w.tree.read;
  const { list } = w.tree;
  const pages = pagesOf(start!, size, pageSize);
  const self = barName(ASSIGNED, { kind: 'BAR', bar });
  const alone = !list.all.some(
    (other) => other.name !== self && overlaps(pages.start, pages.size, other.start, other.size),
  );
  const mmapable = start! % pageSize === 0 && alone;
  w.decide(t.call!, bar, mmapable, list);
  return mmapable;
};

/** rfc3, as one patch. */
export const rfc3: Patch<MsixKernel> = {
  id: 'rfc3',
  subject: 'all of RFC v3, in our words: the page must not be shared, msi_filtered of host bridges',
  source: inferred(
    '2016-01-15',
    'posted, body not read: from the changelog of rfc4 and David Laight on the list',
  ),
  apply: (kernel) => ({
    ...kernel,
    pageAlignment: pageAlignedParameter,
    mayMapBar: pageIsExclusive,
    physLen: wholePages,
    msixGate: hostBridge,
  }),
};

const rfc4 = (
  number: number,
  subject: string,
  note: string,
  apply: Patch<MsixKernel>['apply'],
): Patch<MsixKernel> => ({
  id: `${number}/7`,
  subject,
  source: inferred('2016-03-07', `posted, body not read: ${note}`),
  apply,
});

export const noresizeOption = rfc4(
  1,
  'PCI: Add a new option for resource_alignment to reassign alignment',
  'as 03f31147ec1c of the PowerKVM tree has it, under the same subject',
  (kernel) => ({
    ...kernel,
    documented: documenting(kernel, 'resource_alignment=:noresize'),
    alignment: { ...kernel.alignment, noresize: true },
  }),
);

export const windowFlag = rfc4(
  2,
  'PCI: Use IORESOURCE_WINDOW to identify bridge resources',
  'from the subject, and Bjorn Helgaas in reply',
  (kernel) => ({ ...kernel, alignment: { ...kernel.alignment, startalignMarksWindows: false } }),
);

export const heedProbeOnly = rfc4(
  3,
  'PCI: Ignore resource_alignment if PCI_PROBE_ONLY was set',
  'from the subject; as 65d5496d77d4 of the PowerKVM tree has it, and as merged',
  (kernel) => ({ ...kernel, alignment: { ...kernel.alignment, heedsProbeOnly: true } }),
);

export const multipleDevices = rfc4(
  4,
  'PCI: Modify resource_alignment to support multiple devices',
  'from the subject; the form with * as 2b9d202754c4 of the PowerKVM tree has it',
  (kernel) => ({
    ...kernel,
    documented: documenting(kernel, 'resource_alignment=*'),
    alignment: { ...kernel.alignment, wildcards: true },
  }),
);

export const exclusivePages = rfc4(
  5,
  'vfio-pci: Allow to mmap sub-page MMIO BARs if the mmio page is exclusive',
  'from the subject: a check, and no reservation',
  (kernel) => ({ ...kernel, mayMapBar: pageIsExclusive, physLen: wholePages }),
);

export const remappedTable = rfc4(
  6,
  'vfio-pci: Allow to mmap MSI-X table if IOMMU_CAP_INTR_REMAP was set',
  'from the subject and the cover letter; the capability and the read/write path as 2edb74537d44 of the PowerKVM tree has them, its successor: the diffstat says that rfc4 changes vfio_pci_rdwr.c',
  (kernel) => ({
    ...kernel,
    msixGate: {
      by: 'IOMMU_CAP_INTR_REMAP of the bus type',
      allows: (settings, { iommu_capable }) => iommu_capable(settings),
      ownPath: ({ filtersMsi }) => filtersMsi,
      opensFile: true,
    },
  }),
);

export const iodaRemaps = rfc4(
  7,
  'powerpc/powernv/pci-ioda: Add IOMMU_CAP_INTR_REMAP for IODA host bridge',
  'from the subject: the answer is for the bus type, and yes once any bridge is IODA',
  (kernel) => ({
    ...kernel,
    iommu_capable: (settings) =>
      settings.arch === 'powernv'
        ? settings.filtersMsi || settings.otherFiltersMsi
        : kernel.iommu_capable(settings),
  }),
);
