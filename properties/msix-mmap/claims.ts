/** Every claim about the msix-mmap series, in the order of the invariants MX-I1 to MX-I16 of models/msix-mmap/README.md, then those about what calls do. */
import type { Property } from '../../harness/model/property.ts';
import { lockDiscipline } from '../general/lock-discipline.ts';
import { noDeadlock } from '../general/no-deadlock.ts';
import { noLivelock } from '../general/no-livelock.ts';
import * as alignment from './alignment.ts';
import * as effects from './effects.ts';
import type { Evidence } from './evidence.ts';
import * as userInterface from './interface.ts';
import * as lifetime from './lifetime.ts';
import * as pages from './pages.ts';
import * as returns from './returns.ts';
import * as table from './table.ts';

export const claims: readonly Property<Evidence>[] = [
  pages.mappedPageBelongsToItsFunction,
  pages.mappedPageStaysItsFunctions,
  lifetime.lastCloseFreesThePage,
  userInterface.mmapFlagMeansMappable,
  table.noVectorWrittenThroughMmap,
  table.writtenVectorIsFiltered,
  table.noVectorWrittenThroughFile,
  pages.mappedBarStartsOnPage,
  lifetime.failedOpenLeavesNothing,
  alignment.probeOnlyKeepsResources,
  alignment.alignmentKeepsTheSize,
  alignment.alignmentKeepsTheVfStride,
  userInterface.ordinaryBarsBehaveAlike,
  userInterface.registersBesideTableNeedNoTrap,
  pages.sharedPageIsNotMappable,
  table.msixGateAsksOwnPath,
  table.gateIsClosedWhereNothingFilters,
  returns.errorsHaveACause,
  returns.causesGiveAnError,
  effects.successHasItsEffect,
  effects.lastUseDisables,
  pages.exclusivePageIsMappable,
  alignment.parameterAlignsWhomItNames,
  alignment.alignedBarIsNoWindow,
  noDeadlock,
  noLivelock,
  lockDiscipline,
];
