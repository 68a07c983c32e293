/** The states of the series, in the order of its history, and the mutants after them. */
import type { StateSpec } from '../../harness/model/series.ts';
import type { ZpciKernel } from './kernel.ts';
import { hotplugTakesZdevLock } from './patches/hp.ts';
import { interpretationSeries, io64, stateLock } from './patches/mainline-host.ts';
import { vfioIsm } from './patches/mainline-ism.ts';
import * as mutants from './patches/mutants.ts';
import { trackRelaxedAlign } from './patches/v1-1-relaxed-align.ts';
import { passRelaxedFlag } from './patches/v1-2-relaxed-flag.ts';
import { hardwareMaxstbl } from './patches/v1-3-maxstbl.ts';
import { introduceRegion } from './patches/v1-4-io-region.ts';
import { qemuUsesRegionForIsm, qemuUsesRegionForRelaxed } from './patches/v1-qemu.ts';
import { introduceRegionV2 } from './patches/v2-4-io-region.ts';
import { takeDeviceLock } from './patches/v2-devlock.ts';
import { takeRegionMutex } from './patches/v2-min.ts';
import { derivedDriver } from './patches/v3-derived-driver.ts';
import { vmmKeepsAccessWidth } from './patches/v3-vmm.ts';

const v1 = [trackRelaxedAlign, passRelaxedFlag, hardwareMaxstbl, introduceRegion];
const v3 = [trackRelaxedAlign, passRelaxedFlag, hardwareMaxstbl, derivedDriver];
const mainline = [interpretationSeries, stateLock, io64, vfioIsm];
const posted = { status: 'posted', date: '2021-01-19' } as const;

const v1Mutant = (patch: (typeof mutants)['leakPin']): StateSpec<ZpciKernel> => ({
  id: `v1+${patch.id}`,
  source: patch.source,
  about: `v1 with a known wrong change: ${patch.subject}.`,
  patches: v1,
  companions: [qemuUsesRegionForIsm],
  extras: [patch],
});

const v3Mutant = (patch: (typeof mutants)['leakPin']): StateSpec<ZpciKernel> => ({
  id: `v3+${patch.id}`,
  source: patch.source,
  about: `v3 with a known wrong change: ${patch.subject}.`,
  patches: v3,
  companions: [vmmKeepsAccessWidth],
  extras: [patch],
});

const mainlineMutant = (patch: (typeof mutants)['leakPin']): StateSpec<ZpciKernel> => ({
  id: `mainline+${patch.id}`,
  source: patch.source,
  about: `mainline with a known wrong change: ${patch.subject}.`,
  patches: mainline,
  companions: [vmmKeepsAccessWidth],
  extras: [patch],
});

export const states: readonly StateSpec<ZpciKernel>[] = [
  {
    id: 'pre',
    source: { status: 'merged', date: 'v5.11' },
    about: 'No region: guest PCI instructions become split accesses of the BAR path.',
    patches: [],
  },
  {
    id: 'rfc',
    source: { status: 'posted', date: '2020-12-09', messageId: '1607545670-1557-1' },
    about:
      'The RFC: the kernel side of v1 (its cover letter: no functional changes), QEMU keyed on relaxed alignment.',
    patches: v1,
    companions: [qemuUsesRegionForRelaxed],
  },
  {
    id: 'v1',
    source: { ...posted, messageId: '1611086550-32765-1-git-send-email-mjrosato@linux.ibm.com' },
    about: 'The zPCI I/O region as posted, on the host of its time, whose hotplug takes no zPCI lock.',
    patches: v1,
    companions: [qemuUsesRegionForIsm],
  },
  {
    id: 'v1+hp',
    source: {
      status: 'inferred',
      date: '2021-01-20',
      note: 'v1 as posted, with the host patch that Niklas Schnelle had in test (2021-01-20 13:21)',
    },
    about: 'v1 on a host whose disable_slot takes zdev->lock.',
    patches: v1,
    companions: [qemuUsesRegionForIsm],
    extras: [hotplugTakesZdevLock],
  },
  {
    id: 'v2-devlock',
    source: takeDeviceLock.source,
    about: 'v1 with the PCI device lock in the place of zdev->lock.',
    patches: [...v1, takeDeviceLock],
    companions: [qemuUsesRegionForIsm],
  },
  {
    id: 'v2-min',
    source: takeRegionMutex.source,
    about: 'v1 with a private mutex in the place of zdev->lock and nothing else.',
    patches: [...v1, takeRegionMutex],
    companions: [qemuUsesRegionForIsm],
  },
  {
    id: 'v2',
    source: introduceRegionV2.source,
    about: 'The region with a private mutex around a snapshot of the request. Nobody posted a v2.',
    patches: [trackRelaxedAlign, passRelaxedFlag, hardwareMaxstbl, introduceRegionV2],
    companions: [qemuUsesRegionForIsm],
  },
  {
    id: 'v3',
    source: derivedDriver.source,
    about: 'A derived driver that serves the BAR indexes with one instruction a call. Nobody posted a v3.',
    patches: v3,
    companions: [vmmKeepsAccessWidth],
  },
  {
    id: 'mainline',
    source: vfioIsm.source,
    about: 'vfio/ism as merged, on a host with state_lock. It never looks at PCI_COMMAND_MEMORY.',
    patches: mainline,
    companions: [vmmKeepsAccessWidth],
  },
  v1Mutant(mutants.leakPin),
  v1Mutant(mutants.leakLock),
  v1Mutant(mutants.readableRequest),
  v1Mutant(mutants.directionErrno),
  v1Mutant(mutants.foreignHandle),
  v3Mutant(mutants.lostStore),
  v3Mutant(mutants.noReference),
  v3Mutant(mutants.handleLeft),
  mainlineMutant(mutants.blockingReset),
  mainlineMutant(mutants.spinReset),
  mainlineMutant(mutants.ismV2),
  mainlineMutant(mutants.ismV3),
];
