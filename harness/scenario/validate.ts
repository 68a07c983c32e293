import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { SeriesInfo } from '../model/model.ts';
import { quote } from '../quote.ts';
import { FORMAT, type Scenario } from './scenario.ts';
import { type Schema, scenarioSchema } from './schema.ts';

/** A file that is not what it should be: what was found, what is allowed, what to do. Shown without a stack trace. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

const compiled = new Map<string, ValidateFunction>();

/** Checks `value` against a schema; `what` names it in the message, and `key` the schema in the cache. */
export function validate(key: string, schema: () => Schema, value: unknown, what: string): void {
  let check = compiled.get(key);
  if (check === undefined) {
    check = new Ajv({ discriminator: true, strict: false, verbose: true }).compile(schema());
    compiled.set(key, check);
  }
  if (!check(value)) throw new InvalidInput(`${what}: ${describe(check.errors ?? [])}`);
}

/** @throws {@link InvalidInput} unless `value` is a scenario of this series. */
export function validateScenario(series: SeriesInfo, value: unknown, what: string): void {
  validate(`scenario ${series.name}`, () => scenarioSchema(series), value, what);
  const problem = series.worldProblem?.((value as Scenario).world ?? {}) ?? null;
  if (problem !== null) throw new InvalidInput(`${what}: ${problem}.`);
}

/** @throws {@link InvalidInput} if a file says that it is of another format than this version knows. */
export function checkFormat(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInput(
      `${what}: found ${kindOf(value)}, expected a JSON object with "format": ${FORMAT}.`,
    );
  }
  const format = (value as { format?: unknown }).format;
  if (format === FORMAT) return;
  const newer = typeof format === 'number' && format > FORMAT;
  throw new InvalidInput(
    `${what}: "format" is ${format === undefined ? 'missing' : quote(format)}, this version reads format ${FORMAT}. ${
      newer
        ? 'The file was written by a newer zpci-fuzz: update the tool.'
        : 'See the README on scenario files.'
    }`,
  );
}

/** The most telling of the validator's errors, in words. */
function describe(errors: readonly ErrorObject[]): string {
  const error = errors[0];
  if (error === undefined) return 'not valid.';
  const at = place(error.instancePath);
  const found = quote(error.data);
  switch (error.keyword) {
    case 'additionalProperties':
      return `unknown field ${quote(error.params.additionalProperty)} in ${at}; allowed: ${allowed(error)}.`;
    case 'required':
      return `${at} lacks the field ${JSON.stringify(error.params.missingProperty)}.`;
    case 'enum':
      return `${at} is ${found}; allowed: ${(error.params.allowedValues as unknown[]).map((v) => JSON.stringify(v)).join(', ')}.`;
    case 'const':
      return `${at} is ${found}; allowed: ${JSON.stringify(error.params.allowedValue)}.`;
    case 'discriminator':
      return `${at}.op is ${quote(error.params.tagValue)}; allowed: ${operations(error)}.`;
    case 'minimum':
    case 'maximum': {
      const schema = error.parentSchema as { minimum?: number; maximum?: number };
      return `${at} is ${found}; allowed: ${schema.minimum} to ${schema.maximum}${isU64(error) ? ', or a string like "0x100000000000"' : ''}.`;
    }
    case 'pattern':
      return `${at} is ${found}; ${at.endsWith('.actor') ? `this operation is for ${actorsOf(error)}` : isU64(error) ? `allowed: ${boundsOf(error)}, or "0x" and the hexadecimal digits of such a number` : 'allowed: a small letter, then up to 15 small letters, digits or "_"'}.`;
    case 'type':
      return `${at} is ${kindOf(error.data)}; expected ${isU64(error) ? 'a whole number or a string like "0x1000"' : article(error.params.type)}.`;
    case 'maxItems':
      return `${at} has ${(error.data as unknown[]).length} items; allowed: at most ${error.params.limit}.`;
    case 'maxLength':
      return `${at} is ${found}; allowed: at most ${error.params.limit} characters.`;
    default:
      return `${at} ${error.message ?? 'is not valid'}.`;
  }
}

/** `0 to 4096`; up to 64 bits where a file cannot hold more as a number. */
function boundsOf(error: ErrorObject): string {
  const { minimum, maximum, pattern } = error.parentSchema as { [keyword: string]: unknown };
  return `${minimum} to ${String(pattern).includes('{1,16}') ? '2^64 - 1' : maximum}`;
}

const isU64 = (error: ErrorObject): boolean => Array.isArray((error.parentSchema as { type?: unknown }).type);

const allowed = (error: ErrorObject): string =>
  Object.keys((error.parentSchema as { properties?: object }).properties ?? {}).join(', ') || 'none';

function operations(error: ErrorObject): string {
  const branches =
    (error.parentSchema as { oneOf?: { properties: { op: { const: string } } }[] }).oneOf ?? [];
  return branches.map((branch) => branch.properties.op.const).join(', ');
}

/** `^user[0-9]{0,2}$` in words. */
function actorsOf(error: ErrorObject): string {
  const roles = String(error.params.pattern)
    .replace(/^\^\(?|\)?\[.*$/g, '')
    .split('|');
  return roles.map((role) => `${role}, ${role}0, ${role}1 and so on to ${role}99`).join('; or ');
}

function article(type: unknown): string {
  return type === 'integer'
    ? 'a whole number'
    : type === 'object' || type === 'array'
      ? `an ${type}`
      : `a ${type}`;
}

/** `/ops/1/req/len` as `ops[1].req.len`. */
function place(path: string): string {
  const parts = path.split('/').slice(1);
  if (parts.length === 0) return 'the file';
  return parts.map((part, at) => (/^\d+$/.test(part) ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${quote(value)}`;
}
