/** Every claim about the vfio-mmap series, in the order of the invariants M1 to M14 of models/vfio-mmap/README.md. */
import type { Property } from '../../harness/model/property.ts';
import type { StateClaim } from '../../harness/model/state-claim.ts';
import { lockDiscipline } from '../general/lock-discipline.ts';
import { noDeadlock } from '../general/no-deadlock.ts';
import { noLivelock } from '../general/no-livelock.ts';
import * as builds from './builds.ts';
import type { BuildFacts, Evidence } from './evidence.ts';
import * as interfaces from './interfaces.ts';
import * as mapping from './mapping.ts';
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
  noDeadlock,
  noLivelock,
  lockDiscipline,
];

/** Judged by cited facts, not by executions. */
export const stateClaims: readonly StateClaim<BuildFacts>[] = [builds.everyPrefixBuilds];
