import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderExecution } from '../../reports/execution.ts';
import { executionJson } from '../../reports/execution-json.ts';
import { endsOf } from '../campaign/ends.ts';
import { BruteForce } from '../explore/brute-force.fixture.ts';
import { type Benches, compileProgram, execute } from '../machine/execute.ts';
import type { Operation } from '../model/model.ts';
import { nursery } from '../model/nursery.fixture.ts';
import { workloads } from './arbitrary.ts';
import { callRecords, record } from './recording.ts';
import { candidates, normalize } from './reduce.ts';
import { FORMAT, type Scenario } from './scenario.ts';
import { scenarioSchema } from './schema.ts';
import { smallScenarios } from './small-scenarios.ts';
import { validateScenario } from './validate.ts';

const STEPS_MAX = 200;
const v1 = nursery.model('v1')!;

const FORK: Operation = { actor: 'user0', op: 'fork' };
const play = (actor: string, toy: string): Operation => ({ actor, op: 'play', toy });
const scenario = (ops: readonly Operation[], ...schedule: string[]): Scenario => ({
  format: FORMAT,
  model: v1.id,
  ops,
  schedule,
});

describe('an actor that a model starts', () => {
  test('acts after its start, in the place of its name', () => {
    const { calls, outcome } = record(v1, scenario([play('child0', 'ball'), FORK]), STEPS_MAX);
    expect(outcome).toBe('finished');
    expect(calls).toEqual([
      { actor: 'user0', op: 'fork', ret: 0 },
      { actor: 'child0', op: 'play', ret: 5 },
    ]);
  });

  test('does nothing where nobody starts it', () => {
    const { calls, outcome, steps } = record(v1, scenario([play('child0', 'ball')]), STEPS_MAX);
    expect({ calls, outcome, steps }).toEqual({ calls: [], outcome: 'finished', steps: [] });
  });

  test('makes a schedule stale that names it before', () => {
    const { stale } = record(v1, scenario([play('child0', 'ball'), FORK], 'child0'), STEPS_MAX);
    expect(stale).toEqual({ step: 0, expected: 'child0', runnable: ['user0'] });
  });

  test('is forgotten by the next program on the same bench', () => {
    const benches: Benches = new Map();
    const buffer = new Uint8Array(STEPS_MAX);
    const callsOf = (...ops: Operation[]) => {
      const all = new BruteForce();
      all.next();
      const { machine } = execute(compileProgram(v1, {}, ops, benches), all, STEPS_MAX, buffer);
      return callRecords(machine.returned, machine.calls).map(({ actor, op }) => `${actor} ${op}`);
    };
    expect(callsOf(FORK, play('child0', 'ball'))).toEqual(['user0 fork', 'child0 play']);
    expect(callsOf(FORK)).toEqual(['user0 fork']);
    expect(callsOf(FORK, FORK, play('child1', 'kite'))).toEqual(['user0 fork', 'user0 fork', 'child1 play']);
    expect(callsOf(play('child0', 'ball'))).toEqual([]);
  });

  test('is explored to the same ends by brute force and by the reduction', () => {
    const program = [
      FORK,
      play('user0', 'ball'),
      play('user1', 'ball'),
      play('child0', 'ball'),
      play('child0', 'kite'),
    ];
    const all = new BruteForce();
    const buffer = new Uint8Array(STEPS_MAX);
    const compiled = compileProgram(v1, {}, program);
    const seen = new Set<string>();
    while (all.next()) {
      const { machine } = execute(compiled, all, STEPS_MAX, buffer);
      seen.add(JSON.stringify(callRecords(machine.returned, machine.calls)));
    }
    const { ends, explored } = endsOf(v1, scenario(program), {
      stepsMax: STEPS_MAX,
      schedulesMax: 10_000,
      preemptionsMax: null,
      properties: [],
    });
    expect(explored.complete).toBe(true);
    expect(new Set(ends.map(({ calls }) => JSON.stringify(calls)))).toEqual(seen);
    expect(seen.size).toBeGreaterThan(3);
  });
});

