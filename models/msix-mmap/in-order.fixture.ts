import { compileProgram, executeFresh } from '../../harness/machine/execute.ts';
import type { Strategy } from '../../harness/machine/machine.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { series as msixMmap } from './series.ts';
import type { MsixWorld } from './world.ts';

/** The operation that a thread is in, or the next one it begins. */
const operationOf = ({ begun, path, work }: Thread): number =>
  work[path === null ? begun : begun - 1]!.operation;

/** One operation after the other, as they are listed. */
const inOrder: Strategy = {
  begin() {},
  pick(runnable, count) {
    let first = runnable[0]!;
    for (const thread of runnable.slice(1, count)) {
      if (operationOf(thread) < operationOf(first)) first = thread;
    }
    return first;
  },
};

const ACTORS: Readonly<Record<string, string>> = {
  hot_add: 'admin',
  hot_remove: 'admin',
  affinity: 'admin',
  trigger: 'device0',
};

export type Body = { readonly op: string } & { readonly [field: string]: Operation[string] };

export interface Played {
  /** Return values, or signals, in order. */
  readonly returns: readonly (number | string | null)[];
  readonly world: MsixWorld;
}

/** Runs operations one after the other on a state. */
export function play(state: string, config: WorldConfig, bodies: readonly Body[]): Played {
  const ops = bodies.map((body): Operation => ({ actor: ACTORS[body.op] ?? 'user0', ...body }));
  const program = compileProgram(msixMmap.model(state)!, config, ops);
  const { machine, world, outcome } = executeFresh(program, inOrder, 4_000, new Uint8Array(4_000));
  if (outcome !== 'finished') throw new Error(`${state}: ${outcome}`);
  return {
    returns: machine.calls.map(({ ret, signal }) => signal ?? ret),
    world: world as MsixWorld,
  };
}

export const mmap = (bar: number, offset = 0, length = 0x1000, as = 'm0'): Body => ({
  op: 'mmap',
  bar,
  offset,
  length,
  as,
});
export const info = (bar: number): Body => ({ op: 'region_info', bar });
export const store = (offset: number, value = 0, map = 'm0'): Body => ({
  op: 'touch',
  map,
  offset,
  access: 'store',
  value,
});
export const hotAdd = (size = 0x1000, slot = 2): Body => ({ op: 'hot_add', slot, size });
export const OPEN: Body = { op: 'open' };
export const CLOSE: Body = { op: 'close' };
