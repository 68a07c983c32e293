import type { Field, Fields, Json, OperationSpec } from '../model/field.ts';
import { mainRole, rolesOf, simplest } from '../model/field.ts';
import type { Operation, SeriesInfo, WorldConfig } from '../model/model.ts';
import { actorNames, isPossible } from './arbitrary.ts';

/** A scenario without its schedule, while it is shrunk. */
export interface Draft {
  readonly world: WorldConfig;
  readonly ops: readonly Operation[];
}

/** Operations grouped by actor: across actors their order in the list means nothing. */
export function normalize(series: SeriesInfo, draft: Draft): Draft {
  const ops = draft.ops.map((op) => withoutDefaults(series, op));
  return {
    world: draft.world,
    ops: [...ops].sort((a, b) => (a.actor === b.actor ? 0 : a.actor < b.actor ? -1 : 1)),
  };
}

/** Optional fields at their default say nothing. */
function withoutDefaults(series: SeriesInfo, op: Operation): Operation {
  const { actor, op: kind, ...given } = op;
  return { actor, op: kind, ...trimmed(specOf(series, op).fields, given) };
}

function trimmed(fields: Fields, given: { readonly [name: string]: Json }): { [name: string]: Json } {
  const kept: { [name: string]: Json } = {};
  // In the order of the vocabulary, so that equal operations are equal as text.
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined) continue;
    const inner = field.kind === 'record' ? trimmed(field.fields, value as { [name: string]: Json }) : value;
    if (field.optional === true && isDefault(field, inner)) continue;
    kept[name] = inner;
  }
  return kept;
}

/** An optional field that is left out means its zero value in a request, else the first of its list. A name is none. */
function isDefault(field: Field, value: Json): boolean {
  if (field.kind === 'record') return Object.keys(value as object).length === 0;
  return field.kind !== 'name' && value === defaultOf(field);
}

/** What an optional field that is left out means. */
function defaultOf(field: Field): Json {
  switch (field.kind) {
    case 'integer':
    case 'u64':
      return 0;
    case 'record':
      return {};
    case 'name':
    case 'choice':
    case 'whole':
      return field.values[0]!;
    default:
      return field satisfies never;
  }
}

const specOf = (series: SeriesInfo, op: Operation): OperationSpec =>
  series.operations.find(({ name }) => name === op.op)!;

/** Everything that is one reduction away, the boldest first. */
export function* candidates(series: SeriesInfo, draft: Draft): Generator<Draft> {
  const { world, ops } = draft;
  for (let i = 0; i < ops.length; i++) yield { world, ops: ops.filter((_, at) => at !== i) };
  for (const name of Object.keys(world)) {
    const less = Object.fromEntries(Object.entries(world).filter(([key]) => key !== name));
    if (isPossible(series, less)) yield { world: less, ops };
  }
  for (const other of renamings(series, ops)) yield normalize(series, { world, ops: other });
  for (let i = 0; i < ops.length; i++) {
    for (const op of simplerKinds(series, ops[i]!)) {
      yield normalize(series, { world, ops: ops.map((old, at) => (at === i ? op : old)) });
    }
  }
  for (let i = 0; i < ops.length; i++) {
    for (const op of simplerValues(series, ops[i]!)) {
      yield normalize(series, { world, ops: ops.map((old, at) => (at === i ? op : old)) });
    }
  }
  for (const [name, field] of Object.entries(series.world)) {
    const value = world[name];
    if (value === undefined || field.kind === 'record') continue;
    for (const simpler of field.values.slice(1, rankOf(field, value))) {
      const changed = { ...world, [name]: simpler };
      if (isPossible(series, changed)) yield { world: changed, ops };
    }
  }
}

/** Moving an actor's operations to the first actor of its role, and swapping the two. */
function* renamings(series: SeriesInfo, ops: readonly Operation[]): Generator<Operation[]> {
  for (const role of new Set(series.operations.flatMap(rolesOf))) {
    const [first] = actorNames(role);
    for (const actor of new Set(ops.map((op) => op.actor))) {
      if (actor === first || roleOf(actor) !== role) continue;
      yield ops.map((op) => (op.actor === actor ? { ...op, actor: first } : op));
      yield ops.map((op) =>
        op.actor === actor ? { ...op, actor: first } : op.actor === first ? { ...op, actor } : op,
      );
    }
  }
  // One operation alone can move too, also to an actor of another role that may ask for it.
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i]!;
    for (const role of new Set([roleOf(op.actor), mainRole(specOf(series, op))])) {
      const [first] = actorNames(role);
      if (op.actor !== first) yield ops.map((old, at) => (at === i ? { ...old, actor: first } : old));
    }
  }
}

