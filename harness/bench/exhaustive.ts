/** Exhaustive exploration: how few schedules it takes, beside random search, Spin, and the number there is. */
import { spawnSync } from 'node:child_process';
import { loadSeries } from '../cli/registry.ts';
import { selectModels } from '../cli/select.ts';
import { type Explored, exploreAll } from '../explore/exhaustive.ts';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Model, Operation } from '../model/model.ts';
import { describeEnd, twoWriterOperations } from './spin/two-writers.ts';
import { type SpinModel, spinFigure, spinIsInstalled } from './spin.ts';

const STEPS_MAX = 10_000;
const RANDOM_EXECUTIONS = 200_000;
/** Two requests each take millions. */
const SCHEDULES_MAX = 300_000;
const ROUNDS = 5;

interface Exploration extends Explored {
  readonly milliseconds: number;
  readonly ends: ReadonlySet<string>;
  readonly bad: number;
}

export async function exhaustiveFigures(): Promise<void> {
  const [v1, hp] = selectModels(await loadSeries(), ['v1', 'v1+hp']) as [Model, Model];
  const writers = twoWriterOperations(1);
  const full = median(v1, writers, 'request-belongs-to-caller');
  const { unreduced } = explore(v1, writers, 'request-belongs-to-caller', true);
  console.log('v1, two writers of one request each: a READ of 8 at 0x10000, a block write of 64 at 0x11008');
  console.log(
    `  exhaustive  ${number(full.schedules)} schedules (wanted: at most 1,000) instead of ${number(unreduced!)}, ${full.milliseconds.toFixed(0)} ms, ${full.ends.size} ends, ${number(full.bad)} schedules bad`,
  );
  const tried = tryRandom(v1, writers);
  console.log(
    `  random      ${number(RANDOM_EXECUTIONS)} executions, ${tried.milliseconds.toFixed(0)} ms, ${tried.ends.size} ends`,
  );

  if (!spinIsInstalled()) {
    console.log('Spin is not installed, so there is no peer here (Debian: apt-get install spin gcc)');
    return;
  }
  console.log(
    'time to a full verdict beside Spin 6.5 on Promela peers; ours without the start of Node, as pan without that of a shell',
  );
  beside('two writers, all ends, 1 request each', 'two-writers-ends', 1, full);
  beside('hot unplug of v1+hp, all schedules', 'unplug-hp', 1, median(hp, UNPLUG, 'no-deadlock'));
  beside('hot unplug of v1, all schedules', 'unplug', 1, median(v1, UNPLUG, 'no-deadlock'));
  beside(
    'two writers, all ends, 2 requests each',
    'two-writers-ends',
    2,
    explore(v1, twoWriterOperations(2), 'request-belongs-to-caller'),
  );
}

/** The guest's answer is part of it. */
const UNPLUG: readonly Operation[] = [{ actor: 'admin', op: 'power_off' }];

function explore(model: Model, ops: readonly Operation[], claim: string, count = false): Exploration {
  const property = model.properties.find(({ id }) => id === claim)!;
  const buffer = new Uint8Array(STEPS_MAX);
  // Counting what there is without reduction is no part of a verdict.
  const options = { stepsMax: STEPS_MAX, schedulesMax: SCHEDULES_MAX, preemptionsMax: null, count };
  const ends = new Set<string>();
  let bad = 0;
  const started = performance.now();
  const explored = exploreAll(
    compileProgram(model, {}, ops),
    buffer,
    options,
    ({ machine, outcome, world }) => {
      let broken = false;
      property.check({ machine, outcome, evidence: world }, () => {
        broken = true;
      });
      if (broken) bad++;
      ends.add(describeEnd(returned(machine.calls), world.device()));
    },
  );
  return { ...explored, milliseconds: performance.now() - started, ends, bad };
}

function returned(
  calls: readonly { readonly thread: { readonly name: string }; readonly ret: number | null }[],
) {
  return calls.map(({ thread, ret }) => ({ actor: thread.name, ret }));
}

/** The middle one of several, after a first that warms up. */
function median(model: Model, ops: readonly Operation[], claim: string): Exploration {
  explore(model, ops, claim);
  const all = Array.from({ length: ROUNDS }, () => explore(model, ops, claim));
  return all.sort((a, b) => a.milliseconds - b.milliseconds)[Math.floor(ROUNDS / 2)]!;
}

