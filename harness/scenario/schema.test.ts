import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import { scenarioSchema } from './schema.ts';

const WRITE = { actor: 'user0', op: 'region_write', pos: 16, count: 32, req: { len: 8 } };
const SCENARIO = { format: 1, model: 'zpci-io/v1', ops: [WRITE] };

describe('the schema', () => {
  test('is plain JSON that any validator compiles', () => {
    const schema = scenarioSchema(zpciIo);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    const check = new Ajv({ strict: false, discriminator: true }).compile(schema);
    expect(check(SCENARIO)).toBe(true);
    expect(check({ ...SCENARIO, ops: [{ ...WRITE, op: 'nope' }] })).toBe(false);
  });

  test('says the same without the discriminator keyword, which is not everywhere', () => {
    const check = new Ajv({ strict: false }).compile(scenarioSchema(zpciIo));
    expect(check(SCENARIO)).toBe(true);
    expect(check({ ...SCENARIO, ops: [{ ...WRITE, actor: 'admin' }] })).toBe(false);
    expect(check({ ...SCENARIO, ops: [{ actor: 'admin', op: 'power_off' }] })).toBe(true);
  });

  test('has every operation with its fields', () => {
    const { properties } = scenarioSchema(zpciIo) as unknown as {
      properties: {
        ops: { items: { oneOf: { properties: { op: { const: string } }; required: string[] }[] } };
      };
    };
    const kinds = properties.ops.items.oneOf;
    expect(kinds.map((kind) => kind.properties.op.const)).toEqual(zpciIo.operations.map(({ name }) => name));
    for (const [at, { name, fields }] of zpciIo.operations.entries()) {
      expect(Object.keys(kinds[at]!.properties), name).toEqual(['actor', 'op', ...Object.keys(fields)]);
    }
  });
});
