import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import type { Json } from '../model/field.ts';
import { checkFormat, InvalidInput, validateScenario } from './validate.ts';

const WRITE = {
  actor: 'user0',
  op: 'region_write',
  pos: 16,
  count: 32,
  req: { flags: 1, gaddr: '0x10000', offset: 0, len: 8, pcias: 0 },
} as const;
const SCENARIO = { format: 1, model: 'zpci-io/v1', ops: [WRITE] } as const;

const complaint = (value: unknown): string => {
  try {
    validateScenario(zpciIo, value, 'x.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as Error).message;
  }
  return 'valid';
};

const withOp = (changes: { readonly [field: string]: unknown }): unknown => ({
  ...SCENARIO,
  ops: [{ ...WRITE, ...changes }],
});
const withReq = (changes: { readonly [field: string]: unknown }): unknown =>
  withOp({ req: { ...WRITE.req, ...changes } });
const without = (field: keyof typeof WRITE): unknown => {
  const { [field]: _left, ...rest } = WRITE;
  return { ...SCENARIO, ops: [rest] };
};

const OPERATIONS =
  'memory_disable, memory_enable, bar_write, bar_read, region_write, region_read, pcistb, pcistg, pcilg, kill, power_off';
const U64 = '0 to 9007199254740992, or a string like "0x100000000000"';

describe('a scenario is refused in words', () => {
  test.each<[string, unknown, string]>([
    ['no operations', { format: 1, model: 'v1' }, 'the file lacks the field "ops".'],
    ['operations as an object', { ...SCENARIO, ops: {} }, 'ops is an object; expected an array.'],
    ['an operation that is null', { ...SCENARIO, ops: [null] }, 'ops[0] is null; expected an object.'],
    [
      'too many operations',
      { ...SCENARIO, ops: Array.from({ length: 300 }, () => WRITE) },
      'ops has 300 items; allowed: at most 256.',
    ],
    ['an unknown operation', withOp({ op: 'nope' }), `ops[0].op is "nope"; allowed: ${OPERATIONS}.`],
    ['an operation that is a number', withOp({ op: 3 }), `ops[0].op is 3; allowed: ${OPERATIONS}.`],
    [
      'a prototype for an operation',
      withOp({ op: '__proto__' }),
      `ops[0].op is "__proto__"; allowed: ${OPERATIONS}.`,
    ],
    ['no operation', without('op'), 'ops[0] lacks the field "op".'],
    ['no actor', without('actor'), 'ops[0] lacks the field "actor".'],
    [
      'an actor of another role',
      withOp({ actor: 'admin' }),
      'ops[0].actor is "admin"; this operation is for user, user0, user1 and so on to user99.',
    ],
    [
      'an actor of too many digits',
      withOp({ actor: 'user100' }),
      'ops[0].actor is "user100"; this operation is for user, user0, user1 and so on to user99.',
    ],
    ['an actor that is a number', withOp({ actor: 1 }), 'ops[0].actor is number 1; expected a string.'],
    ['a missing field', without('pos'), 'ops[0] lacks the field "pos".'],
    ['a missing record', without('req'), 'ops[0] lacks the field "req".'],
    [
      'an extra field',
      withOp({ foo: 1 }),
      'unknown field "foo" in ops[0]; allowed: actor, op, pos, count, req, buffer.',
    ],
    [
      'an extra field at the top',
      { ...SCENARIO, foo: 1 },
      'unknown field "foo" in the file; allowed: format, model, world, ops, schedule.',
    ],
    [
      'a prototype',
      JSON.parse('{"format":1,"model":"v1","ops":[],"__proto__":{"ops":[]}}'),
      'unknown field "__proto__" in the file; allowed: format, model, world, ops, schedule.',
    ],
    [
      'a negative position',
      withOp({ pos: -1 }),
      'ops[0].pos is -1; allowed: 0 to 1099511627775, or a string like "0x100000000000".',
    ],
    ['a huge count', withOp({ count: 2 ** 31 }), 'ops[0].count is 2147483648; allowed: 0 to 2147479552.'],
    [
      'a number beyond numbers',
      withOp({ count: JSON.parse('1e400') }),
      'ops[0].count is a number beyond all bounds; allowed: 0 to 2147479552.',
    ],
    [
      'a fraction',
      withOp({ pos: 1.5 }),
      'ops[0].pos is number 1.5; expected a whole number or a string like "0x1000".',
    ],
    ['a number as text', withOp({ count: '16' }), 'ops[0].count is string "16"; expected a whole number.'],
    ['a record that is null', withOp({ req: null }), 'ops[0].req is null; expected an object.'],
    ['a record that is an array', withOp({ req: [] }), 'ops[0].req is an array; expected an object.'],
    [
      'an address of 17 digits',
      withReq({ gaddr: `0x${'1'.repeat(17)}` }),
      'ops[0].req.gaddr is "0x11111111111111111"; allowed: 0 to 2^64 - 1, or "0x" and the hexadecimal digits of such a number.',
    ],
    [
      'a decimal address as text',
      withReq({ gaddr: '123' }),
      'ops[0].req.gaddr is "123"; allowed: 0 to 2^64 - 1, or "0x" and the hexadecimal digits of such a number.',
    ],
    ['a negative address', withReq({ gaddr: -1 }), `ops[0].req.gaddr is -1; allowed: ${U64}.`],
    [
      'an address that no number holds exactly',
      withReq({ gaddr: 2 ** 54 }),
      `ops[0].req.gaddr is 18014398509481984; allowed: ${U64}.`,
    ],
    [
      'half an address',
      withReq({ gaddr: 0.5 }),
      'ops[0].req.gaddr is number 0.5; expected a whole number or a string like "0x1000".',
    ],
    [
      'a buffer of another kind',
      withOp({ buffer: 'no' }),
      'ops[0].buffer is "no"; allowed: "ok", "bad", "torn".',
    ],
    [
      'a schedule as text',
      { ...SCENARIO, schedule: 'user0' },
      'schedule is string "user0"; expected an array.',
    ],
    ['a schedule of numbers', { ...SCENARIO, schedule: [1] }, 'schedule[0] is number 1; expected a string.'],
    [
      'a schedule of novels',
      { ...SCENARIO, schedule: ['x'.repeat(41)] },
      `schedule[0] is "${'x'.repeat(41)}"; allowed: at most 40 characters.`,
    ],
    ['a world that is an array', { ...SCENARIO, world: [] }, 'world is an array; expected an object.'],
    [
      'an unknown setting',
      { ...SCENARIO, world: { foo: 1 } },
      'unknown field "foo" in world; allowed: function, maxstbl, relaxedAlign, mio, noCommandMemory, guest, device, fault, memory, bars.',
    ],
    [
      'a BAR of no bytes',
      { ...SCENARIO, world: { bars: [{ bar: 0, size: 0 }] } },
      'world.bars[0].size is 0; allowed: 1 to 281474976710656, or a string like "0x100000000000".',
    ],
    [
      'characters that play tricks with a terminal',
      withOp({ op: '\u001b[31mred\u202etxt' }),
      `ops[0].op is "\\u001b[31mred?txt"; allowed: ${OPERATIONS}.`,
    ],
    [
      'such characters in the name of a field',
      withOp({ '\u202e\u001b': 1 }),
      'unknown field "?\\u001b" in ops[0]; allowed: actor, op, pos, count, req, buffer.',
    ],
  ])('%s', (_name, value, expected) => {
    expect(complaint(value)).toBe(`x.json: ${expected}`);
  });
});

describe('a scenario may have', () => {
  test.each<[string, unknown]>([
    ['no operation', { ...SCENARIO, ops: [] }],
    ['256 operations', { ...SCENARIO, ops: Array.from({ length: 256 }, () => WRITE) }],
    ['an actor without a number', withOp({ actor: 'user' })],
    ['an actor of two digits', withOp({ actor: 'user99' })],
    ['an empty request', withOp({ req: {} })],
    ['an address of 16 digits', withReq({ gaddr: '0xffffffffffffffff' })],
    ['an address of 2^53', withReq({ gaddr: 2 ** 53 })],
    ['an empty world and schedule', { ...SCENARIO, world: {}, schedule: [] }],
    ['a schedule of actors that it does not have', { ...SCENARIO, schedule: ['guest', 'nobody'] }],
  ])('%s', (_name, value) => {
    expect(complaint(value)).toBe('valid');
  });
});

describe('a file is refused by its format', () => {
  test.each<[Json, string]>([
    [null, 'found null, expected a JSON object with "format": 1.'],
    [[], 'found an array, expected a JSON object with "format": 1.'],
    [5, 'found number 5, expected a JSON object with "format": 1.'],
    ['x', 'found string "x", expected a JSON object with "format": 1.'],
    [{}, '"format" is missing, this version reads format 1. See the README on scenario files.'],
    [{ format: 0 }, '"format" is 0, this version reads format 1. See the README on scenario files.'],
    [{ format: '1' }, '"format" is "1", this version reads format 1. See the README on scenario files.'],
    [{ format: '\u202e' }, '"format" is "?", this version reads format 1. See the README on scenario files.'],
    [
      { format: 2 },
      '"format" is 2, this version reads format 1. The file was written by a newer zpci-fuzz: update the tool.',
    ],
  ])('%j', (value, expected) => {
    expect(() => checkFormat(value, 'x.json')).toThrow(new InvalidInput(`x.json: ${expected}`));
  });

  test('and accepted in its own', () => {
    expect(() => checkFormat({ format: 1 }, 'x.json')).not.toThrow();
  });
});
