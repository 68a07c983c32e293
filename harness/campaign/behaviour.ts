/** What can be seen of a scenario from outside the kernel: by user space, and by the device. */
import { exploreAll } from '../explore/exhaustive.ts';
import { type Benches, compileProgram } from '../machine/execute.ts';
import type { Machine, Outcome } from '../machine/machine.ts';
import type { DeviceRecord, Model, SeenRecord, World } from '../model/model.ts';
import { type CallRecord, callRecord } from '../scenario/recording.ts';
import type { Draft } from '../scenario/reduce.ts';

/** One way in which operations end. Which of two actors returned first is left out: nobody can tell. */
export interface Behaviour {
  readonly outcome: Outcome;
  /** By operation of the scenario; null: it never began. Without `ret` and `signal` it never returned. */
  readonly calls: readonly (CallRecord | null)[];
  readonly device: readonly DeviceRecord[];
  /** What user space was handed besides results. */
  readonly seen: readonly SeenRecord[];
}

/** All ways in which the operations of a scenario end. */
export interface Behaviours {
  readonly ends: ReadonlyMap<string, Behaviour>;
  /** Whether all schedules were explored. */
  readonly complete: boolean;
}

export interface BehaviourLimits {
  readonly stepsMax: number;
  /** Schedules after which a scenario is given up. */
  readonly schedulesMax: number;
  /** Called before what may take its time. */
  readonly beat?: () => void;
}

export function behaviourOf(machine: Machine, outcome: Outcome, world: World): Behaviour {
  const calls: (CallRecord | null)[] = [];
  for (const call of machine.calls) {
    const { operation } = call.work;
    if (operation < 0) continue;
    while (calls.length < operation) calls.push(null);
    calls[operation] = callRecord(call);
  }
  return { outcome, calls, device: world.device(), seen: world.seen?.() ?? [] };
}

export const keyOf = (behaviour: Behaviour): string => JSON.stringify(behaviour);

export function behavioursOf(
  model: Model,
  { world, ops }: Draft,
  { stepsMax, schedulesMax, beat = () => {} }: BehaviourLimits,
  benches?: Benches,
): Behaviours {
  const ends = new Map<string, Behaviour>();
  const program = compileProgram(model, world, ops, benches);
  const options = { stepsMax, schedulesMax, preemptionsMax: null, count: false };
  const { complete } = exploreAll(program, new Uint8Array(stepsMax), options, (run) => {
    beat();
    const behaviour = behaviourOf(run.machine, run.outcome, run.world);
    ends.set(keyOf(behaviour), behaviour);
  });
  return { ends, complete };
}