/** `user12` is of the role `user`. */
export const roleOf = (actor: string): string => actor.replace(/\d+$/, '');

/** An operation as it is mostly asked for: every field at the first value of its list. */
export const typical = (spec: OperationSpec, actor: string): Operation => ({
  actor,
  op: spec.name,
  ...(simplest({ kind: 'record', fields: spec.fields, about: '' }) as { [name: string]: Json }),
});

/** The operation replaced by an earlier kind of the vocabulary, with that kind's simplest or like-named fields. */
function* simplerKinds(series: SeriesInfo, op: Operation): Generator<Operation> {
  for (const spec of series.operations) {
    if (spec.name === op.op) return;
    const [first] = actorNames(mainRole(spec));
    const actor = rolesOf(spec).includes(roleOf(op.actor)) ? op.actor : first;
    const fields = Object.entries(spec.fields).filter(([, field]) => field.optional !== true);
    const alike = Object.fromEntries(fields.map(([name, field]) => [name, op[name] ?? simplest(field)]));
    yield typical(spec, actor);
    yield { actor, op: spec.name, ...alike };
  }
}

/** Each field set to each value that ranks below its present one. */
function* simplerValues(series: SeriesInfo, op: Operation): Generator<Operation> {
  const { actor, op: kind, ...given } = op;
  for (const fields of simplerFields(specOf(series, op).fields, given)) yield { actor, op: kind, ...fields };
}

function* simplerFields(
  fields: Fields,
  given: { readonly [name: string]: Json },
): Generator<{ [name: string]: Json }> {
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name] ?? defaultOf(field);
    if (field.kind === 'record') {
      for (const inner of simplerFields(field.fields, value as { [name: string]: Json })) {
        yield { ...given, [name]: inner };
      }
      continue;
    }
    for (const simpler of field.values.slice(0, rankOf(field, value))) yield { ...given, [name]: simpler };
    if (typeof value === 'number' && rankOf(field, value) === field.values.length) {
      // Not a listed value: towards zero by halves, so that a threshold is met exactly.
      for (let step = value; step >= 1; step = Math.floor(step / 2)) {
        const smaller = value - step;
        const fits = field.kind !== 'integer' || smaller >= field.min;
        if (fits && !field.values.some((listed) => listed === smaller)) yield { ...given, [name]: smaller };
      }
    }
  }
}

/** Place of a value in its field's list; the length of the list for one that is not in it. */
function rankOf(field: Exclude<Field, { kind: 'record' }>, value: Json): number {
  const text = JSON.stringify(value);
  const at = field.values.findIndex((listed) => JSON.stringify(listed) === text);
  return at < 0 ? field.values.length : at;
}

/**
 * What shrinking brings down, most important first; compared number by number. `threads` are all that ran: a guest
 * that answers an unplug request is no simpler a second writer than another user.
 */
export function sizeOf(
  series: SeriesInfo,
  { world, ops }: Draft,
  threads: number,
  switches: number,
): number[] {
  const actors = new Set(ops.map((op) => op.actor));
  const worldRank = Object.entries(world).reduce(
    (sum, [name, value]) => sum + 1 + rankIn(series.world[name]!, value),
    0,
  );
  return [
    ops.length,
    Object.keys(world).length,
    threads,
    switches,
    ...ranks(ops.map((op) => series.operations.findIndex(({ name }) => name === op.op))),
    ops.reduce((sum, op) => sum + fieldsRank(specOf(series, op).fields, op), 0),
    worldRank,
    [...actors].reduce((sum, actor) => sum + Number(/\d+$/.exec(actor)?.[0] ?? 0), 0),
    ...ops.map((op) => fieldsRank(specOf(series, op).fields, op)),
  ];
}

/** Kinds as their sum, then one by one: always as many numbers as there are operations, and one more. */
const ranks = (kinds: readonly number[]): number[] => [kinds.reduce((a, b) => a + b, 0), ...kinds];

function fieldsRank(fields: Fields, given: { readonly [name: string]: Json }): number {
  let rank = 0;
  for (const [name, field] of Object.entries(fields)) {
    rank += rankIn(field, given[name] ?? defaultOf(field));
  }
  return rank;
}

function rankIn(field: Field, value: Json): number {
  if (field.kind === 'record') return fieldsRank(field.fields, value as { [name: string]: Json });
  const rank = rankOf(field, value);
  // Beyond the list, small numbers are simpler than large ones.
  return rank < field.values.length
    ? rank
    : rank + 1 + (typeof value === 'number' ? Math.log2(1 + value) : 64);
}
