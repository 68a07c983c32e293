/** An execution as the page shows it: with who could run at each step, what changed, and who held which lock when. */
import { Replay } from '../../harness/explore/replay.ts';
import { compileProgram, execute } from '../../harness/machine/execute.ts';
import { ExclusiveLock, RwSemaphore } from '../../harness/machine/locks.ts';
import type { Machine, Strategy } from '../../harness/machine/machine.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Model } from '../../harness/model/model.ts';
import { type Recording, record } from '../../harness/scenario/recording.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';

export const STEPS_MAX = 10_000;

/** A value of a shared object that a step changed. */
export interface Change {
  readonly object: string;
  readonly value: string;
}

export interface LockBar {
  readonly actor: string;
  readonly lock: string;
  /** First and last step at whose end it is held. */
  readonly from: number;
  readonly to: number;
}

/** A signal, and the wait that it ended. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly event: string;
}

export interface Trace {
  readonly recording: Recording;
  /** Who could take each step. */
  readonly runnable: readonly (readonly string[])[];
  readonly changes: readonly (readonly Change[])[];
  /** Before the first step. */
  readonly initial: ReadonlyMap<string, string>;
  readonly bars: readonly LockBar[];
  readonly edges: readonly Edge[];
}

/** Follows a schedule as far as it fits, and notes who else could have gone on. */
class Watched implements Strategy {
  readonly runnable: string[][] = [];
  readonly #replay: Replay;

  constructor(schedule: readonly string[]) {
    this.#replay = new Replay(schedule);
  }

  begin(): void {
    this.runnable.length = 0;
    this.#replay.begin();
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread | null {
    this.runnable.push(runnable.slice(0, count).map(({ name }) => name));
    return this.#replay.pick(runnable, count, step);
  }
}

/** Where a schedule fits no longer, it is cut off there: another state may need other steps. */
export function trace(model: Model, scenario: Scenario): Trace {
  const whole: Scenario = { ...scenario, model: model.id };
  const recording = record(model, whole, STEPS_MAX);
  if (recording.stale !== null) {
    return trace(model, { ...whole, schedule: (whole.schedule ?? []).slice(0, recording.stale.step) });
  }
  const changes: Change[][] = [];
  let initial = new Map<string, string>();
  const bars: LockBar[] = [];
  let values = new Map<string, string>();
  let held = new Map<string, { actor: string; lock: string; from: number }>();
  const look = (machine: Machine) => {
    const now = new Map<string, string>();
    for (const object of machine.objects.slice(1)) now.set(object.name, object.show());
    return now;
  };
  const strategy = new Watched(whole.schedule ?? []);
  const { world = {}, ops } = whole;
  execute(compileProgram(model, world, ops), strategy, STEPS_MAX, new Uint8Array(STEPS_MAX), {
    observe: (machine) => ({
      enter: () => {},
      leave: () => {},
      before: () => {
        if (changes.length > 0) return;
        initial = look(machine);
        values = initial;
      },
      after: () => {
        const now = look(machine);
        changes.push(
          [...now].flatMap(([object, value]) => (values.get(object) === value ? [] : [{ object, value }])),
        );
        values = now;
        held = closeBars(machine, held, changes.length - 1, bars);
      },
    }),
  });
  for (const bar of held.values()) bars.push({ ...bar, to: recording.steps.length - 1 });
  const length = recording.steps.length;
  return {
    recording,
    runnable: strategy.runnable.slice(0, length),
    changes: changes.slice(0, length),
    initial,
    bars,
    edges: edgesOf(recording),
  };
}

function closeBars(
  { objects }: Machine,
  before: ReadonlyMap<string, { actor: string; lock: string; from: number }>,
  step: number,
  bars: LockBar[],
): Map<string, { actor: string; lock: string; from: number }> {
  const now = new Map<string, { actor: string; lock: string; from: number }>();
  for (const object of objects) {
    const owners =
      object instanceof ExclusiveLock
        ? [object.owner]
        : object instanceof RwSemaphore
          ? [object.writer, ...object.readers]
          : [];
    for (const owner of owners) {
      if (owner === null) continue;
      const key = `${owner.name}\n${object.name}`;
      now.set(key, before.get(key) ?? { actor: owner.name, lock: object.name, from: step });
    }
  }
  for (const [key, bar] of before) if (!now.has(key)) bars.push({ ...bar, to: step });
  return now;
}

function edgesOf({ steps }: Recording): Edge[] {
  const signals = new Map<string, number>();
  return steps.flatMap(({ text }, at): Edge[] => {
    const signalled = /^signal (?<event>.*)$/.exec(text)?.groups?.event;
    if (signalled !== undefined) signals.set(signalled, at);
    const event = /^waited for (?<event>.*)$/.exec(text)?.groups?.event;
    const from = event === undefined ? undefined : signals.get(event);
    return event === undefined || from === undefined ? [] : [{ from, to: at, event }];
  });
}

/** Values after a step, or before the first where it is -1. */
export function valuesAt({ initial, changes }: Trace, step: number): Map<string, string> {
  const values = new Map(initial);
  for (const change of changes.slice(0, step + 1).flat()) values.set(change.object, change.value);
  return values;
}

/** The first step at which two executions differ, or null. */
export function divergence(one: Trace, other: Trace): number | null {
  const length = Math.max(one.recording.steps.length, other.recording.steps.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [one.recording.steps[at], other.recording.steps[at]];
    const same =
      a !== undefined &&
      b !== undefined &&
      a.actor === b.actor &&
      a.text === b.text &&
      a.returns?.ret === b.returns?.ret &&
      a.returns?.signal === b.returns?.signal;
    if (!same) return at;
  }
  return null;
}
