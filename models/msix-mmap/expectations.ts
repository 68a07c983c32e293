/** Verdicts other than that a claim holds, and what in the code is behind them: README.md has them as a table. */
import type { Expectation } from '../../harness/model/expectation.ts';

/** Each mutant has what the state below it breaks; these four change some of that. */
const noRelease = 'v4.8+mutant-no-release';
const oldInfo = 'v4.8+mutant-old-info';
const earlyProbe = 'v4.8+mutant-early-probe';
const noRangeCheck = 'v4.8+mutant-no-range-check';
const otherMutants = [
  'v4.8+mutant-early-release',
  'v4.8+mutant-any-start',
  'v4.8+mutant-off-by-one',
  'v4.8+mutant-leak-lock',
  'v4.8+mutant-lock-cycle',
  'v4.8+mutant-lock-spin',
];
const v48Mutants = [noRelease, oldInfo, earlyProbe, noRangeCheck, ...otherMutants];

/** Where alignment is a matter of the whole machine, and no BAR is looked at. */
const trustAlignment = ['rfc1', 'rfc2'];
/** Where the page is looked at and not reserved. */
const checkThenMap = ['rfc3', 'rfc4', 'always'];
/** resource_alignment before its fixes for PCI_PROBE_ONLY and VF BARs. */
const oldParameter = ['pre', 'v4.6', 'rfc1', 'rfc2', 'rfc3', 'busflag', 'v4.8', ...v48Mutants];
const writableTable = 'v5.11+mutant-writable-table';
const leakFile = 'v5.11+mutant-leak-file';
const undocumentedStar = 'v5.11+mutant-undocumented-star';
const startalignWindow = 'v5.11+mutant-startalign-window';
const mappableTable = ['v4.16', 'v5.11', writableTable, leakFile, undocumentedStar, startalignWindow];

const mutant = { status: 'mutant' } as const;
const rfc3Changelog = { status: 'posted', date: '2016-01-15', note: 'changelog of RFC v3' } as const;
const rfc4Cover = { status: 'posted', date: '2016-03-07', note: 'RFC v4 cover letter' } as const;
/** Of these postings nobody could read the patches. */
const rfc4Changelog = { status: 'inferred', note: 'from the changelog of RFC v4' } as const;
const busType = {
  status: 'inferred',
  date: '2016-03-07',
  note: 'from the subjects of RFC v4 6/7 and 7/7; PCI_BUS_FLAGS_MSI_REMAP of the later posting is an answer for each bus',
} as const;
const dummyResource = {
  status: 'merged',
  date: 'v4.8',
  commit: '05f0c03fbac1819e86c9d5db4e208b68fc1b9b5e',
  note: 'reserves the rest of the page because of that',
} as const;
const laight = {
  status: 'proposed in review',
  date: '2016-01',
  note: 'David Laight on RFC v3: a function can send such messages by DMA anyway',
} as const;
const tableMapped = {
  status: 'merged',
  date: 'v4.16',
  commit: 'a32295c612c57990d17fb0f41e7134394b2f35f6',
} as const;

// Several claims break by one and the same thing.

const earlyRelease = {
  states: ['v4.8+mutant-early-release'],
  verdict: 'violated',
  reason:
    'The dummy resource goes at munmap, with the device open: the page is or can be mapped still, and a hot added BAR gets the rest of it.',
  source: mutant,
} as const;
const anyStart = {
  states: ['v4.8+mutant-any-start'],
  verdict: 'violated',
  reason:
    'vfio_pci_probe_mmaps takes a BAR from the middle of a page and reserves only what comes after it there.',
  source: mutant,
} as const;
const unboundedMmap = {
  states: [noRangeCheck],
  verdict: 'violated',
  reason:
    'vfio_pci_mmap does not look where the BAR ends, and maps the pages behind it, whosesoever they are.',
  source: mutant,
} as const;
const leakedLock = {
  states: ['v4.8+mutant-leak-lock'],
  verdict: 'violated',
  reason:
    'A hot add that finds no room returns with resource_lock held, and the next that needs it waits for ever.',
  source: mutant,
} as const;

