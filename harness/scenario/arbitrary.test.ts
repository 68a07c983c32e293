import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import type { Field, Fields, Json } from '../model/field.ts';
import { mainRole } from '../model/field.ts';
import type { Model } from '../model/model.ts';
import { actorNames, searchWorkloads, type Workload, workloads } from './arbitrary.ts';
import { smallScenarios } from './small-scenarios.ts';
import { validateScenario } from './validate.ts';

const OPS_MAX = 6;

const sample = (numRuns: number, seed: number, opsMax = OPS_MAX): Workload[] =>
  fc.sample(workloads(zpciIo, opsMax), { numRuns, seed });

const SAMPLE = sample(20_000, 1);

/** `region_write.req.len = 8`: each listed value of each field, below a name. */
function* listed(name: string, fields: Fields): Generator<string> {
  for (const [key, field] of Object.entries(fields)) {
    if (field.kind === 'record') yield* listed(`${name}.${key}`, field.fields);
    else for (const value of field.values) yield `${name}.${key} = ${JSON.stringify(value)}`;
  }
}

/** The same of what was generated. */
function* generated(
  name: string,
  fields: Fields,
  given: { readonly [key: string]: Json },
): Generator<string> {
  for (const [key, field] of Object.entries(fields)) {
    const value = given[key];
    if (value === undefined) continue;
    if (field.kind === 'record') yield* generated(`${name}.${key}`, field.fields, value as typeof given);
    else yield `${name}.${key} = ${JSON.stringify(value)}`;
  }
}

const isNumber = (field: Field): boolean => field.kind === 'integer' || field.kind === 'u64';

describe('generated workloads', () => {
  test('have every kind of operation, by each actor of its role', () => {
    const seen = new Set(SAMPLE.flatMap(({ ops }) => ops.map(({ actor, op }) => `${actor} ${op}`)));
    const all = zpciIo.operations.flatMap((spec) =>
      actorNames(mainRole(spec)).map((actor) => `${actor} ${spec.name}`),
    );
    expect(seen).toEqual(new Set(all));
  });

  test('have every listed value of every field of every operation', () => {
    const seen = new Set(
      SAMPLE.flatMap(({ ops }) =>
        ops.flatMap((op) => [
          ...generated(op.op, zpciIo.operations.find(({ name }) => name === op.op)!.fields, op),
        ]),
      ),
    );
    const all = zpciIo.operations.flatMap(({ name, fields }) => [...listed(name, fields)]);
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter((value) => !seen.has(value))).toEqual([]);
  });

  test('have every setting of the world but the ones that are so anyway', () => {
    const seen = new Set(SAMPLE.flatMap(({ world }) => [...generated('world', zpciIo.world, world)]));
    const usual = new Set(
      Object.entries(zpciIo.world).flatMap(([name, field]) =>
        field.kind !== 'record' && field.values.length > 1
          ? [`world.${name} = ${JSON.stringify(field.values[0])}`]
          : [],
      ),
    );
    const all = [...listed('world', zpciIo.world)];
    expect(all.filter((value) => !seen.has(value) && !usual.has(value))).toEqual([]);
    expect([...seen].filter((value) => usual.has(value))).toEqual([]);
  });

  test('mostly have the default world, and never more than two settings', () => {
    const settings = SAMPLE.map(({ world }) => Object.keys(world).length);
    expect(Math.max(...settings)).toBe(2);
    expect(settings.filter((count) => count === 0).length).toBeGreaterThan(SAMPLE.length / 2);
  });

  test('have numbers that are not listed, now and then', () => {
    const numbers = zpciIo.operations.flatMap(({ name, fields }) =>
      Object.entries(fields)
        .filter(([, field]) => isNumber(field))
        .map(([key]) => [name, key] as const),
    );
    expect(numbers.length).toBeGreaterThan(10);
    for (const [name, key] of numbers) {
      const field = zpciIo.operations.find((spec) => spec.name === name)!.fields[key]!;
      const values: readonly Json[] = field.kind === 'record' ? [] : field.values;
      const odd = SAMPLE.some(({ ops }) => ops.some((op) => op.op === name && !values.includes(op[key]!)));
      expect(odd, `${name}.${key}`).toBe(true);
    }
  });

  test('are valid scenarios', () => {
    for (const { world, ops } of SAMPLE.slice(0, 2000)) {
      expect(() =>
        validateScenario(zpciIo, { format: 1, model: 'zpci-io/v1', world, ops }, 'sample'),
      ).not.toThrow();
    }
  });

  test.each([1, 3, 20])('have 1 to %d operations where that many are asked for', (opsMax) => {
    const lengths = new Set(sample(2000, 1, opsMax).map(({ ops }) => ops.length));
    expect(lengths).toEqual(new Set(Array.from({ length: opsMax }, (_, at) => at + 1)));
  });

  test('are the same for the same seed, and others for another', () => {
    expect(sample(100, 5)).toEqual(sample(100, 5));
    expect(sample(100, 5)).not.toEqual(sample(100, 6));
  });

  test('leave kinds out: a sequence of many operations often has only few', () => {
    const long = sample(500, 1, 40).filter(({ ops }) => ops.length > 20);
    const kinds = long.map(({ ops }) => new Set(ops.map(({ op }) => op)).size);
    expect(Math.min(...kinds)).toBeLessThanOrEqual(3);
    expect(Math.max(...kinds)).toBe(zpciIo.operations.length);
  });
});

describe('what a search runs', () => {
  const v1 = zpciIo.model('v1')!;
  const drawn = (model: Model, opsMax: number): Workload[] =>
    fc.sample(searchWorkloads(model, opsMax), { numRuns: 5_000, seed: 3 });
  const scenarios = (id: string) =>
    new Set(
      smallScenarios(zpciIo, { kind: 'small world', id }).map(({ world, ops }) => text({ world, ops })),
    );
  const text = ({ world, ops }: Workload): string => JSON.stringify([world, ops]);

  test('follows each small world now and then', () => {
    const sample = drawn(v1, 20).map(text);
    expect(v1.smallWorlds.length).toBeGreaterThan(2);
    for (const id of v1.smallWorlds) {
      const its = scenarios(id);
      const share = sample.filter((one) => its.has(one)).length / sample.length;
      expect(share, id).toBeGreaterThan(0);
      expect(share, id).toBeLessThan(0.1);
    }
  });

  test('leaves out small worlds that have more operations than asked for, or mean nothing on the model', () => {
    const long = v1.smallWorlds[0]!;
    expect(drawn(v1, 2).every(({ ops }) => ops.length <= 2)).toBe(true);
    const without = { ...v1, smallWorlds: v1.smallWorlds.filter((id) => id !== long) };
    const others = new Set(without.smallWorlds.flatMap((id) => [...scenarios(id)]));
    const its = [...scenarios(long)].filter((one) => !others.has(one));
    const had = new Set(drawn(without, 20).map(text));
    expect(its.filter((one) => had.has(one))).toEqual([]);
  });

  test('is any sequence where the series lists no small world', () => {
    expect(drawn({ ...v1, smallWorlds: [] }, 6)).toEqual(sample(5_000, 3));
  });
});

test.each([
  { role: 'user', names: ['user0', 'user1'] },
  { role: 'vcpu', names: ['vcpu0', 'vcpu1'] },
  { role: 'admin', names: ['admin', 'admin1'] },
])('actors of the role $role are $names', ({ role, names }) => {
  expect(actorNames(role)).toEqual(names);
});
