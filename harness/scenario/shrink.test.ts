import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { runChunk, type SearchOptions } from '../campaign/chunk.ts';
import type { Found } from '../campaign/found.ts';
import { byDefault } from '../explore/default-rule.ts';
import { type Deviation, Deviations } from '../explore/deviations.ts';
import { random } from '../explore/rng.ts';
import { Uniform } from '../explore/uniform.ts';
import { compileProgram, execute } from '../machine/execute.ts';
import type { Strategy } from '../machine/machine.ts';
import type { Thread } from '../machine/thread.ts';
import type { Fields, Json } from '../model/field.ts';
import type { Operation } from '../model/model.ts';
import { record } from './recording.ts';
import type { Scenario } from './scenario.ts';
import { type Shrunk, shrink } from './shrink.ts';

const v1 = zpciIo.model('v1')!;
const STEPS_MAX = 2000;
const SEEDS = Array.from({ length: 12 }, (_, at) => at + 1);
const CHUNKS_MAX = 12;

interface Identity {
  readonly property: string;
  readonly kind: string;
  /** Of the shrunk scenario. */
  readonly ops: number;
  readonly settings: number;
  /** Context switches that the default rule does not make; who runs first is none. */
  readonly switches: number;
  /** No field of it has a simpler value. */
  readonly typical: boolean;
}

const IDENTITIES: readonly Identity[] = [
  {
    property: 'zero-length-never-executes',
    kind: 'zero-length-executed',
    ops: 1,
    settings: 0,
    switches: 0,
    typical: false,
  },
  {
    property: 'no-mio-on-classic-function',
    kind: 'mio-instruction',
    ops: 1,
    settings: 1,
    switches: 0,
    typical: false,
  },
  // Two writers race for one region: the second one's bytes land between the checks and the instruction.
  {
    property: 'request-executes-as-validated',
    kind: 'load-longer-than-8',
    ops: 2,
    settings: 0,
    switches: 1,
    typical: false,
  },
  {
    property: 'request-belongs-to-caller',
    kind: 'executes-another-request',
    ops: 2,
    settings: 0,
    switches: 1,
    typical: true,
  },
];

const propertyOf = ({ property }: { property: string }) => v1.properties.find(({ id }) => id === property)!;

/** What each seed finds first of each failure, in few sequences. */
function search(seed: number): Found[] {
  const options: SearchOptions = {
    seed,
    strategy: 'portfolio',
    opsMax: 6,
    stepsMax: STEPS_MAX,
    schedulesMax: 2_000,
    properties: IDENTITIES.map(({ property }) => property),
  };
  const found = new Map<Identity, Found>();
  for (let chunk = 0; chunk < CHUNKS_MAX && found.size < IDENTITIES.length; chunk++) {
    for (const one of runChunk(v1, options, chunk, 100).found) {
      const identity = IDENTITIES.find(
        ({ property, kind }) => property === one.property && kind === one.kind,
      );
      if (identity !== undefined && !found.has(identity)) found.set(identity, one);
    }
  }
  return IDENTITIES.flatMap((identity) => found.get(identity) ?? []);
}

const foundBySeed = SEEDS.map(search);
const findings = ({ property, kind }: Identity): Found[] =>
  foundBySeed.flatMap((found) => found.filter((one) => one.property === property && one.kind === kind));

/** What a setting of the world is where a scenario does not say. */
const usual = (setting: string): Json => {
  const field = zpciIo.world[setting]!;
  return field.kind === 'record' ? {} : field.values[0]!;
};

const shrinkOf = (identity: Identity, found: Pick<Found, 'world' | 'ops' | 'schedule'>): Shrunk =>
  shrink(v1, { property: propertyOf(identity), kind: identity.kind }, found, STEPS_MAX);

/** Runs operations once: whether they break the claim, and in how many threads. */
function run(
  identity: Identity,
  { world = {}, ops }: Pick<Scenario, 'world' | 'ops'>,
  strategy: Strategy,
): { broken: boolean; threads: number; steps: number } {
  const program = compileProgram(v1, world, ops);
  const {
    machine,
    world: evidence,
    outcome,
  } = execute(program, strategy, STEPS_MAX, new Uint8Array(STEPS_MAX));
  let broken = false;
  propertyOf(identity).check({ machine, outcome, evidence }, (kind) => {
    if (kind === identity.kind) broken = true;
  });
  return { broken, threads: machine.threads.length, steps: machine.steps };
}

