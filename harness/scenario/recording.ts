import { Replay, type Stale } from '../explore/replay.ts';
import { compileProgram, execute, type Program } from '../machine/execute.ts';
import type { Livelock } from '../machine/livelock.ts';
import { LivelockOnset } from '../machine/livelock-onset.ts';
import type { Outcome } from '../machine/machine.ts';
import { type RecordedStep, Recorder } from '../machine/recorder.ts';
import { type Call, hasReturned, type Signal } from '../machine/thread.ts';
import type { DeviceRecord, Model, SeenRecord, World } from '../model/model.ts';
import type { Execution, Finding } from '../model/property.ts';
import type { Scenario } from './scenario.ts';

/** A call as `exec --json` prints it; without `ret` and `signal` it never returned. */
export interface CallRecord {
  readonly actor: string;
  readonly op: string;
  readonly ret?: number;
  readonly signal?: Signal;
}

/** A claim that an execution broke. */
export interface ViolationRecord extends Finding {
  readonly property: string;
  readonly kind: string;
  readonly step: number;
}

/** One thread of a deadlock, as data. */
export interface WaitRecord {
  readonly actor: string;
  /** The operation it is in, and the step at which that began. */
  readonly op: string;
  readonly since: number;
  readonly waitsFor: string;
  /** A lock, or an event that lock debugging cannot see. */
  readonly edge: 'lock' | 'event';
  /** Who holds the lock, or could cause the event. */
  readonly heldBy: readonly string[];
  readonly holds: readonly string[];
}

/** One execution written down: all that reports, the corpus and `exec` need, and no machine any more. */
export interface Recording {
  readonly model: Model;
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly calls: readonly CallRecord[];
  readonly device: readonly DeviceRecord[];
  /** What user space was handed besides results. */
  readonly seen: readonly SeenRecord[];
  readonly violations: readonly ViolationRecord[];
  readonly waiting: readonly WaitRecord[];
  /** Whether somebody waits for what the kernel promises no end of. */
  readonly waitsByDesign: boolean;
  readonly steps: readonly RecordedStep[];
  /** Ids of claims whose precondition happened. */
  readonly exercised: readonly string[];
  /** Set with outcome `stale`. */
  readonly stale: Stale | null;
}

/** Replays a scenario with everything written down. */
export function record(model: Model, scenario: Scenario, stepsMax: number): Recording {
  const program = compileProgram(model, scenario.world ?? {}, scenario.ops);
  const schedule = scenario.schedule ?? [];
  const replay = new Replay(schedule);
  let recorder: Recorder | null = null;
  const run = execute(program, replay, stepsMax, new Uint8Array(stepsMax), {
    observe: (made) => {
      recorder = new Recorder(made);
      return recorder;
    },
  });
  const { machine, world } = run;
  const stale = replay.stale ?? leftOver(machine.steps, stepsMax, schedule);
  const outcome = stale === null ? run.outcome : 'stale';
  if (outcome === 'livelock') machine.livelock = fromItsOnset(program, schedule, stepsMax, machine.livelock!);
  const { violations, exercised } =
    outcome === 'stale' ? NOTHING_JUDGED : judge(model, { machine, outcome, evidence: world });
  return {
    model,
    scenario,
    outcome,
    calls: callRecords(machine.returned, machine.calls),
    device: world.device(),
    seen: world.seen?.() ?? [],
    violations,
    waiting: (outcome === 'deadlock' ? (machine.deadlock?.stuck ?? []) : []).map((stuck) => ({
      actor: stuck.thread.name,
      op: stuck.thread.call?.work.name ?? '',
      since: stuck.thread.call?.begun ?? 0,
      waitsFor: stuck.awaits,
      edge: stuck.edge,
      heldBy: stuck.on.map((thread) => thread.name),
      holds: stuck.holds,
    })),
    waitsByDesign: outcome === 'deadlock' && machine.waitsByDesign,
    steps: shownSteps((recorder as Recorder | null)?.steps ?? [], machine.livelock),
    exercised,
    stale,
  };
}

/**
 * The machine notices a livelock long after it began, since it does not look before. Here the execution is repeated to
 * see when the state that keeps coming back was there first.
 */
function fromItsOnset(
  program: Program,
  schedule: readonly string[],
  stepsMax: number,
  livelock: Livelock,
): Livelock {
  let onset: LivelockOnset | null = null;
  execute(program, new Replay(schedule), stepsMax, new Uint8Array(stepsMax), {
    observe: (machine) => {
      onset = new LivelockOnset(machine, livelock.state);
      return onset;
    },
  });
  return { ...livelock, step: (onset as LivelockOnset | null)?.step ?? livelock.step };
}

/** Of a livelock the first round: the others are the same, for ever. */
function shownSteps(steps: readonly RecordedStep[], livelock: Livelock | null): readonly RecordedStep[] {
  return livelock === null ? steps : steps.slice(0, livelock.step + livelock.period);
}

/** A schedule that goes on where nobody can run any more. */
function leftOver(steps: number, stepsMax: number, schedule: readonly string[]): Stale | null {
  const expected = steps < stepsMax ? schedule[steps] : undefined;
  return expected === undefined ? null : { step: steps, expected, runnable: [] };
}

const NOTHING_JUDGED = { violations: [], exercised: [] };

function judge(
  model: Model,
  execution: Execution<World>,
): { violations: ViolationRecord[]; exercised: string[] } {
  const violations: ViolationRecord[] = [];
  const exercised: string[] = [];
  for (const property of model.properties) {
    const happened = property.check(execution, (kind, step, finding) => {
      // One entry for each failure identity: the first place it shows at.
      if (violations.some((found) => found.property === property.id && found.kind === kind)) return;
      violations.push({ property: property.id, kind, step, ...finding() });
    });
    if (happened) exercised.push(property.id);
  }
  return { violations, exercised };
}

/** Returned calls in the order in which they returned, then those that never did, by actor. */
export function callRecords(returned: readonly Call[], begun: readonly Call[]): CallRecord[] {
  return [
    ...returned.map(callRecord),
    ...begun
      .filter((call) => !hasReturned(call))
      // Not in the order in which they began: nothing in the kernel can tell that.
      .sort((a, b) => a.thread.id - b.thread.id)
      .map(callRecord),
  ];
}

/** Without `ret` and `signal` it never returned. */
export const callRecord = ({ thread, work, ret, signal }: Call): CallRecord => ({
  actor: thread.name,
  op: work.name,
  ...(signal !== null ? { signal } : ret === null ? {} : { ret }),
});
