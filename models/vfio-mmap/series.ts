import { defineSeries } from '../../harness/model/series.ts';
import { claims, stateClaims } from '../../properties/vfio-mmap/claims.ts';
import { aspects } from './aspects.ts';
import { base } from './base.ts';
import { expectations } from './expectations.ts';
import type { VfioKernel } from './kernel.ts';
import { mmio_lookup_pfn } from './mmio.ts';
import { operations, world } from './operations.ts';
import { compile, configure } from './settings.ts';
import { smallWorlds } from './small-worlds.ts';
import { states } from './states.ts';
import { survivors } from './survivors.ts';
import { VfioWorld } from './world.ts';
import { operationsProblem, worldProblem } from './world-problem.ts';

export const vfioMmap = defineSeries({
  name: 'vfio-mmap',
  title: 'VFIO_PCI_MMAP removal and s390 BAR mmap',
  thread: '20240529-vfio_pci_mmap-v3-0-cd217d019218@linux.ibm.com',
  files: ['arch/s390/pci/', 'drivers/vfio/pci/Kconfig', 'drivers/vfio/pci/vfio_pci_core.c'],
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
  worldProblem,
  operationsProblem,
  dormant: (actor: string) => actor.startsWith('child'),
  smallWorlds,
  configure,
  createWorld: (machine, kernel, settings) => new VfioWorld(machine, kernel, settings),
});

/** What claims may require: see `requires` in properties/vfio-mmap/. */
function features(kernel: VfioKernel): ReadonlySet<string> {
  const names = new Set<string>();
  if (kernel.mmio_lookup_pfn !== mmio_lookup_pfn) names.add('fixup');
  // Patch 3/3 of v7 gives s390 resource files with the flag that says of which functions.
  const flags = kernel.non_mappable_bars?.(configure({}));
  if (flags === false) names.add('s390-resource-files');
  return names;
}

/** The name under which the command line finds the series of a folder. */
export { vfioMmap as series };
