import type { ExpectedOf } from '../../harness/campaign/expected-verdicts.fixture.ts';

/** `resource_alignment` before it heeded PCI_PROBE_ONLY and left VF BARs alone; the plain parameter resizes. */
const resizes = 'alignment-keeps-the-size';
const stride = 'alignment-keeps-the-vf-stride';
const oldParameter = ['probe-only-keeps-resources', resizes, stride];
/** Until the table can be mapped, its page takes other registers with it ... */
const tableKept = 'registers-beside-table-need-no-trap';
/** ... and a BAR of that page alone is offered all the same. */
const emptyOffer = 'mmap-flag-means-mappable';
/** The list of dummy resources is not there yet when an open fails. */
const earlyList = 'failed-open-leaves-nothing';
const vectorWritten = 'no-vector-written-through-mmap';
const unfiltered = 'written-vector-is-filtered';
const foreign = 'mapped-page-belongs-to-its-function';
const added = 'mapped-page-stays-its-functions';
/** The gate opens the read and write path too. */
const writtenByFile = 'no-vector-written-through-the-file';

const pre = [...oldParameter, tableKept, emptyOffer];
/** Alignment is trusted, for all BARs and whoever has them; the gate is a compile-time option. */
const trusted = [
  ...oldParameter,
  emptyOffer,
  foreign,
  added,
  'mapped-bar-starts-on-a-page',
  'shared-page-is-not-mappable',
  vectorWritten,
  unfiltered,
  'msix-gate-asks-own-path',
];
const v48 = [...pre, earlyList];
const v511 = [resizes, vectorWritten, unfiltered];

/** What each state is expected to break; README.md says why. */
export const expected: ExpectedOf = {
  pre: { violated: pre },
  'v4.6': { violated: pre },
  rfc1: { violated: trusted },
  rfc2: { violated: trusted },
  rfc3: { violated: [...oldParameter, emptyOffer, foreign, added, vectorWritten] },
  rfc4: {
    violated: [
      stride,
      // Where the gate is closed.
      emptyOffer,
      foreign,
      added,
      vectorWritten,
      unfiltered,
      writtenByFile,
      'msix-gate-asks-own-path',
    ],
  },
  always: { violated: [stride, foreign, added, vectorWritten, unfiltered] },
  busflag: { violated: [...oldParameter, emptyOffer, vectorWritten, writtenByFile] },
  'v4.8': { violated: v48 },
  'v4.12': { violated: [resizes, tableKept, emptyOffer, earlyList] },
  'v4.16': { violated: [...v511, earlyList] },
  'v5.11': { violated: v511 },
  'v4.8+mutant-early-release': { violated: [...v48, foreign, added] },
  'v4.8+mutant-no-release': { violated: [...pre, 'last-close-frees-the-page'] },
  'v4.8+mutant-any-start': {
    violated: [...v48, foreign, added, 'mapped-bar-starts-on-a-page', 'shared-page-is-not-mappable'],
  },
  'v4.8+mutant-old-info': { violated: v48 },
  'v4.8+mutant-off-by-one': { violated: [...v48, 'ordinary-bars-behave-alike'] },
  'v4.8+mutant-early-probe': { violated: v48 },
  'v4.8+mutant-no-range-check': {
    violated: [
      ...oldParameter,
      tableKept,
      earlyList,
      foreign,
      added,
      vectorWritten,
      'ordinary-bars-behave-alike',
    ],
  },
  'v4.8+mutant-leak-lock': { violated: [...v48, 'lock-discipline', 'no-deadlock'] },
  'v4.8+mutant-lock-cycle': { violated: [...v48, 'no-deadlock'] },
  'v4.8+mutant-lock-spin': {
    violated: [...v48, 'no-livelock'],
    // Executions in which the other thread never has its turn are cut off.
    inconclusive: ['no-deadlock'],
  },
  'v5.11+mutant-writable-table': { violated: [...v511, writtenByFile] },
};
