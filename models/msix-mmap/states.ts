/** The states of the series, in the order of its history, and the mutants after them. */
import type { Patch } from '../../harness/model/patch.ts';
import type { StateSpec } from '../../harness/model/series.ts';
import type { MsixKernel } from './kernel.ts';
import * as mainline from './patches/mainline.ts';
import * as mutants from './patches/mutants.ts';
import * as review from './patches/review.ts';
import * as rfc from './patches/rfc.ts';

const v46 = [mainline.sparseMmap, mainline.igd];
const v48 = [...v46, mainline.probeMmaps];
const v412 = [...v48, mainline.alignmentFixes, mainline.defaultAlignment, mainline.powernvAlignment];
const v416 = [...v412, mainline.mappableTable];
const v511 = [...v416, mainline.dummyListAtProbe, mainline.ioeventfds];
const rfc4 = [
  rfc.noresizeOption,
  rfc.windowFlag,
  rfc.heedProbeOnly,
  rfc.multipleDevices,
  rfc.exclusivePages,
  rfc.remappedTable,
  rfc.iodaRemaps,
];

const mutantOf =
  (id: string, prerequisites: readonly Patch<MsixKernel>[]) =>
  (patch: Patch<MsixKernel>): StateSpec<MsixKernel> => ({
    id: `${id}+${patch.id}`,
    source: patch.source,
    about: `${id} with a known wrong change: ${patch.subject}.`,
    prerequisites,
    patches: [],
    extras: [patch],
  });

const v48Mutant = mutantOf('v4.8', v48);
const v511Mutant = mutantOf('v5.11', v511);

/** Releases are no versions of the series: what they have of it cannot be picked from. */
export const states: readonly StateSpec<MsixKernel>[] = [
  {
    id: 'pre',
    aliases: ['v4.5', 'v45'],
    source: { status: 'merged', date: 'v4.5' },
    about: 'A BAR smaller than a page is never mapped, and no page with bytes of the MSI-X table.',
    patches: [],
  },
  {
    id: 'v4.6',
    aliases: ['pre46', '4.6', 'v46'],
    source: { status: 'merged', date: 'v4.6', commit: 'ff63eb638d63' },
    about: 'The same, and a sparse mmap capability tells users the pages around the table.',
    prerequisites: v46,
    patches: [],
  },
  {
    id: 'rfc1',
    source: rfc.rfc1.source,
    about: 'Arch code of PowerNV aligns all BARs, and vfio trusts it; the table is mapped with CONFIG_EEH.',
    patches: [rfc.rfc1],
  },
  {
    id: 'rfc2',
    source: rfc.rfc2.source,
    about:
      'A kernel parameter aligns all BARs, and vfio trusts it; the table is mapped with two Kconfig options.',
    prerequisites: [mainline.sparseMmap],
    patches: [rfc.rfc2],
  },
  {
    id: 'rfc3',
    source: rfc.rfc3.source,
    about:
      'vfio checks that no other BAR is in the page; the table is mapped where the host bridge filters MSIs.',
    prerequisites: [mainline.sparseMmap],
    patches: [rfc.rfc3],
  },
  {
    id: 'rfc4',
    source: {
      status: 'inferred',
      date: '2016-03-07',
      note: 'the posting of which the cover letter was read and the patches were not',
    },
    about:
      'resource_alignment can align without resizing; the page is checked; the table is mapped with IOMMU_CAP_INTR_REMAP.',
    prerequisites: [mainline.sparseMmap],
    patches: rfc4,
  },
  {
    id: 'always',
    source: review.alwaysMappable.source,
    about: 'rfc4 without its question about the table: it is always mapped.',
    prerequisites: [mainline.sparseMmap],
    patches: [...rfc4.slice(0, 5), review.alwaysMappable],
  },
  {
    id: 'busflag',
    source: review.busFlagMsiRemap.source,
    about: 'The sub-page rule of v4.8, and the question about the table put to the bus. Never in mainline.',
    // As in the tree that carried it, where the sub-page patch came on top.
    prerequisites: [mainline.sparseMmap, mainline.probeMmaps],
    patches: [review.busFlagMsiRemap],
  },
  {
    id: 'v4.8',
    aliases: ['v48', '4.8'],
    source: mainline.probeMmaps.source,
    about: 'A dummy resource keeps the rest of the page free from the first open to the last close.',
    prerequisites: v48,
    patches: [],
  },
  {
    id: 'v4.12',
    aliases: ['v412', '4.12'],
    source: mainline.defaultAlignment.source,
    about: 'PowerNV aligns all BARs to pages, without resizing; alignment requests are mended.',
    prerequisites: v412,
    patches: [],
  },
  {
    id: 'v4.16',
    aliases: ['v416', '4.16'],
    source: mainline.mappableTable.source,
    about: 'The MSI-X table is always mapped; users learn it from a capability.',
    prerequisites: v416,
    patches: [],
  },
  {
    id: 'v5.11',
    aliases: ['v511', '5.11'],
    source: mainline.dummyListAtProbe.source,
    about: 'The list of dummy resources is there before an open can fail. Has VFIO_DEVICE_IOEVENTFD.',
    prerequisites: v511,
    patches: [],
  },
  ...[
    mutants.earlyRelease,
    mutants.noRelease,
    mutants.anyStart,
    mutants.oldInfo,
    mutants.offByOne,
    mutants.earlyProbe,
    mutants.noRangeCheck,
    mutants.leakLock,
    mutants.lockCycle,
    mutants.lockSpin,
  ].map(v48Mutant),
  ...[mutants.writableTable, mutants.leakFile, mutants.undocumentedStar, mutants.startalignWindow].map(
    v511Mutant,
  ),
];
