/** By what coverage tells apart the situations that an operation can begin in. */
import type { Aspect } from '../../harness/model/aspect.ts';
import type { MemAttrWorld } from './world.ts';

export const aspects: readonly Aspect<MemAttrWorld>[] = [
  {
    values: ['memory enabled', 'memory disabled'],
    of: ({ memoryEnabled }) => (memoryEnabled ? 'memory enabled' : 'memory disabled'),
  },
  {
    values: ['no entry', 'DEVICE entry', 'Normal-NC entry', 'other entry'],
    of: ({ entries }) => {
      const attr = entries[0]!.leaf?.attr;
      if (attr === undefined) return 'no entry';
      if (attr === 'device-nGnRE') return 'DEVICE entry';
      return attr === 'normal-nc' ? 'Normal-NC entry' : 'other entry';
    },
  },
];