function tryRandom(model: Model, ops: readonly Operation[]): Pick<Exploration, 'milliseconds' | 'ends'> {
  const program = compileProgram(model, {}, ops);
  const buffer = new Uint8Array(STEPS_MAX);
  const uniform = new Uniform(random(1));
  const ends = new Set<string>();
  const started = performance.now();
  for (let i = 0; i < RANDOM_EXECUTIONS; i++) {
    const { machine, world } = execute(program, uniform, STEPS_MAX, buffer);
    ends.add(describeEnd(returned(machine.calls), world.device()));
  }
  return { milliseconds: performance.now() - started, ends };
}

function beside(title: string, model: SpinModel, requests: number, ours: Exploration): void {
  const spin = spinFigure(model, requests);
  const total = spin.generateMs + spin.compileMs + spin.runMs;
  const verdicts = ours.bad > 0 === spin.errors > 0 ? 'same verdict' : 'VERDICTS DIFFER';
  const sameEnds =
    spin.outcomes === null || !ours.complete
      ? ''
      : spin.outcomes.every((end) => ours.ends.has(end)) && spin.outcomes.length === ours.ends.size
        ? `, the same ${ours.ends.size} ends`
        : `, ENDS DIFFER: ${ours.ends.size} and ${spin.outcomes.length}`;
  const effort = ours.complete
    ? `${ours.milliseconds.toFixed(1)} ms (${number(ours.schedules)} schedules)`
    : `not finished: ${ours.milliseconds.toFixed(0)} ms for the first ${number(ours.schedules)} schedules`;
  console.log(`  ${title}: ${verdicts}${sameEnds}`);
  console.log(`    ours ${effort}`);
  console.log(
    `    Spin ${total.toFixed(0)} ms in all, of which the compiled verifier ${spin.runMs.toFixed(1)} ms (${number(spin.statesStored)} states)`,
  );
}

/** `verify` as users call it: a proof statement for each of these within a minute. */
export function verifyFigures(): void {
  const worlds: readonly (readonly [string, readonly string[]])[] = [
    ['v2', ['two-writers', 'unplug-requests']],
    ['v3', ['two-bar-writers', 'unplug-bar']],
    ['mainline', ['two-bar-writers', 'unplug-bar']],
  ];
  for (const [model, names] of worlds) {
    const flags = names.flatMap((name) => ['--world', name]);
    const { milliseconds, json } = command(['verify', model, '--max-ops', '1', ...flags, '--json']);
    const { exhaustive, scenarios, schedules } = json as { [name: string]: number | boolean };
    console.log(
      `verify ${model}, ${names.join(' and ')}: ${exhaustive === true ? 'exhaustive' : 'NOT FINISHED'}, ${number(Number(scenarios))} sequences, ${number(Number(schedules))} schedules, ${(milliseconds / 1000).toFixed(1)} s (wanted: 60 s)`,
    );
  }
}

/** What a second worker adds to a campaign of ten seconds. */
export function jobsFigures(): void {
  const executions = (jobs: number): number => {
    const flags = [
      '--model',
      'v1',
      '--seed',
      '1',
      '--time',
      '10s',
      '--no-save',
      '--json',
      '--jobs',
      String(jobs),
    ];
    const { json } = command(['run', ...flags]);
    const { models } = json as { models: readonly { readonly coverage: { readonly executions: number } }[] };
    return models[0]!.coverage.executions;
  };
  const one = executions(1);
  const two = executions(2);
  console.log(
    `run --time 10s on v1: ${number(one)} executions with --jobs 1, ${number(two)} with --jobs 2: ${(two / one).toFixed(2)} times as many (wanted: at least 1.7)`,
  );
}

/** Runs the command line with `--json`. */
export function command(args: readonly string[]): { readonly milliseconds: number; readonly json: unknown } {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync('npx', ['zpci-fuzz', ...args], {
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (status !== 0 && status !== 1)
    throw new Error(`zpci-fuzz ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { milliseconds: performance.now() - started, json: JSON.parse(stdout) };
}

const number = (value: number | bigint): string => value.toLocaleString('en-US');
