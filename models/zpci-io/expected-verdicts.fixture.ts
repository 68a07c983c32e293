import type { ExpectedOf } from '../../harness/campaign/expected-verdicts.fixture.ts';

/** The BAR path of v5.11, which v1 and v2 keep beside their region. */
const barPath = [
  'one-instruction-per-guest-store',
  'no-mio-on-classic-function',
  'stores-do-not-interleave',
  'failed-submission-executes-nothing',
];

/** What a region has by design, whatever its locks. */
const anyRegion = [
  'zero-length-never-executes',
  'only-bar-address-spaces',
  'instruction-stays-in-4k-block',
  'no-access-while-memory-disabled',
  'msix-table-unreachable',
  'failed-open-leaves-device-disabled',
  'failed-allocation-is-an-error',
];

/** A request that is shared, checked before the lock and read again after it. */
const sharedRequest = [
  'request-belongs-to-caller',
  'request-executes-as-validated',
  'access-stays-in-pinned-page',
  'no-store-to-unwritable-page',
  'loaded-page-is-dirtied',
  'request-needs-all-its-bytes',
];

const faultUnderLock = 'no-user-fault-under-arch-lock';
const v1 = [...barPath, ...anyRegion, ...sharedRequest, faultUnderLock];
const deadlock = ['no-deadlock', 'no-deadlock-on-hot-unplug', 'sigkill-frees-the-device'];
const waitsForRemover = [...deadlock, 'io-never-waits-for-remover'];
const mainline = ['no-access-while-memory-disabled'];

/** What each state is expected to break; README.md says why. */
export const expected: ExpectedOf = {
  pre: {
    violated: [...barPath, 'no-store-substitution'],
    inconclusive: ['request-executes-as-validated'],
  },
  rfc: { violated: [...v1, 'no-store-substitution'] },
  v1: { violated: v1 },
  'v1+hp': { violated: [...v1, ...waitsForRemover] },
  'v2-devlock': { violated: [...v1, ...waitsForRemover] },
  'v2-min': { violated: [...barPath, ...anyRegion, ...sharedRequest] },
  v2: { violated: [...barPath.slice(1), ...anyRegion] },
  v3: { violated: [] },
  mainline: { violated: mainline },
  'v1+mutant-leak-pin': { violated: [...v1, 'pins-balanced'] },
  'v1+mutant-leak-lock': { violated: [...v1, ...deadlock, 'lock-discipline'] },
  'v1+mutant-readable-request': {
    violated: [...v1, 'header-reads-return-the-header', 'region-errnos-are-as-documented'],
  },
  'v1+mutant-direction-errno': { violated: [...v1, 'region-errnos-are-as-documented'] },
  'v1+mutant-foreign-fh': { violated: [...v1, 'instruction-targets-own-function'] },
  'mainline+mutant-blocking-reset': {
    violated: [...mainline, ...deadlock, 'reset-on-close-does-not-block'],
  },
  'mainline+mutant-spin-reset': {
    violated: [...mainline, 'no-livelock', 'no-deadlock-on-hot-unplug', 'sigkill-frees-the-device'],
    // Executions in which the other thread never has its turn are cut off.
    inconclusive: ['io-never-waits-for-remover', 'no-deadlock', 'reset-on-close-does-not-block'],
  },
  'mainline+mutant-ism-v2': {
    violated: [...mainline, 'short-read-returns-low-bytes', 'instruction-stays-in-4k-block'],
  },
  'mainline+mutant-ism-v3': { violated: [...mainline, 'short-read-returns-low-bytes'] },
};
