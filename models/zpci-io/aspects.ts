/** By what coverage tells apart the situations that an operation can begin in. */
import type { Aspect } from '../../harness/model/aspect.ts';
import type { ZpciWorld } from './world.ts';

export const aspects: readonly Aspect<ZpciWorld>[] = [
  {
    values: ['function configured', 'function being removed', 'function removed'],
    of: ({ zdev, driverUnbound }) =>
      zdev.state.value === 'standby'
        ? 'function removed'
        : driverUnbound
          ? 'function being removed'
          : 'function configured',
  },
  {
    values: ['memory enabled', 'memory disabled'],
    of: ({ memoryEnabled }) => (memoryEnabled ? 'memory enabled' : 'memory disabled'),
  },
];
