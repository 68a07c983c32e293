import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import type { Model, Operation } from '../model/model.ts';
import { sameTwice } from './determinism.ts';
import { compileProgram, execute } from './execute.ts';
import { type RecordedStep, Recorder } from './recorder.ts';
import { Cell } from './shared.ts';

const STEPS_MAX = 2000;

/** Every step of one execution with this seed. */
function trace(model: Model, ops: readonly Operation[], seed: number): readonly RecordedStep[] {
  let steps: readonly RecordedStep[] = [];
  execute(compileProgram(model, {}, ops), new Uniform(random(seed)), STEPS_MAX, new Uint8Array(STEPS_MAX), {
    observe: (machine) => {
      const recorder = new Recorder(machine);
      steps = recorder.steps;
      return recorder;
    },
  });
  return steps;
}

const req = { flags: 2, gaddr: '0x10000', len: 8 };
const OPERATIONS: readonly Operation[] = [
  { actor: 'user0', op: 'region_write', pos: 16, count: 32, req },
  { actor: 'user1', op: 'region_write', pos: 16, count: 32, req: { ...req, flags: 1 } },
  { actor: 'user1', op: 'bar_read', bar: 2, pos: 0, count: 8 },
  { actor: 'vcpu0', op: 'pcistb', pcias: 2, offset: 0, len: 16 },
  { actor: 'admin0', op: 'power_off' },
  { actor: 'admin1', op: 'kill' },
];

/** A series of one function that takes `wobble()` for a value it computes. */
function tinyModel(wobble: () => number): Model {
  const series = { name: 'tiny', title: 'tiny', thread: '', operations: [], world: {} };
  return {
    id: 'tiny/v1',
    series,
    state: { id: 'v1', source: { status: 'inferred' }, about: 'for this test' },
    patches: [],
    origins: new Map(),
    properties: [],
    stateVerdicts: [],
    functions: [],
    smallWorlds: [],
    aspects: [],
    mutable: { booleans: [], replaced: [] },
    createHookedWorld: () => {
      throw new Error('nothing to weaken');
    },
    compile: () => null,
    configure: () => null,
    createWorld: (machine) => {
      const cell = new Cell(machine, 'cell', 0);
      return {
        start: function* () {
          yield cell.write;
          cell.value = wobble();
          yield cell.read;
          return 0;
        },
        processOf: () => null,
        device: () => [],
        reset: () => {},
      };
    },
  };
}

const TWO_CALLS: readonly Operation[] = [
  { actor: 'A', op: 'call' },
  { actor: 'B', op: 'call' },
];

describe('two executions of the same inputs', () => {
  test.each(zpciIo.states.map(({ id }) => id))('are the same to the letter: %s', (id) => {
    const model = zpciIo.model(id)!;
    for (let seed = 0; seed < 20; seed++) {
      expect(trace(model, OPERATIONS, seed).length).toBeGreaterThan(OPERATIONS.length);
      expect(sameTwice(() => trace(model, OPERATIONS, seed))).toBeNull();
    }
  });

  test('differ with another seed, so that the comparison compares something', () => {
    const model = zpciIo.model('v1')!;
    expect(trace(model, OPERATIONS, 1)).not.toEqual(trace(model, OPERATIONS, 2));
  });
});

describe('sameTwice', () => {
  test('has nothing against a model that keeps to its world', () => {
    expect(
      sameTwice(() =>
        trace(
          tinyModel(() => 7),
          TWO_CALLS,
          1,
        ),
      ),
    ).toBeNull();
  });

  test('catches a model that uses Math.random', () => {
    const difference = sameTwice(() => trace(tinyModel(Math.random), TWO_CALLS, 1));
    expect(difference?.message).toMatch(
      /^Two executions of the same inputs differ at step \d: "[AB]: write cell = 0x0\.\w+", then "[AB]: write cell = 0x0\.\w+"\. Usual causes: Math\.random, Date, /,
    );
  });

  test('catches a model that keeps state outside its world', () => {
    let calls = 0;
    const difference = sameTwice(() =>
      trace(
        tinyModel(() => ++calls),
        TWO_CALLS,
        1,
      ),
    );
    expect(difference?.message).toContain('write cell = 0x1", then');
  });

  test('says where one execution was shorter', () => {
    const step = (text: string): RecordedStep => ({ actor: 'A', function: null, text, returns: null });
    const runs = [[step('begin call'), step('read cell')], [step('begin call')]];
    expect(sameTwice(() => runs.shift()!)).toEqual({
      step: 1,
      message: expect.stringContaining('differ at step 1: "A: read cell", then "ended".'),
    });
  });

  test('compares functions and return values, too', () => {
    const step: RecordedStep = { actor: 'A', function: 'f', text: 'read cell', returns: null };
    const other = (change: Partial<RecordedStep>) => {
      const runs = [[step], [{ ...step, ...change }]];
      return sameTwice(() => runs.shift()!)?.step;
    };
    expect(other({})).toBeUndefined();
    expect(other({ actor: 'B' })).toBe(0);
    expect(other({ function: 'g' })).toBe(0);
    expect(other({ text: 'read other' })).toBe(0);
    expect(other({ returns: { op: 'call', ret: 0, signal: null } })).toBe(0);
  });
});