export const expectations: readonly Expectation[] = [
  // Whose registers are in a mapped page.
  {
    property: 'mapped-page-belongs-to-its-function',
    states: trustAlignment,
    verdict: 'violated',
    reason:
      "Alignment counts as in force for all BARs, so that a fixed one is mapped that shares its page with another function's.",
    source: rfc4Changelog,
  },
  {
    property: 'mapped-page-belongs-to-its-function',
    states: checkThenMap,
    verdict: 'violated',
    reason:
      'Nothing keeps the page as the check found it: a function that is hot added before remap_pfn_range is mapped along.',
    source: dummyResource,
  },
  { property: 'mapped-page-belongs-to-its-function', ...earlyRelease },
  { property: 'mapped-page-belongs-to-its-function', ...anyStart },
  { property: 'mapped-page-belongs-to-its-function', ...unboundedMmap },
  {
    property: 'mapped-page-stays-its-functions',
    states: trustAlignment,
    verdict: 'violated',
    reason:
      'Hot added BARs are aligned too, but the page of a fixed BAR that lies in its middle begins with room for one.',
    source: rfc4Changelog,
  },
  {
    property: 'mapped-page-stays-its-functions',
    states: checkThenMap,
    verdict: 'violated',
    reason: 'Nothing reserves the rest of a mapped page, and a hot added BAR gets it.',
    source: dummyResource,
  },
  { property: 'mapped-page-stays-its-functions', ...earlyRelease },
  { property: 'mapped-page-stays-its-functions', ...anyStart },
  { property: 'mapped-page-stays-its-functions', ...unboundedMmap },
  {
    property: 'mapped-bar-starts-on-a-page',
    states: trustAlignment,
    verdict: 'violated',
    reason: 'Nobody looks where a BAR starts, and a fixed one in the middle of a page is mapped from there.',
    source: rfc4Changelog,
  },
  { property: 'mapped-bar-starts-on-a-page', ...anyStart },
  {
    property: 'shared-page-is-not-mappable',
    states: trustAlignment,
    verdict: 'violated',
    reason: 'Nobody looks what else is in the page, and fixed BARs stay together in one.',
    source: rfc3Changelog,
  },
  { property: 'shared-page-is-not-mappable', ...anyStart },

  // First open and last close.
  {
    property: 'last-close-frees-the-page',
    states: [noRelease],
    verdict: 'violated',
    reason: 'vfio_pci_disable leaves the dummy resources in the tree.',
    source: mutant,
  },
  {
    property: 'failed-open-leaves-nothing',
    states: ['v4.8', 'v4.12', 'v4.16', oldInfo, noRangeCheck, ...otherMutants],
    verdict: 'violated',
    reason:
      'vfio_pci_igd_init fails before vfio_pci_probe_mmaps has initialised dummy_resources_list, and vfio_pci_disable walks it.',
    source: { status: 'merged', date: 'v5.11', commit: '16b8fe4caf499ae8e12d2ab1b1324497e36a7b83' },
  },
  {
    property: 'failed-open-leaves-nothing',
    states: [earlyProbe],
    verdict: 'violated',
    reason: 'Dummy resources are made before vfio_pci_igd_init, and its error path forgets them.',
    source: mutant,
  },

  // What user space is told and gets.
  {
    property: 'mmap-flag-means-mappable',
    states: ['pre', 'v4.6', 'v4.8', 'v4.12', noRelease, earlyProbe, ...otherMutants],
    verdict: 'violated',
    reason:
      'The MMAP flag does not ask for the MSI-X table, and of a BAR that is one page with the table in it vfio_pci_mmap refuses every page.',
    source: {
      status: 'inferred',
      note: 'QEMU 24acf72b9a29 works around the sparse area of size 0 that v4.6 to v4.15 tell of',
    },
  },
  {
    property: 'mmap-flag-means-mappable',
    states: ['rfc1', 'rfc2', 'rfc3', 'rfc4', 'busflag'],
    verdict: 'violated',
    reason:
      'Where the gate is closed it is as before: a BAR that is one page with the MSI-X table in it has the MMAP flag and no page to map.',
    source: rfc4Changelog,
  },
  {
    property: 'mmap-flag-means-mappable',
    states: [oldInfo],
    verdict: 'violated',
    reason:
      'GET_REGION_INFO has the size rule of v4.5, and so no MMAP flag for a sub-page BAR that can be mapped.',
    source: mutant,
  },
  {
    property: 'registers-beside-table-need-no-trap',
    states: ['pre', 'v4.6', 'v4.8', 'v4.12', ...v48Mutants],
    verdict: 'violated',
    reason:
      'vfio_pci_mmap refuses every request that overlaps the MSI-X table, which on 64K pages takes the other registers of that page with it.',
    source: rfc4Cover,
  },
  {
    property: 'ordinary-bars-behave-alike',
    states: ['v4.8+mutant-off-by-one'],
    verdict: 'violated',
    reason:
      'vfio_pci_probe_mmaps takes a BAR of one page for a sub-page BAR, of whose page there is no rest to reserve.',
    source: mutant,
  },
  { property: 'ordinary-bars-behave-alike', ...unboundedMmap },

  // The MSI-X table.
  {
    property: 'no-vector-written-through-mmap',
    states: ['rfc1', 'rfc2', 'rfc3', 'rfc4', 'busflag'],
    verdict: 'violated',
    reason: 'That is what they are for: where the gate is open, pages with the table are mapped.',
    source: rfc4Cover,
  },
  {
    property: 'no-vector-written-through-mmap',
    states: ['always'],
    verdict: 'violated',
    reason: 'By design no mmap is refused for the table.',
    source: laight,
  },
  {
    property: 'no-vector-written-through-mmap',
    states: mappableTable,
    verdict: 'violated',
    reason: 'By design vfio_pci_mmap has no test for the table any more.',
    source: tableMapped,
  },
  { property: 'no-vector-written-through-mmap', ...unboundedMmap },
  {
    property: 'written-vector-is-filtered',
    states: trustAlignment,
    verdict: 'violated',
    reason: 'CONFIG_EEH opens the table also behind a host bridge that lets every MSI pass.',
    source: rfc3Changelog,
  },
  {
    property: 'written-vector-is-filtered',
    states: ['rfc4'],
    verdict: 'violated',
    reason:
      'iommu_capable answers for the bus type, so that a bridge that filters opens the table also behind one that does not.',
    source: busType,
  },
  {
    property: 'written-vector-is-filtered',
    states: ['always', ...mappableTable],
    verdict: 'violated',
    reason:
      'Nothing is asked at mmap, and what type1 asks at attach the SPAPR TCE backend does not, nor type1 with allow_unsafe_interrupts.',
    source: { ...tableMapped, status: 'inferred', note: 'its text names no such test; always is as that' },
  },
  {
    property: 'msix-gate-asks-own-path',
    states: trustAlignment,
    verdict: 'violated',
    reason: 'CONFIG_EEH was decided at build time, whatever host bridge the function is behind.',
    source: rfc3Changelog,
  },
  {
    property: 'msix-gate-asks-own-path',
    states: ['rfc4'],
    verdict: 'violated',
    reason: 'iommu_capable gives one answer for the bus type, whatever host bridge the function is behind.',
    source: busType,
  },
  {
    property: 'gate-is-closed-where-nothing-filters',
    states: trustAlignment,
    verdict: 'violated',
    reason:
      'CONFIG_EEH asks neither the host bridges nor the IOMMU, and of none is it known that it filters.',
    source: rfc3Changelog,
  },
  {
    property: 'no-vector-written-through-the-file',
    states: ['rfc4'],
    verdict: 'violated',
    reason: 'Where the gate is open vfio_pci_bar_rw does not leave the table out, and a pwrite reaches it.',
    source: {
      status: 'inferred',
      date: '2016-03-07',
      note: 'from the diffstat of RFC v4, which has vfio_pci_rdwr.c, and from 2edb74537d44, its successor',
    },
  },
  {
    property: 'no-vector-written-through-the-file',
    states: ['busflag'],
    verdict: 'violated',
    reason:
      'Where the bus has PCI_BUS_FLAGS_MSI_REMAP vfio_pci_bar_rw does not leave the table out, and a pwrite reaches it.',
    source: { status: 'posted', date: '2016', commit: '2edb74537d44c377a3845d5ddb9935c6f5bdc7ef' },
  },
  {
    property: 'no-vector-written-through-the-file',
    states: [writableTable],
    verdict: 'violated',
    reason: 'vfio_pci_bar_rw and VFIO_DEVICE_IOEVENTFD do not leave the table out.',
    source: mutant,
  },

  // What resource_alignment does to BARs.
  {
    property: 'probe-only-keeps-resources',
    states: oldParameter,
    verdict: 'violated',
    reason:
      'pci_reassigndev_resource_alignment does not ask for PCI_PROBE_ONLY: it takes addresses away, and nothing is assigned in their place.',
    source: {
      status: 'posted',
      date: '2016-03-07',
      note: 'RFC v4 3/7, "PCI: Ignore resource_alignment if PCI_PROBE_ONLY was set"',
    },
  },
  {
    property: 'alignment-keeps-the-size',
    states: oldParameter,
    verdict: 'violated',
    reason:
      'pci_reassigndev_resource_alignment makes each memory BAR as large as its alignment, and the parameter has no other form.',
    source: {
      status: 'posted',
      date: '2016-03-07',
      note: 'RFC v4 1/7, "PCI: Add a new option for resource_alignment to reassign alignment"',
    },
  },
  {
    property: 'alignment-keeps-the-size',
    states: ['v4.12', ...mappableTable],
    verdict: 'violated',
    reason:
      'The parameter still has no form that keeps the size; only the default alignment of PowerNV does.',
    source: { status: 'inferred', note: 'read off pci_request_resource_alignment, which can resize or not' },
  },
  {
    property: 'alignment-keeps-the-vf-stride',
    states: [...oldParameter, 'rfc4', 'always'],
    verdict: 'violated',
    reason:
      'pci_reassigndev_resource_alignment takes VF BARs along, and the stride of the hardware stays what it was.',
    source: {
      status: 'inferred',
      note: '"PCI: Ignore enforced alignment to VF BARs" is in the patch list of the PowerKVM tree',
    },
  },

  {
    property: 'parameter-aligns-whom-it-names',
    states: [undocumentedStar],
    verdict: 'violated',
    reason: 'An entry with "*" matches every function, where the document knows numbers only.',
    source: mutant,
  },
  {
    property: 'aligned-bar-is-no-window',
    states: [startalignWindow],
    verdict: 'violated',
    reason:
      'The default alignment of PowerNV sets IORESOURCE_STARTALIGN, which alone tells windows from BARs.',
    source: mutant,
  },

  // What calls return and do.
  {
    property: 'errors-have-a-cause',
    states: ['v4.8+mutant-off-by-one'],
    verdict: 'violated',
    reason: 'mmap of a BAR of one page is -EINVAL: no room for a dummy resource of no size.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: [noRangeCheck],
    verdict: 'violated',
    reason: 'An mmap beyond the end of the BAR succeeds.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: [writableTable],
    verdict: 'violated',
    reason: 'VFIO_DEVICE_IOEVENTFD takes a place in the MSI-X table.',
    source: mutant,
  },
  {
    property: 'success-has-its-effect',
    states: [writableTable],
    verdict: 'violated',
    reason: 'pread and pwrite access the bytes of the MSI-X table, which are to be left out.',
    source: mutant,
  },
  {
    property: 'last-use-disables',
    states: [leakFile],
    verdict: 'violated',
    reason: 'munmap removes the mapping and not its reference to the file, so that no close is the last.',
    source: mutant,
  },
  {
    property: 'exclusive-page-is-mappable',
    states: [noRelease],
    verdict: 'violated',
    reason:
      'The dummy resource of the last time is still there, and the next first open finds the page taken.',
    source: mutant,
  },
  {
    property: 'exclusive-page-is-mappable',
    states: [earlyProbe],
    verdict: 'violated',
    reason: 'The dummy resource of an open that failed is still there, and the next finds the page taken.',
    source: mutant,
  },

  // Locks.
  { property: 'lock-discipline', ...leakedLock },
  { property: 'no-deadlock', ...leakedLock },
  {
    property: 'no-deadlock',
    states: ['v4.8+mutant-lock-cycle'],
    verdict: 'violated',
    reason: 'vfio_pci_mmap takes driver_lock under mmap_sem, and vfio_pci_open mmap_sem under driver_lock.',
    source: mutant,
  },
  {
    property: 'no-livelock',
    states: ['v4.8+mutant-lock-spin'],
    verdict: 'violated',
    reason:
      'vfio_pci_mmap tries driver_lock again and again under mmap_sem, and vfio_pci_open has driver_lock and waits for mmap_sem.',
    source: mutant,
  },
  {
    property: 'no-deadlock',
    states: ['v4.8+mutant-lock-spin'],
    verdict: 'inconclusive',
    reason:
      'vfio_pci_mmap goes round until vfio_pci_open has had its turn, and executions in which it never has are cut off.',
    source: mutant,
  },
];