/** A schedule as where it leaves the default rule. */
class AsDeviations implements Strategy {
  readonly deviations: Deviation[] = [];
  #last: Thread | null = null;
  readonly #schedule: readonly string[];

  constructor(schedule: readonly string[]) {
    this.#schedule = schedule;
  }

  begin(): void {}

  pick(runnable: readonly Thread[], count: number, step: number): Thread {
    const offered = runnable.slice(0, count);
    const usual = byDefault(runnable, count, this.#last);
    const name = this.#schedule[step];
    const picked = name === undefined ? usual : offered.find((thread) => thread.name === name)!;
    if (picked !== usual) {
      this.deviations.push({ step, choice: offered.filter((one) => one !== usual).indexOf(picked) });
    }
    this.#last = picked;
    return picked;
  }
}

function deviationsOf(identity: Identity, scenario: Scenario): Deviation[] {
  const strategy = new AsDeviations(scenario.schedule ?? []);
  expect(run(identity, scenario, strategy).broken).toBe(true);
  return strategy.deviations;
}

/** Whether any schedule of so many switches, whoever runs first, breaks the claim in no more threads. */
function breaksWithin(
  identity: Identity,
  scenario: Pick<Scenario, 'world' | 'ops'>,
  switches: number,
  threadsMax: number,
): boolean {
  const actors = new Set(scenario.ops.map(({ actor }) => actor)).size;
  const firsts = Array.from({ length: actors - 1 }, (_, choice): Deviation[] => [{ step: 0, choice }]);
  const goesOn = (before: readonly Deviation[], more: number): boolean => {
    const strategy = new Deviations();
    strategy.deviations = before;
    const { broken, threads, steps } = run(identity, scenario, strategy);
    if (broken && threads <= threadsMax) return true;
    if (more === 0) return false;
    return [...strategy.counts.subarray(0, steps)].some(
      (count, step) =>
        step > (before.at(-1)?.step ?? 0) &&
        Array.from({ length: count - 1 }, (_, choice) => choice).some((choice) =>
          goesOn([...before, { step, choice }], more - 1),
        ),
    );
  };
  return [[], ...firsts].some((first) => goesOn(first, switches));
}

/** An operation with one field at an earlier value of its list; what is left out of a request is zero. */
function* simpler(fields: Fields, given: Operation): Generator<Operation> {
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'record') {
      for (const inner of simpler(field.fields, (given[name] ?? {}) as Operation)) {
        yield { ...given, [name]: inner };
      }
      continue;
    }
    const implied: Json = field.kind === 'choice' ? field.values[0]! : 0;
    const rank = (field.values as readonly Json[]).indexOf(given[name] ?? implied);
    for (const value of field.values.slice(0, rank < 0 ? undefined : rank)) yield { ...given, [name]: value };
  }
}

