/** By what coverage tells apart the situations that an operation can begin in. */
import type { Aspect } from '../../harness/model/aspect.ts';
import type { RemoteVmWorld } from './world.ts';

export const aspects: readonly Aspect<RemoteVmWorld>[] = [
  {
    values: ['processes alive', 'a process exits'],
    of: ({ mms }) => (mms.some(({ exiting }) => exiting) ? 'a process exits' : 'processes alive'),
  },
  {
    values: ['no context', 'one context', 'several contexts'],
    of: ({ wqs }) => {
      const contexts = wqs.flatMap(({ upasid }) => upasid.filter((file) => file)).length;
      return contexts === 0 ? 'no context' : contexts === 1 ? 'one context' : 'several contexts';
    },
  },
];
