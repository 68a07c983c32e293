/** By what coverage tells apart the situations that an operation can begin in. */
import type { Aspect } from '../../harness/model/aspect.ts';
import type { MsixWorld } from './world.ts';

export const aspects: readonly Aspect<MsixWorld>[] = [
  {
    values: ['device closed', 'device open'],
    of: ({ fdTable }) => (fdTable.value === 0 ? 'device closed' : 'device open'),
  },
  {
    values: ['MSI-X off', 'MSI-X on'],
    of: ({ vdev }) => (vdev.numCtx.value === 0 ? 'MSI-X off' : 'MSI-X on'),
  },
  {
    values: ['nothing mapped', 'BAR mapped'],
    of: ({ pageTables }) => (pageTables.mappings.size === 0 ? 'nothing mapped' : 'BAR mapped'),
  },
];
