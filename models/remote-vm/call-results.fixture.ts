/** Runs operations on a state, in order or under every schedule, and says what came of them. */
import { exploreAll } from '../../harness/explore/exhaustive.ts';
import { Replay } from '../../harness/explore/replay.ts';
import { compileProgram, execute, type Run } from '../../harness/machine/execute.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { series as remoteVm } from './series.ts';
import type { RemoteVmWorld } from './world.ts';

const STEPS_MAX = 2_000;

export interface Results extends Run {
  /** In the order in which the calls began. */
  readonly results: readonly (number | string | null)[];
  readonly evidence: RemoteVmWorld;
}

const withResults = (run: Run): Results => ({
  ...run,
  results: run.machine.calls.map(({ ret, signal }) => signal ?? ret),
  evidence: run.world as RemoteVmWorld,
});

/** Whoever ran last goes on while it can, then the first by name. */
export function run(state: string, ops: readonly Operation[], world: WorldConfig = {}): Results {
  const program = compileProgram(remoteVm.model(state)!, world, ops);
  return withResults(execute(program, new Replay([]), STEPS_MAX, new Uint8Array(STEPS_MAX)));
}

/** Whether some execution is so. There are few enough schedules for all of them to be tried. */
export function can(
  state: string,
  ops: readonly Operation[],
  what: (results: Results) => boolean,
  world: WorldConfig = {},
): boolean {
  const program = compileProgram(remoteVm.model(state)!, world, ops);
  let found = false;
  const { complete } = exploreAll(
    program,
    new Uint8Array(STEPS_MAX),
    { stepsMax: STEPS_MAX, schedulesMax: 200_000, preemptionsMax: null },
    (each) => {
      found ||= what(withResults(each));
    },
  );
  if (!complete && !found) throw new Error('too many schedules for all of them to be tried');
  return found;
}

export type Body = { readonly op: string; readonly [field: string]: Operation[string] };

export const by = (actor: string, ...bodies: readonly Body[]): Operation[] =>
  bodies.map((body) => ({ actor, ...body }));

export const open = (as: string, wq = 0): Body => ({ op: 'open', wq, as });
export const close = (fd: string): Body => ({ op: 'close', fd });
export const submit = (fd: string, cr: string, more: Omit<Body, 'op'> = {}): Body => ({
  op: 'submit',
  fd,
  cr,
  ...more,
});
export const poll = (cr: string): Body => ({ op: 'poll', cr });
export const pass = (fd: string, to: string): Body => ({ op: 'pass_fd', fd, to });
export const only = (op: string): Body => ({ op });