describe.each(IDENTITIES)('$property ($kind)', (identity) => {
  const all = findings(identity);
  const first = all[0]!;
  const { scenario } = shrinkOf(identity, first);

  test('is found by every seed', () => {
    expect(all).toHaveLength(SEEDS.length);
  });

  test('shrinks to nearly the same scenario whichever seed found it', () => {
    const results = all.map((found) => shrinkOf(identity, found));
    const texts = new Set(results.map(({ scenario }) => JSON.stringify(scenario)));
    expect(texts.size).toBeLessThanOrEqual(2);
    for (const { scenario, minimal } of results) {
      expect(minimal).toBe(true);
      expect(scenario.ops).toHaveLength(identity.ops);
    }
  });

  test('shrinks to the same bytes each time', () => {
    expect(JSON.stringify(shrinkOf(identity, first).scenario)).toBe(JSON.stringify(scenario));
  });

  test('is still the same failure once shrunk, and its schedule is not stale', () => {
    const { violations, stale } = record(v1, scenario, STEPS_MAX);
    expect(stale).toBeNull();
    expect(violations).toContainEqual(
      expect.objectContaining({ property: identity.property, kind: identity.kind }),
    );
  });

  test('needs every operation and every setting of the world', () => {
    const { ops, world = {} } = scenario;
    const smaller = [
      ...ops.map((dropped) => ({ world, ops: ops.filter((op) => op !== dropped) })),
      ...Object.keys(world).map((dropped) => ({ world: { ...world, [dropped]: usual(dropped) }, ops })),
    ];
    expect(smaller).toHaveLength(identity.ops + identity.settings);
    for (const less of smaller) {
      for (let seed = 0; seed < 200; seed++) {
        expect(run(identity, less, new Uniform(random(seed))).broken).toBe(false);
      }
    }
  });

  test('needs every switch', () => {
    const deviations = deviationsOf(identity, scenario);
    const switches = deviations.filter(({ step }) => step > 0);
    expect(switches).toHaveLength(identity.switches);
    for (const dropped of switches) {
      const strategy = new Deviations();
      strategy.deviations = deviations.filter((deviation) => deviation !== dropped);
      expect(run(identity, scenario, strategy).broken).toBe(false);
    }
    // Nor would fewer at other places do.
    if (identity.switches > 0) {
      expect(breaksWithin(identity, scenario, identity.switches - 1, Number.POSITIVE_INFINITY)).toBe(false);
    }
  });

  test('has no field that could be simpler', () => {
    const { threads } = run(identity, scenario, new AsDeviations(scenario.schedule ?? []));
    const reductions = scenario.ops.flatMap((op, at) => {
      const spec = zpciIo.operations.find(({ name }) => name === op.op)!;
      return [...simpler(spec.fields, op)].map((other) => scenario.ops.with(at, other));
    });
    expect(reductions.length === 0).toBe(identity.typical);
    for (const ops of reductions) {
      expect(
        breaksWithin(identity, { ...scenario, ops }, identity.switches, threads),
        JSON.stringify(ops),
      ).toBe(false);
    }
  });
});

describe('a race of two writers', () => {
  const identity = IDENTITIES.find(({ kind }) => kind === 'load-longer-than-8')!;
  const { scenario } = shrinkOf(identity, findings(identity)[0]!);

  test('loses operations that have nothing to do with it', () => {
    const JUNK: readonly Operation[] = [
      { actor: 'user0', op: 'bar_read', bar: 2, pos: 8, count: 4 },
      { actor: 'user0', op: 'memory_enable' },
      { actor: 'user1', op: 'bar_write', bar: 0, pos: 0, count: 8 },
      { actor: 'user1', op: 'region_read', pos: 0, count: 16 },
      { actor: 'vcpu0', op: 'pcilg', pcias: 2, offset: 0, len: 4 },
      { actor: 'vcpu1', op: 'pcistg', pcias: 2, offset: 0, len: 8 },
    ];
    const ops = [...JUNK, ...scenario.ops];
    const schedule = failingSchedule(identity, ops);
    const shrunk = shrinkOf(identity, { world: { maxstbl: 8191 }, ops, schedule });
    expect(shrunk.scenario).toEqual(scenario);
  });

  test('loses switches that it does not need', () => {
    const schedule = failingSchedule(identity, scenario.ops);
    const whole = { ...scenario, schedule };
    expect(deviationsOf(identity, whole).length).toBeGreaterThan(5);
    const shrunk = shrinkOf(identity, { world: {}, ops: scenario.ops, schedule });
    expect(shrunk.scenario).toEqual(scenario);
  });

  test('cannot be shrunk from a schedule that does not show it', () => {
    const passing = { world: {}, ops: [{ actor: 'user0', op: 'memory_enable' }], schedule: [] };
    expect(() => shrinkOf(identity, passing)).toThrow(
      'zpci-io/v1: request-executes-as-validated (load-longer-than-8) does not show again under its own schedule',
    );
  });
});

/** The first of many random schedules that breaks the claim. */
function failingSchedule(identity: Identity, ops: readonly Operation[]): string[] {
  const program = compileProgram(v1, { maxstbl: 8191 }, ops);
  for (let seed = 0; seed < 20_000; seed++) {
    if (!run(identity, { world: {}, ops }, new Uniform(random(seed))).broken) continue;
    const { machine } = execute(program, new Uniform(random(seed)), STEPS_MAX, new Uint8Array(STEPS_MAX));
    return Array.from(machine.schedule.subarray(0, machine.steps), (id) => machine.threads[id]!.name);
  }
  throw new Error('no random schedule breaks the claim');
}
