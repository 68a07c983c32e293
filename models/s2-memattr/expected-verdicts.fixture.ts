import type { ExpectedOf, ExpectedVerdicts } from '../../harness/campaign/expected-verdicts.fixture.ts';

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

/** Wherever the VMM can map something else under a slot, a device gets into one whose dirty pages are logged. */
const replaceable = (...violated: readonly string[]): ExpectedVerdicts => ({
  violated: [...violated, 'logged-slot-never-maps-device'],
});

/** What each state is expected to break; README.md says why. */
export const expected: ExpectedOf = {
  pre: replaceable(choosesNormalNc),
  v1: replaceable(
    ...blanket,
    'device-never-mapped-cacheable',
    'guest-never-caches-device',
    'device-never-executable',
    'bar-fault-succeeds-without-fwb',
  ),
  v2: replaceable(...blanket, execEncoded, twoTypes),
  v3: replaceable(execEncoded),
  v4: replaceable(execEncoded, twoTypes),
  v5: replaceable(...v5),
  v6: replaceable(...v5),
  v7: replaceable(),
  v8: replaceable(),
  v9: replaceable(),
  'merged+nvgrace-v1': replaceable(),
  'merged+nvgrace': replaceable(),
  post: replaceable(unflagged),
  'alt-follow': replaceable(execEncoded, choosesNormalNc, withoutFlag, unflagged),
  'alt-reject': replaceable(execEncoded, unflagged),
  'alt-ioctl': replaceable(execEncoded, choosesNormalNc),
  'alt-pfn': replaceable(execEncoded, withoutFlag, unflagged),
  'alt-fd': {
    violated: [execEncoded],
    // No VMA is looked at, and what is under a slot stays.
    inconclusive: [
      'bar-fault-succeeds-without-fwb',
      'memory-type-changes-through-invalid',
      'vma-not-used-after-unlock',
    ],
  },
  'v9+mutant-seq-after-unlock': replaceable(withoutFlag, platform, choosesNormalNc),
  'v9+mutant-no-retry': replaceable(withoutFlag, platform, choosesNormalNc, 'guest-never-uses-gone-mapping'),
  'v9+mutant-vma-after-unlock': replaceable('vma-not-used-after-unlock'),
  'v9+mutant-flag-in-int': replaceable(choosesNormalNc),
  'v9+mutant-equals-flag': replaceable(withoutFlag, platform, unflagged),
  'v9+mutant-relax-by-encoder': replaceable(
    'permission-fault-keeps-memory-type',
    'memory-type-changes-through-invalid',
    'guest-never-caches-device',
    choosesNormalNc,
  ),
  'v9+mutant-guest-chooses': replaceable('guest-never-caches-device'),
  'v9+mutant-force-write-back': replaceable(
    'device-never-mapped-cacheable',
    'guest-never-caches-device',
    choosesNormalNc,
  ),
  'v9+mutant-leak-mmap-lock': replaceable('lock-discipline', 'no-deadlock'),
  'v9+mutant-retry-forever': { ...replaceable('no-livelock'), inconclusive: ['no-deadlock'] },
  'v6+mutant-no-exec-guard': replaceable(...v5, 'device-never-executable', unflagged),
  'alt-ioctl+mutant-make-without-break': replaceable(
    execEncoded,
    choosesNormalNc,
    'memory-type-changes-through-invalid',
  ),
  'alt-ioctl+mutant-break-without-tlbi': replaceable(
    execEncoded,
    choosesNormalNc,
    'memory-type-changes-through-invalid',
  ),
};
