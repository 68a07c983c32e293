/** Every claim about the vfio-mmap series, first M1 to M14 of models/vfio-mmap/README.md, in their order. */
import type { Property } from '../../harness/model/property.ts';
import type { StateClaim } from '../../harness/model/state-claim.ts';
import { lockDiscipline } from '../general/lock-discipline.ts';
import { noDeadlock } from '../general/no-deadlock.ts';
import { noLivelock } from '../general/no-livelock.ts';
import * as builds from './builds.ts';
import * as effects from './effects.ts';
import type { BuildFacts, Evidence } from './evidence.ts';
import * as interfaces from './interfaces.ts';
import * as mapping from './mapping.ts';
import * as release from './release.ts';
import * as returns from './returns.ts';
import * as syscalls from './syscalls.ts';
import * as zap from './zap.ts';

export const claims: readonly Property<Evidence>[] = [
  syscalls.firstAccessSucceeds,
  zap.noSyscallIoWhileDisabled,
  zap.noAccessAfterZap,
  syscalls.mmioNeedsItsPermission,
  syscalls.noAccessAcrossPages,
  mapping.advertisedBarCanBeMapped,
  mapping.noMmapOfOversizedBar,
  mapping.otherArchitecturesUnchanged,
  zap.vmaFlagsChangeUnderWriteLock,
  syscalls.successfulWriteIsStored,
  syscalls.noStaleVma,
  syscalls.faultedInOnce,
  interfaces.interfacesAgree,
  interfaces.neighboursAnswerByTheBar,
  interfaces.s390HasResourceFiles,
  returns.errorsHaveACause,
  returns.causesGiveAnError,
  effects.successHasItsEffect,
  zap.zapFindsEveryMapping,
  release.lastUserReleases,
  release.powerOffAsksAndWaits,
  noDeadlock,
  noLivelock,
  lockDiscipline,
];

/** Judged by cited facts, not by executions. */
export const stateClaims: readonly StateClaim<BuildFacts>[] = [builds.everyPrefixBuilds];
