/** Runs operations on a state, and says how each call came back and what the guest's accesses were. */
import { exploreAll } from '../../harness/explore/exhaustive.ts';
import { Replay } from '../../harness/explore/replay.ts';
import { compileProgram, execute, type Run } from '../../harness/machine/execute.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import type { Evidence } from '../../properties/s2-memattr/evidence.ts';
import { series as s2MemAttr } from './series.ts';
import { MemAttrWorld } from './world.ts';

const STEPS_MAX = 2_000;

export type Body = { readonly op: string; readonly [field: string]: Operation[string] };

export const by = (actor: string, ...bodies: readonly Body[]): Operation[] =>
  bodies.map((body) => ({ actor, ...body }));

const on =
  (access: 'read' | 'write' | 'exec') =>
  (page = 'slot0', stage1 = 'normal-nc'): Body => ({ op: 'guest_access', page, access, stage1 });

export const read = on('read');
export const write = on('write');
export const exec = on('exec');

export const mmap = (backing: string, hva = 0, prot = 'rw'): Body => ({ op: 'mmap', hva, backing, prot });
export const munmap = (hva = 0): Body => ({ op: 'munmap', hva });

export interface Results {
  readonly run: Run;
  readonly evidence: Evidence;
  /** In the order in which the calls began. */
  readonly results: readonly (number | null)[];
  /** Result types of the guest's accesses, in their order. */
  readonly types: readonly string[];
}

function evidenceOf({ world }: Run): Evidence {
  if (!(world instanceof MemAttrWorld)) throw new Error('a world of another series');
  return world;
}

/**
 * Whoever ran last goes on while it can, then the first by name.
 *
 * @param first who takes the first steps.
 */
export function run(
  state: string,
  ops: readonly Operation[],
  world: WorldConfig = {},
  first: readonly (readonly [actor: string, steps: number])[] = [],
): Results {
  const program = compileProgram(s2MemAttr.model(state)!, world, ops);
  const schedule = first.flatMap(([actor, steps]) => Array<string>(steps).fill(actor));
  const done = execute(program, new Replay(schedule), STEPS_MAX, new Uint8Array(STEPS_MAX));
  const evidence = evidenceOf(done);
  return {
    run: done,
    evidence,
    results: done.machine.calls.map(({ ret }) => ret),
    types: evidence.guestAccesses.map(({ type }) => type),
  };
}

/** What one thread of the VMM comes to, its own vCPU's accesses among it. */
export const alone = (state: string, bodies: readonly Body[], world: WorldConfig = {}): Results =>
  run(state, by('vcpu0', ...bodies), world);

/** What is said of each execution, under all schedules. */
export function ends(
  state: string,
  ops: readonly Operation[],
  world: WorldConfig,
  tell: (evidence: Evidence, results: readonly (number | null)[]) => string,
): string[] {
  const program = compileProgram(s2MemAttr.model(state)!, world, ops);
  const seen = new Set<string>();
  const { complete } = exploreAll(
    program,
    new Uint8Array(STEPS_MAX),
    { stepsMax: STEPS_MAX, schedulesMax: 50_000, preemptionsMax: null },
    (one) => {
      const calls = [...one.machine.calls].sort((a, b) => a.work.operation - b.work.operation);
      seen.add(
        tell(
          evidenceOf(one),
          calls.map(({ ret }) => ret),
        ),
      );
    },
  );
  if (!complete) throw new Error('not explored to the end');
  return [...seen].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