test('a call that ends with a signal has returned, and has it in the place of a value', () => {
  const recording = record(v1, scenario([play('user0', 'ball'), play('user1', 'ball')]), STEPS_MAX);
  const { calls, steps } = recording;
  expect(calls).toEqual([
    { actor: 'user0', op: 'play', ret: 5 },
    { actor: 'user1', op: 'play', signal: 'SIGBUS' },
  ]);
  expect(executionJson(recording).calls).toEqual(calls);
  expect(renderExecution(recording, { color: false, width: 80 })).toContain('user1  play  got SIGBUS');
  expect(steps.at(-1)!.returns).toEqual({ op: 'play', ret: null, signal: 'SIGBUS' });
});

describe('settings that are no world together', () => {
  const dark = { light: 'off', game: 'reading' };

  test('are not generated, alone they are', () => {
    const worlds = fc.sample(workloads(nursery, 2), { numRuns: 2_000, seed: 1 }).map(({ world }) => world);
    expect(worlds).toContainEqual({ light: 'off' });
    expect(worlds).toContainEqual({ game: 'reading' });
    expect(worlds).not.toContainEqual(dark);
  });

  test('are no small scenario, and nothing shrinks to them', () => {
    const small = smallScenarios(nursery, { kind: 'typical', ops: 0, changes: 2 });
    expect(small.map(({ world }) => world)).toEqual([{}, { light: 'off' }, { game: 'reading' }]);
    const worlds = [...candidates(nursery, { world: dark, ops: [] })].map(({ world }) => world);
    expect(worlds).toEqual([{ game: 'reading' }, { light: 'off' }]);
  });
});

describe('the vocabulary', () => {
  test('lets each role of an operation ask for it, and takes any identifier for a name', () => {
    const check = new Ajv({ strict: false, discriminator: true }).compile(scenarioSchema(nursery));
    expect(check(scenario([play('user1', 'my_toy2'), play('child', 'x')]))).toBe(true);
    expect(check(scenario([{ actor: 'child0', op: 'fork' }]))).toBe(false);
    expect(check(scenario([play('admin', 'ball')]))).toBe(false);
    expect(check(scenario([play('user0', '__proto__')]))).toBe(false);
  });

  test('names who and what is allowed', () => {
    const check = (op: Operation) => () => validateScenario(nursery, scenario([op]), 'x.json');
    expect(check(play('admin', 'ball'))).toThrow(
      'x.json: ops[0].actor is "admin"; this operation is for user, user0, user1 and so on to user99; or child, child0, child1 and so on to child99.',
    );
    expect(check(play('user0', 'Ball'))).toThrow(
      'x.json: ops[0].toy is "Ball"; allowed: a small letter, then up to 15 small letters, digits or "_".',
    );
  });

  test('generates one actor that has to be started, and keeps names', () => {
    const ops = fc.sample(workloads(nursery, 6), { numRuns: 200, seed: 1 }).flatMap((one) => one.ops);
    expect(new Set(ops.map(({ actor }) => actor))).toEqual(new Set(['user0', 'user1', 'child0']));
    const draft = normalize(nursery, { world: {}, ops: [play('user0', 'ball')] });
    expect(draft.ops).toEqual([play('user0', 'ball')]);
  });

  test('shrinks a child’s operation to a user’s', () => {
    const simpler = [...candidates(nursery, { world: {}, ops: [FORK, play('child0', 'ball')] })];
    expect(simpler).toContainEqual({ world: {}, ops: [FORK, play('user0', 'ball')] });
  });

  test('makes small scenarios of the main roles', () => {
    const actors = smallScenarios(nursery, { kind: 'typical', ops: 2, changes: 0 }).flatMap(({ ops }) => ops);
    expect(new Set(actors.map(({ actor }) => actor))).toEqual(new Set(['user0', 'user1']));
  });
});
