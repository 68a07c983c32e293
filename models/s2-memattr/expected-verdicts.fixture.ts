import type { ExpectedOf } from '../../harness/campaign/expected-verdicts.fixture.ts';

const choosesNormalNc = 'guest-chooses-normal-nc-for-bar';
const withoutFlag = 'stage2-never-normal-nc-without-flag';
const platform = 'platform-device-stays-device';
const unflagged = 'unflagged-behaves-as-before';

/** v3 to v6 take Normal-NC with X. */
const execEncoded = 'encoder-refuses-executable-device';
const twoTypes = 'encoder-refuses-two-types';

/** Normal-NC for every device, and GICV. */
const blanket = [
  'gicv-never-normal-nc',
  withoutFlag,
  platform,
  unflagged,
  'guest-writes-arrive-before-reset',
];

const v5 = [execEncoded, twoTypes, 'encoder-chooses-a-type'];

/** What each state is expected to break; README.md says why. */
export const expected: ExpectedOf = {
  pre: { violated: [choosesNormalNc] },
  v1: {
    violated: [
      ...blanket,
      'device-never-mapped-cacheable',
      'guest-never-caches-device',
      'device-never-executable',
      'bar-fault-succeeds-without-fwb',
    ],
  },
  v2: { violated: [...blanket, execEncoded, twoTypes] },
  v3: { violated: [execEncoded] },
  v4: { violated: [execEncoded, twoTypes] },
  v5: { violated: v5 },
  v6: { violated: v5 },
  v7: { violated: [] },
  v8: { violated: [] },
  v9: { violated: [] },
  'merged+nvgrace-v1': { violated: [] },
  'merged+nvgrace': { violated: [] },
  post: { violated: [unflagged] },
  'alt-follow': { violated: [execEncoded, choosesNormalNc, withoutFlag, unflagged] },
  'alt-reject': { violated: [execEncoded, unflagged] },
  'alt-ioctl': { violated: [execEncoded, choosesNormalNc] },
  'alt-pfn': { violated: [execEncoded, withoutFlag, unflagged] },
  'alt-fd': {
    violated: [execEncoded],
    // No VMA is looked at, and what is under a slot stays.
    inconclusive: [
      'bar-fault-succeeds-without-fwb',
      'memory-type-changes-through-invalid',
      'vma-not-used-after-unlock',
    ],
  },
  'v9+mutant-seq-after-unlock': { violated: [withoutFlag, platform, choosesNormalNc] },
  'v9+mutant-no-retry': {
    violated: [withoutFlag, platform, choosesNormalNc, 'guest-never-uses-gone-mapping'],
  },
  'v9+mutant-vma-after-unlock': { violated: ['vma-not-used-after-unlock'] },
  'v9+mutant-flag-in-int': { violated: [choosesNormalNc] },
  'v9+mutant-equals-flag': { violated: [withoutFlag, platform, unflagged] },
  'v9+mutant-relax-by-encoder': {
    violated: [
      'permission-fault-keeps-memory-type',
      'memory-type-changes-through-invalid',
      'guest-never-caches-device',
      choosesNormalNc,
    ],
  },
  'v9+mutant-guest-chooses': { violated: ['guest-never-caches-device'] },
  'v9+mutant-force-write-back': {
    violated: ['device-never-mapped-cacheable', 'guest-never-caches-device', choosesNormalNc],
  },
  'v9+mutant-leak-mmap-lock': { violated: ['lock-discipline', 'no-deadlock'] },
  'v9+mutant-retry-forever': { violated: ['no-livelock'], inconclusive: ['no-deadlock'] },
  'v6+mutant-no-exec-guard': { violated: [...v5, 'device-never-executable', unflagged] },
  'alt-ioctl+mutant-make-without-break': {
    violated: [execEncoded, choosesNormalNc, 'memory-type-changes-through-invalid'],
  },
  'alt-ioctl+mutant-break-without-tlbi': {
    violated: [execEncoded, choosesNormalNc, 'memory-type-changes-through-invalid'],
  },
};
