/** Runs operations on a state and says how each call came back, as `-22`, `0` or `SIGBUS`. */
import { Replay } from '../../harness/explore/replay.ts';
import { compileProgram, execute, type Run } from '../../harness/machine/execute.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { series as vfioMmap } from './series.ts';

const STEPS_MAX = 2000;

export interface Results extends Run {
  /** In the order in which the calls began. */
  readonly results: readonly (number | string | null)[];
}

/** Whoever ran last goes on while it can, then the first by name. */
export function run(state: string, ops: readonly Operation[], world: WorldConfig = {}): Results {
  const program = compileProgram(vfioMmap.model(state)!, world, ops);
  const done = execute(program, new Replay([]), STEPS_MAX, new Uint8Array(STEPS_MAX));
  return { ...done, results: done.machine.calls.map(({ ret, signal }) => signal ?? ret) };
}

export type Body = { readonly op: string; readonly [field: string]: Operation[string] };

export const by = (actor: string, ...bodies: readonly Body[]): Operation[] =>
  bodies.map((body) => ({ actor, ...body }));

/** What one process does, one call after the other. */
export const alone = (
  state: string,
  bodies: readonly Body[],
  world: WorldConfig = {},
): (number | string | null)[] => [...run(state, by('user0', ...bodies), world).results];

export const map = (fields: { readonly [field: string]: Operation[string] } = {}): Body => ({
  op: 'mmap',
  bar: 4,
  offset: 0,
  length: 0x4000,
  prot: 'rw',
  as: 'm0',
  ...fields,
});

export const write = (fields: { readonly [field: string]: Operation[string] } = {}): Body => ({
  op: 'mmio_write',
  map: 'm0',
  offset: 0,
  length: 8,
  ...fields,
});

export const read = (fields: { readonly [field: string]: Operation[string] } = {}): Body => ({
  ...write(fields),
  op: 'mmio_read',
});

export const touch = (fields: { readonly [field: string]: Operation[string] } = {}): Body => ({
  op: 'touch',
  map: 'm0',
  offset: 0,
  access: 'load',
  ...fields,
});

export const info = (bar: number): Body => ({ op: 'region_info', bar });
export const disable: Body = { op: 'memory_disable' };
export const enable: Body = { op: 'memory_enable' };
