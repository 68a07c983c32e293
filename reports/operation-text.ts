import type { Fields, Json } from '../harness/model/field.ts';
import type { Operation, SeriesInfo, WorldConfig } from '../harness/model/model.ts';

/** `region_write pos=16 count=32 req={flags=1 gaddr=0x10000 len=8}`. */
export function operationText(operation: Operation, series: SeriesInfo): string {
  const { actor: _, op, ...fields } = operation;
  const spec = series.operations.find(({ name }) => name === op)?.fields ?? {};
  const said = Object.entries(fields).filter(([name, value]) => !isDefault(spec[name], value));
  return [op, ...said.map(([name, value]) => pair([name, withoutZeros(value)]))].join(' ');
}

/** `maxstbl=128 guest=silent`: what differs from the series' default world. */
export function worldText(world: WorldConfig): string {
  return Object.entries(world).map(pair).join(' ');
}

/** `insn=pcilg pcias=0 len=8`, of any flat record. */
export function recordText(record: { readonly [field: string]: Json }): string {
  return Object.entries(record).map(pair).join(' ');
}

function pair([name, value]: readonly [string, Json]): string {
  return `${name}=${valueText(value)}`;
}

function valueText(value: Json): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(' ')}]`;
  return `{${Object.entries(value).map(pair).join(' ')}}`;
}

/** Within an operation's record, what is zero goes without saying; its flags say what the record means. */
function withoutZeros(value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([name, inner]) => name === 'flags' || !isZero(inner)),
  );
}

function isZero(value: Json): boolean {
  return /^(0x)?0+$/i.test(String(value));
}

/** Only for choices: a default of 8 bytes is nothing that a reader would assume. */
function isDefault(field: Fields[string] | undefined, value: Json): boolean {
  return field?.optional === true && field.kind === 'choice' && field.values[0] === value;
}
