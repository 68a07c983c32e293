import { type Field, type Fields, type Json, rolesOf } from '../model/field.ts';
import type { SeriesInfo } from '../model/model.ts';
import { FORMAT } from './scenario.ts';

/** A JSON Schema (draft 2020-12 vocabulary that draft 7 has too), as data. */
export type Schema = { readonly [keyword: string]: Json };

/** Most operations a scenario may have; far beyond what anybody can read. */
const OPS_MAX = 256;
const SCHEDULE_MAX = 1 << 20;

/** The schema of a scenario of one series, made from its vocabulary. */
export function scenarioSchema(series: SeriesInfo): Schema {
  return {
    type: 'object',
    required: ['format', 'model', 'ops'],
    additionalProperties: false,
    properties: {
      format: { const: FORMAT },
      model: { type: 'string', maxLength: 200 },
      world: { type: 'object', additionalProperties: false, properties: properties(series.world) },
      ops: {
        type: 'array',
        maxItems: OPS_MAX,
        items: {
          type: 'object',
          required: ['actor', 'op'],
          discriminator: { propertyName: 'op' },
          oneOf: series.operations.map((spec) => ({
            required: ['actor', 'op', ...required(spec.fields)],
            additionalProperties: false,
            properties: {
              // Two digits: as many actors as a scenario of OPS_MAX operations can need, and thread ids fit a byte.
              actor: { type: 'string', pattern: actorPattern(rolesOf(spec)) },
              op: { const: spec.name },
              ...properties(spec.fields),
            },
          })),
        },
      },
      schedule: { type: 'array', maxItems: SCHEDULE_MAX, items: { type: 'string', maxLength: 40 } },
    },
  };
}

/** One role as `^user[0-9]{0,2}$`, several as `^(user|child)[0-9]{0,2}$`. */
const actorPattern = (roles: readonly string[]): string =>
  `^${roles.length === 1 ? roles[0] : `(${roles.join('|')})`}[0-9]{0,2}$`;

const required = (fields: Fields): string[] =>
  Object.entries(fields)
    .filter(([, field]) => field.optional !== true)
    .map(([name]) => name);

const properties = (fields: Fields): { readonly [name: string]: Schema } =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)]));

function fieldSchema(field: Field): Schema {
  switch (field.kind) {
    case 'integer':
      // A 64-bit quantity such as a file position may be a string too, as long as its digits keep it in bounds.
      return {
        type: field.max > 0xffff_ffff ? ['integer', 'string'] : 'integer',
        minimum: field.min,
        maximum: field.max,
        ...(field.max > 0xffff_ffff
          ? { pattern: `^0x[0-9a-fA-F]{1,${Math.floor(Math.log2(field.max + 1) / 4)}}$` }
          : {}),
        description: field.about,
      };
    case 'u64':
      return {
        type: ['integer', 'string'],
        minimum: 0,
        maximum: 2 ** 53,
        pattern: '^0x[0-9a-fA-F]{1,16}$',
        description: field.about,
      };
    case 'choice':
      return { enum: field.values, description: field.about };
    case 'name':
      return { type: 'string', pattern: '^[a-z][a-z0-9_]{0,15}$', description: field.about };
    case 'whole':
      return { ...(field.schema as Schema), description: field.about };
    case 'record':
      return {
        type: 'object',
        additionalProperties: false,
        required: required(field.fields),
        properties: properties(field.fields),
        description: field.about,
      };
    default:
      return field satisfies never;
  }
}
