import fc from 'fast-check';
import { below, random } from '../explore/rng.ts';
import { type Field, type Fields, type Json, type OperationSpec, rolesOf } from '../model/field.ts';
import type { Model, Operation, SeriesInfo, WorldConfig } from '../model/model.ts';
import type { SmallWorld } from '../model/small-world.ts';

/** What is generated for a run: the world and the operations, without a schedule. */
export interface Workload {
  readonly world: WorldConfig;
  readonly ops: readonly Operation[];
}

/** Whether a world is one that a scenario file may have. */
export const isPossible = (series: SeriesInfo, world: WorldConfig): boolean =>
  (series.worldProblem?.(world) ?? null) === null;

/** How many different selections of operation kinds are drawn from. */
const SWARMS = 48;
/** One sequence in so many follows a small world. */
const SMALL_WORLD_EVERY = 8;

/**
 * What a search runs a model with: sequences of any operations, and now and then one that follows a small world of the
 * series, whose operations in their order seldom come about by chance.
 */
export function searchWorkloads({ series, smallWorlds }: Model, opsMax: number): fc.Arbitrary<Workload> {
  const any = workloads(series, opsMax);
  const following = (series.smallWorlds ?? []).filter(
    (small) => smallWorlds.includes(small.id) && lengthOf(small) <= opsMax,
  );
  if (following.length === 0) return any;
  return fc.oneof(
    { weight: SMALL_WORLD_EVERY - 1, arbitrary: any },
    { weight: 1, arbitrary: fc.constantFrom(...following).chain(scenarioOf) },
  );
}

const lengthOf = ({ actors }: SmallWorld): number =>
  actors.reduce((sum, { operations }) => sum + operations.length, 0);

/** One of its choices for each operation of each actor. */
const scenarioOf = ({ world = {}, actors }: SmallWorld): fc.Arbitrary<Workload> =>
  fc
    .tuple(
      ...actors.flatMap(({ name, operations }) =>
        operations.map((choices) =>
          fc.constantFrom(...choices).map((body): Operation => ({ actor: name, ...body })),
        ),
      ),
    )
    .map((ops) => ({ world, ops }));

/**
 * Operation sequences of a series, from its vocabulary alone.
 *
 * Each draws from one of a fixed set of selections of operation kinds, in which every kind but some is switched off:
 * what a sequence leaves out matters as much as what it has. Source: Groce, Zhang, Eide, Chen, Regehr, "Swarm
 * Testing", ISSTA 2012.
 */
export function workloads(series: SeriesInfo, opsMax: number): fc.Arbitrary<Workload> {
  const byKind = new Map(series.operations.map((spec) => [spec, operation(series, spec)]));
  const sequences = swarms(series.operations).map((kinds) =>
    fc.array(fc.oneof(...kinds.map((spec) => ({ weight: spec.weight, arbitrary: byKind.get(spec)! }))), {
      minLength: 1,
      maxLength: opsMax,
      size: 'max',
    }),
  );
  return fc.record({
    // Settings that are valid one by one may not be so together.
    world: worldConfig(series.world).filter((world) => isPossible(series, world)),
    ops: fc.nat(sequences.length - 1).chain((i) => sequences[i]!),
  });
}

/** The first selection has every kind; the others each a random half. */
function swarms(specs: readonly OperationSpec[]): OperationSpec[][] {
  const source = random(0x5eed);
  const selections = [[...specs]];
  while (selections.length < SWARMS) {
    const kinds = specs.filter(() => below(source, 2) === 0);
    if (kinds.length > 0) selections.push(kinds);
  }
  return selections;
}

/** Numbers that are not listed stay small: a count of thousands of bytes only makes executions long. */
const SMALL = 200;

/**
 * One operation by one of two actors of its role. Of actors that something has to start first there is one, and it
 * acts now and then: without the start its operations never happen.
 */
function operation(series: SeriesInfo, spec: OperationSpec): fc.Arbitrary<Operation> {
  return fc
    .record({ actor: actor(series, spec), fields: fields(spec.fields) })
    .map(({ actor, fields }) => ({ actor, op: spec.name, ...fields }));
}

function actor(series: SeriesInfo, spec: OperationSpec): fc.Arbitrary<string> {
  const names = rolesOf(spec).flatMap((role) => actorNames(role));
  const isDormant = (name: string): boolean => series.dormant?.(name) === true;
  const dormant = names.filter(isDormant);
  const others = fc.constantFrom(...names.filter((name) => !isDormant(name)));
  if (dormant.length === 0) return others;
  return fc.oneof({ weight: 6, arbitrary: others }, { weight: 1, arbitrary: fc.constant(dormant[0]!) });
}

/** A role's actors that are generated: user0 and user1; a lone administrator is plain `admin`. */
export const actorNames = (role: string): [string, string] =>
  role === 'admin' ? ['admin', 'admin1'] : [`${role}0`, `${role}1`];

function fields(specs: Fields): fc.Arbitrary<{ [name: string]: Json }> {
  return fc.record(Object.fromEntries(Object.entries(specs).map(([name, field]) => [name, value(field)])));
}

/** The simplest value half the time, another of the listed ones mostly, now and then any small one. */
function value(field: Field): fc.Arbitrary<Json> {
  switch (field.kind) {
    case 'integer':
      return oneOf(field.values, fc.integer({ min: field.min, max: Math.min(field.max, SMALL) }));
    case 'u64':
      return oneOf(field.values, fc.nat(0x2_2000));
    case 'name':
    case 'choice':
    case 'whole':
      return oneOf<Json>(field.values, fc.constantFrom(...field.values));
    case 'record':
      return fields(field.fields);
    default:
      return field satisfies never;
  }
}

function oneOf<T extends Json>(values: readonly T[], other: fc.Arbitrary<T>): fc.Arbitrary<Json> {
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(values[0]!) },
    { weight: 9, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: other },
  );
}

/** Mostly the default world; else one or two settings changed. */
function worldConfig(specs: Fields): fc.Arbitrary<WorldConfig> {
  const single = Object.entries(specs).map(([name, field]) =>
    fc.record({
      [name]:
        field.kind === 'record'
          ? fields(field.fields)
          : fc.constantFrom(...field.values.slice(field.values.length > 1 ? 1 : 0)),
    }),
  );
  if (single.length === 0) return fc.constant({});
  const one = fc.oneof(...single);
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant({}) },
    { weight: 7, arbitrary: one },
    { weight: 1, arbitrary: fc.tuple(one, one).map(([a, b]) => ({ ...a, ...b })) },
  );
}
