/** Every claim about the zpci-io series: the invariants Z1 to Z27 of models/zpci-io/README.md in their order, then the rest. */
import type { Property } from '../../harness/model/property.ts';
import { lockDiscipline } from '../general/lock-discipline.ts';
import { noDeadlock } from '../general/no-deadlock.ts';
import { noLivelock } from '../general/no-livelock.ts';
import * as effects from './effects.ts';
import type { Evidence } from './evidence.ts';
import * as instructions from './instructions.ts';
import * as userInterface from './interface.ts';
import * as lifetime from './lifetime.ts';
import * as memory from './memory.ts';
import * as requests from './requests.ts';
import * as returns from './returns.ts';
import * as unplug from './unplug.ts';

export const claims: readonly Property<Evidence>[] = [
  unplug.noDeadlockOnHotUnplug,
  unplug.ioNeverWaitsForRemover,
  unplug.sigkillFreesTheDevice,
  requests.requestBelongsToCaller,
  requests.requestExecutesAsValidated,
  requests.accessStaysInPinnedPage,
  memory.noStoreToUnwritablePage,
  memory.loadedPageIsDirtied,
  instructions.oneInstructionPerGuestStore,
  instructions.noMioOnClassicFunction,
  instructions.noStoreSubstitution,
  instructions.storesDoNotInterleave,
  requests.requestNeedsAllItsBytes,
  requests.failedSubmissionExecutesNothing,
  requests.zeroLengthNeverExecutes,
  memory.pinsBalanced,
  userInterface.headerReadsReturnTheHeader,
  userInterface.regionErrnos,
  requests.onlyBarAddressSpaces,
  requests.instructionStaysInBlock,
  instructions.noAccessWhileMemoryDisabled,
  instructions.msixTableUnreachable,
  requests.instructionTargetsOwnFunction,
  userInterface.failedOpenLeavesDeviceDisabled,
  memory.noFaultUnderArchLock,
  unplug.resetOnCloseDoesNotBlock,
  userInterface.shortReadReturnsLowBytes,
  userInterface.failedAllocationIsAnError,
  returns.errorsHaveACause,
  returns.causesGiveAnError,
  effects.successHasItsEffect,
  effects.guestAccessIsCarriedOut,
  lifetime.deviceIsUsedWhileOpen,
  lifetime.unplugDoesItsWork,
  noDeadlock,
  noLivelock,
  lockDiscipline,
];
