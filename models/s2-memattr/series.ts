import { defineSeries } from '../../harness/model/series.ts';
import { claims } from '../../properties/s2-memattr/claims.ts';
import { aspects } from './aspects.ts';
import { base } from './base.ts';
import { expectations } from './expectations.ts';
import type { MemAttrKernel } from './kernel.ts';
import { operations, world } from './operations.ts';
import { compile, configure } from './settings.ts';
import { smallWorlds } from './small-worlds.ts';
import { states } from './states.ts';
import { survivors } from './survivors.ts';
import { MemAttrWorld } from './world.ts';

export const s2MemAttr = defineSeries({
  name: 's2-memattr',
  title: 'KVM arm64 stage-2 memory type for device MMIO',
  thread: '20231208164709.23101-3-ankita@nvidia.com',
  files: ['arch/arm64/kvm/hyp/pgtable.c', 'arch/arm64/kvm/mmu.c', 'drivers/vfio/pci/nvgrace-gpu/'],
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
  smallWorlds,
  configure,
  createWorld: (machine, kernel, settings) => new MemAttrWorld(machine, kernel, settings),
});

/** What claims may require: see `requires` in properties/s2-memattr/. */
function features(kernel: MemAttrKernel): ReadonlySet<string> {
  const names = new Set<string>();
  if (kernel.hasNormalNc) names.add('normal nc');
  return names;
}

/** The name under which the command line finds the series of a folder. */
export { s2MemAttr as series };
