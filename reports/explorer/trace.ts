/** An execution as the page shows it: with who could run at each step, what changed, who held which lock and who waited. */
import { Replay } from '../../harness/explore/replay.ts';
import { compileProgram, execute } from '../../harness/machine/execute.ts';
import type { Strategy } from '../../harness/machine/machine.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { Model } from '../../harness/model/model.ts';
import { type Recording, record } from '../../harness/scenario/recording.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';
import { type Bar, type Edge, Watcher } from './watcher.ts';

/** As `exec` has it unless told otherwise. */
export const STEPS_MAX = 10_000;

/** A shared object that some step changed. */
export interface History {
  readonly object: string;
  /** Before the first step. */
  readonly initial: string;
  /** Steps that changed it, in order. */
  readonly steps: readonly number[];
  /** What each of them left. */
  readonly values: readonly string[];
}

export interface Trace {
  readonly recording: Recording;
  /** Who could take each step. */
  readonly runnable: readonly (readonly string[])[];
  /** Objects that never change are left out. */
  readonly histories: readonly History[];
  readonly bars: readonly Bar[];
  readonly edges: readonly Edge[];
  /** The step from which on the schedule did not fit and the default rule took over; null where it fits. */
  readonly leftScheduleAt: number | null;
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

/** Where a schedule fits no longer it is cut off, and the default rule goes on: another state may need other steps. */
export function trace(model: Model, scenario: Scenario, stepsMax = STEPS_MAX): Trace {
  const asked: Scenario = { ...scenario, model: model.id };
  const first = record(model, asked, stepsMax);
  const leftScheduleAt = first.stale?.step ?? null;
  const schedule = (asked.schedule ?? []).slice(0, leftScheduleAt ?? Number.POSITIVE_INFINITY);
  const recording = leftScheduleAt === null ? first : record(model, { ...asked, schedule }, stepsMax);
  const strategy = new Watched(schedule);
  const watchers: Watcher[] = [];
  execute(compileProgram(model, asked.world ?? {}, asked.ops), strategy, stepsMax, new Uint8Array(stepsMax), {
    observe: (machine) => {
      const watcher = new Watcher(machine);
      watchers.push(watcher);
      return watcher;
    },
  });
  // Of a livelock the recording has the first round only.
  const length = recording.steps.length;
  const seen = watchers[0]!.seen(length, recording.waiting.length > 0 ? length : length - 1);
  return {
    recording,
    ...seen,
    edges: [...seen.edges, ...endlessEdges(recording)],
    runnable: strategy.runnable.slice(0, length),
    leftScheduleAt,
  };
}

/** From each thread that waits for ever to those that it waits for. */
function endlessEdges({ steps, waiting }: Recording): Edge[] {
  return waiting.flatMap(({ actor, waitsFor, edge, heldBy }) =>
    heldBy.map(
      (holder): Edge => ({
        kind: 'for-ever',
        object: edge === 'lock' ? waitsFor : `“${waitsFor}”`,
        from: { row: steps.length, actor },
        to: { row: steps.length, actor: holder },
      }),
    ),
  );
}

/** The value of an object after a step, or before the first where `step` is -1. */
export function valueAt({ initial, steps, values }: History, step: number): string {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! <= step) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? initial : values[low - 1]!;
}

/** The first step at which two executions differ, or null. The shorter of two that begin alike differs where it ends. */
export function divergence(one: Trace, other: Trace): number | null {
  const [own, others] = [one.recording.steps, other.recording.steps];
  const length = Math.max(own.length, others.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [own[at], others[at]];
    const same =
      a !== undefined &&
      b !== undefined &&
      a.actor === b.actor &&
      a.text === b.text &&
      a.returns?.op === b.returns?.op &&
      a.returns?.ret === b.returns?.ret &&
      a.returns?.signal === b.returns?.signal;
    if (!same) return at;
  }
  return null;
}
