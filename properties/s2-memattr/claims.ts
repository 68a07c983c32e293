/**
 * Every claim about the s2-memattr series, in the order of the invariants S2-I1 to S2-I16 and then S2-H19 of
 * models/s2-memattr/README.md; then what calls are for.
 */
import type { Property } from '../../harness/model/property.ts';
import { lockDiscipline } from '../general/lock-discipline.ts';
import { noDeadlock } from '../general/no-deadlock.ts';
import { noLivelock } from '../general/no-livelock.ts';
import * as bugs from './bugs.ts';
import * as effects from './effects.ts';
import * as encoder from './encoder.ts';
import * as entry from './entry.ts';
import type { Evidence } from './evidence.ts';
import * as fault from './fault.ts';
import * as logging from './logging.ts';
import * as memoryType from './memory-type.ts';
import * as reclaim from './reclaim.ts';
import * as returns from './returns.ts';

export const claims: readonly Property<Evidence>[] = [
  memoryType.gicvNeverNormalNc,
  memoryType.neverNormalNcWithoutFlag,
  memoryType.platformDeviceStaysDevice,
  memoryType.guestChoosesNormalNcForBar,
  memoryType.deviceNeverMappedCacheable,
  entry.deviceNeverExecutable,
  encoder.encoderRefusesExecutableDevice,
  encoder.encoderRefusesTwoTypes,
  encoder.encoderChoosesType,
  entry.permissionFaultKeepsType,
  entry.typeChangesThroughInvalid,
  entry.guestNeverUsesGoneMapping,
  fault.barFaultSucceedsWithoutFwb,
  fault.vmaNotUsedAfterUnlock,
  memoryType.guestNeverCachesDevice,
  fault.unflaggedBehavesAsBefore,
  reclaim.guestWritesArriveBeforeReset,
  logging.loggedSlotNeverMapsDevice,
  returns.errorsHaveCause,
  returns.causesGiveError,
  effects.successHasEffect,
  encoder.encoderWritesWhatIsAsked,
  logging.dirtyLogIsExact,
  bugs.noKernelBug,
  noDeadlock,
  noLivelock,
  lockDiscipline,
];
