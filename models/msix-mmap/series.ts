import { defineSeries } from '../../harness/model/series.ts';
import { claims } from '../../properties/msix-mmap/claims.ts';
import { aspects } from './aspects.ts';
import { base } from './base.ts';
import { expectations } from './expectations.ts';
import type { MsixKernel } from './kernel.ts';
import { operations, world } from './operations.ts';
import { pageIsExclusive } from './patches/rfc.ts';
import { compile, configure } from './settings.ts';
import { smallWorlds } from './small-worlds.ts';
import { states } from './states.ts';
import { survivors } from './survivors.ts';
import { MsixWorld } from './world.ts';
import { worldProblem } from './world-problem.ts';

export const msixMmap = defineSeries({
  name: 'msix-mmap',
  title: 'vfio-pci mmap of sub-page BARs and of the MSI-X table',
  thread: 'linuxppc-dev, [RFC PATCH v4 0/7], 2016-03-07; reply of Bjorn Helgaas 2016-03-16',
  files: [
    'arch/powerpc/platforms/powernv/pci-ioda.c',
    'drivers/vfio/pci/vfio_pci.c',
    'drivers/vfio/pci/vfio_pci_core.c',
  ],
  base,
  states,
  operations,
  world,
  features,
  properties: claims,
  expectations,
  aspects,
  survivors,
  compile,
  worldProblem,
  smallWorlds,
  configure,
  createWorld: (machine, kernel, settings) => new MsixWorld(machine, kernel, settings),
});

/** What claims may require: see `requires` in properties/msix-mmap/. */
function features(kernel: MsixKernel): ReadonlySet<string> {
  const names = new Set<string>();
  if (kernel.vfio_pci_probe_mmaps !== undefined) names.add('dummy resources');
  if (typeof kernel.msixGate?.by === 'string') names.add('msix gate');
  if (kernel.msixGate !== undefined) names.add('mappable table');
  if (names.has('dummy resources') || kernel.mayMapBar === pageIsExclusive) names.add('exclusive pages');
  const { alignment, pcibios_default_alignment } = kernel;
  if (alignment.noresize || pcibios_default_alignment !== undefined) names.add('alignment without resize');
  return names;
}

/** The name under which the command line finds the series of a folder. */
export { msixMmap as series };
