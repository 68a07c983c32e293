import { defineSeries } from '../../harness/model/series.ts';
import { claims } from '../../properties/zpci-io/claims.ts';
import { aspects } from './aspects.ts';
import { base } from './base.ts';
import { expectations } from './expectations.ts';
import type { ZpciKernel } from './kernel.ts';
import { operations, world } from './operations.ts';
import { compile, configure } from './settings.ts';
import { smallWorlds } from './small-worlds.ts';
import { states } from './states.ts';
import { survivors } from './survivors.ts';
import { ZpciWorld } from './world.ts';
import { worldProblem } from './world-problem.ts';

export const zpciIo = defineSeries({
  name: 'zpci-io',
  title: 'zPCI I/O vfio region',
  thread: '1611086550-32765-1-git-send-email-mjrosato@linux.ibm.com',
  files: ['arch/s390/pci/', 'drivers/vfio/pci/ism/', 'drivers/vfio/pci/vfio_pci_zdev.c'],
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
  createWorld: (machine, kernel, settings) => new ZpciWorld(machine, kernel, settings),
});

/** What claims may require: see `requires` in properties/zpci-io/. */
function features(kernel: ZpciKernel): ReadonlySet<string> {
  const names = new Set<string>();
  if (kernel.vfio_pci_zdev_io_rw !== undefined) names.add('region');
  if (kernel.vfio_zpci_ism_rw !== undefined || kernel.ism_vfio_pci_rw !== undefined)
    names.add('derived driver');
  if (kernel.reset_slot !== undefined) names.add('reset lock');
  return names;
}

/** The name under which the command line finds the series of a folder. */
export { zpciIo as series };
