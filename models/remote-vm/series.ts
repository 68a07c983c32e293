import { defineSeries } from '../../harness/model/series.ts';
import { claims, stateClaims } from '../../properties/remote-vm/claims.ts';
import { aspects } from './aspects.ts';
import { base } from './base.ts';
import { expectations } from './expectations.ts';
import type { RemoteVmKernel } from './kernel.ts';
import { operations, world } from './operations.ts';
import { compile, configure } from './settings.ts';
import { smallWorlds } from './small-worlds.ts';
import { states } from './states.ts';
import { survivors } from './survivors.ts';
import { RemoteVmWorld } from './world.ts';
import { operationsProblem } from './world-problem.ts';

export const remoteVm = defineSeries({
  name: 'remote-vm',
  title: 'iommu_access_remote_vm() and completion records of IDXD',
  thread: '20230306163138.587484-9-fenghua.yu@intel.com',
  files: ['drivers/dma/idxd/', 'drivers/iommu/iommu-sva.c'],
  base,
  states,
  operations,
  world,
  features,
  properties: claims,
  expectations,
  survivors,
  stateClaims,
  aspects,
  compile,
  operationsProblem,
  dormant: (actor: string) => actor.startsWith('child'),
  smallWorlds,
  configure,
  createWorld: (machine, kernel, settings) => new RemoteVmWorld(machine, kernel, settings),
});

/** What claims may require: see `requires` in properties/remote-vm/. */
function features(kernel: RemoteVmKernel): ReadonlySet<string> {
  const names = new Set<string>();
  if (kernel.eventLog) names.add('event log');
  if (kernel.idxd_evl_fault_work !== undefined) names.add('fixup');
  if (kernel.userContexts) names.add('contexts');
  if (kernel.batches) names.add('batch fixup');
  if (!kernel.retriesCopy) names.add('copies that end');
  if (kernel.fileDevice) names.add('file device');
  if (!kernel.recordArea) names.add('user records');
  return names;
}

/** The name under which the command line finds the series of a folder. */
export { remoteVm as series };
