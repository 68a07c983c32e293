/** Throughput of search on the two-writer model of v1, beside stock fast-check on the same code path. */
import fc from 'fast-check';
import { SCHEDULES } from '../campaign/chunk.ts';
import { loadSeries } from '../cli/registry.ts';
import { selectModels } from '../cli/select.ts';
import { derive } from '../explore/rng.ts';
import { SearchStrategies } from '../explore/strategies.ts';
import { type Benches, compileProgram, execute } from '../machine/execute.ts';
import { ExclusiveLock } from '../machine/locks.ts';
import { Machine } from '../machine/machine.ts';
import { objectIdOf } from '../machine/step.ts';
import type { Call, Thread, Work } from '../machine/thread.ts';
import type { Model, Operation } from '../model/model.ts';
import { twoWriters } from './two-writers.ts';

const ROUNDS = 5;
const STEPS_MAX = 10_000;

interface Figure {
  readonly executions: number;
  readonly steps: number;
  readonly violations: number;
  readonly seconds: number;
}

export async function searchFigures(): Promise<void> {
  const [model] = selectModels(await loadSeries(), ['v1']);
  const ours: Figure[] = [];
  const stock: Figure[] = [];
  // In turn, so that both see the same machine; the first round of each warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const a = searchOurs(model!, 2_000, round);
    const b = await searchStock(model!, 1_500, round);
    if (round > 0) {
      ours.push(a);
      stock.push(b);
    }
  }
  const perSecond = (figures: readonly Figure[], pick: (figure: Figure) => number) =>
    median(figures.map((figure) => pick(figure) / figure.seconds));
  const rows = [
    ['zpci-fuzz search', ours],
    ['fast-check fc.scheduler, scheduledModelRun', stock],
  ] as const;
  console.log(`v1, two writers, all claims on, generation included; medians of ${ROUNDS} rounds`);
  for (const [name, figures] of rows) {
    const executions = perSecond(figures, ({ executions }) => executions);
    const steps = perSecond(figures, ({ steps }) => steps);
    console.log(
      `  ${name.padEnd(44)} ${thousands(executions)} executions/s  ${(steps / 1e6).toFixed(2)} M steps/s  ${figures[0]!.violations} violations seen`,
    );
  }
  const ratio = median(
    ours.map(
      (figure, at) => figure.executions / figure.seconds / (stock[at]!.executions / stock[at]!.seconds),
    ),
  );
  console.log(`  ratio of executions/s, round by round: ${ratio.toFixed(1)}x (wanted: at least 25x)`);
}

/** As a chunk of `run` does it: generate, compile, then several schedules with every claim judged. */
function searchOurs(model: Model, sequences: number, round: number): Figure {
  const started = performance.now();
  const strategies = new SearchStrategies('portfolio', derive(1, round));
  const benches: Benches = new Map();
  const schedule = new Uint8Array(STEPS_MAX);
  let executions = 0;
  let steps = 0;
  let violations = 0;
  for (const ops of fc.sample(twoWriters, { numRuns: sequences, seed: derive(2, round) })) {
    const program = compileProgram(model, {}, ops, benches);
    let length = 0;
    for (let i = 0; i < SCHEDULES; i++) {
      const { machine, world, outcome } = execute(program, strategies.next(i, length), STEPS_MAX, schedule);
      length = machine.steps;
      executions++;
      steps += length;
      for (const property of model.properties) {
        property.check({ machine, outcome, evidence: world }, () => {
          violations++;
        });
      }
    }
  }
  return { executions, steps, violations, seconds: (performance.now() - started) / 1000 };
}

/**
 * The same kernel functions and claims under stock fast-check: commands for scheduledModelRun, whose asynchronous
 * body waits for fc.scheduler at each step of the code path.
 */
async function searchStock(model: Model, executions: number, round: number): Promise<Figure> {
  const started = performance.now();
  let steps = 0;
  let violations = 0;
  let done = 0;
  await fc.assert(
    fc.asyncProperty(twoWriters, fc.scheduler(), async (ops, scheduler) => {
      const machine = new Machine(new Uint8Array(STEPS_MAX));
      const world = model.createWorld(machine, model.configure({}), null);
      const drive = async (actor: string, argument: unknown): Promise<void> => {
        const work: Work = { operation: 0, name: 'region_write', argument };
        const thread = machine.addActor(actor, world.processOf(actor), [work]);
        const call: Call = { work, thread, begun: 0, returned: -1, ret: null, signal: null };
        thread.call = call;
        thread.path = world.start(thread, call);
        machine.calls.push(call);
        for (;;) {
          const next = thread.path.next(0);
          steps++;
          if (next.done === true) {
            call.ret = next.value;
            machine.returned.push(call);
            return;
          }
          thread.pending = next.value;
          do await scheduler.schedule(Promise.resolve());
          while (!machine.enabled(thread));
          takeLock(machine, thread);
        }
      };
      // As fast-check's guide has it: a command starts its operation and does not wait for it, so that the scheduler
      // can interleave it with those of later commands.
      const running: Promise<void>[] = [];
      const commands = ops.map(({ actor, ...rest }) => ({
        check: () => true,
        run: async () => {
          running.push(drive(actor, model.compile({ actor, ...rest } as Operation)));
        },
        toString: () => actor,
      }));
      await fc.scheduledModelRun(scheduler, () => ({ model: {}, real: {} }), commands);
      await Promise.all(running);
      for (const property of model.properties) {
        property.check({ machine, outcome: 'finished', evidence: world }, () => {
          violations++;
        });
      }
      done++;
    }),
    { numRuns: executions, seed: derive(3, round), endOnFailure: true },
  );
  return { executions: done, steps, violations, seconds: (performance.now() - started) / 1000 };
}

/** What the machine does at the steps of this path that are not plain accesses: zdev->lock taken and released. */
function takeLock(machine: Machine, thread: Thread): void {
  const object = machine.objects[objectIdOf(thread.pending)];
  if (object instanceof ExclusiveLock) object.owner = object.owner === thread ? null : thread;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const thousands = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(9);
