/** Every claim about the remote-vm series, in the order of the invariants SVA-I1 to SVA-I16 of models/remote-vm/README.md, then of hazards, then what calls do. */
import type { Property } from '../../harness/model/property.ts';
import type { StateClaim } from '../../harness/model/state-claim.ts';
import { lockDiscipline } from '../general/lock-discipline.ts';
import { noDeadlock } from '../general/no-deadlock.ts';
import { noLivelock } from '../general/no-livelock.ts';
import * as effects from './effects.ts';
import type { BuildFacts, Evidence } from './evidence.ts';
import * as faults from './faults.ts';
import * as files from './files.ts';
import * as userInterface from './interface.ts';
import * as progress from './progress.ts';
import * as records from './records.ts';
import * as references from './references.ts';
import * as returns from './returns.ts';

export const claims: readonly Property<Evidence>[] = [
  records.recordIsWrittenIntoItsOwnProcess,
  records.statusIsVisibleAfterBody,
  references.mmUsersAreBalanced,
  references.fixupNeedsMmUsers,
  references.fixupNeverUsesFreedMm,
  files.eachBindIsUnboundOnce,
  files.openFileFindsItsContext,
  files.nothingOutlivesRelease,
  files.faultItemsAreFreed,
  progress.nobodyWaitsForAnothersPage,
  progress.faultedRecordIsCompleted,
  progress.slowPageStopsNoOtherQueue,
  records.batchSucceedsOnlyWithItsMembers,
  records.countAgreesWithStatus,
  records.unwritableAddressStaysUnwritten,
  files.driverDoesNotCrash,
  files.errorsAreRateLimited,
  references.exitMmapRunsInNoWorker,
  records.bodyGetsItsStatus,
  references.missIsToldApart,
  returns.errorsHaveACause,
  returns.causesGiveAnError,
  returns.openFailsWithItsDevice,
  effects.callsHaveTheirEffect,
  effects.releaseGivesBack,
  effects.addressSpaceGoesWithItsUsers,
  faults.faultIsHandledOnce,
  effects.pageRequestsStayDisabled,
  effects.portalServesItsOpener,
  noDeadlock,
  noLivelock,
  lockDiscipline,
];

/** Judged by cited facts, not by executions. */
export const stateClaims: readonly StateClaim<BuildFacts>[] = [
  userInterface.stubReportsNothingCopied,
  userInterface.rawAccessIsNotExported,
  userInterface.doesWithoutIommuSvaFind,
];
