import { describe, expect, test } from 'vitest';
import { breakageOf, sentError } from './breakage.ts';

const ROOT = '/somewhere/checkout';
const NODE = '    at node:internal/modules/cjs/loader:1:2';

describe('the place of an error is', () => {
  test('what the compiler says', () => {
    const message = `Transform failed with 1 error:\n${ROOT}/models/a/kernel.ts:3:5: ERROR: Expected ";" but found "}"`;
    expect(
      breakageOf({ name: 'TransformError', message, stack: `TransformError: ${message}` }, ROOT),
    ).toEqual({
      message: 'Expected ";" but found "}"',
      place: 'models/a/kernel.ts:3:5',
    });
  });

  test('the line of an import that there is not', () => {
    const stack = `file://${ROOT}/models/a/states.ts:4\nimport { x } from './y.ts';\n\nSyntaxError: no x\n${NODE}`;
    expect(breakageOf({ name: 'SyntaxError', message: 'no x', stack }, ROOT)).toEqual({
      message: 'SyntaxError: no x',
      place: 'models/a/states.ts:4',
    });
  });

  test('where the model is, though the harness called it and Node threw', () => {
    const stack = `TypeError: no\n${NODE}\n    at go (${ROOT}/harness/machine/machine.ts:9:1)\n    at run (file://${ROOT}/models/a/kernel.ts:33:7)`;
    expect(breakageOf({ name: 'TypeError', message: 'no', stack }, ROOT)).toEqual({
      message: 'TypeError: no',
      place: 'models/a/kernel.ts:33:7',
    });
  });

  test('in the harness, if no model is there', () => {
    const stack = `Error: no\n    at go (${ROOT}/harness/machine/machine.ts:9:1)`;
    expect(breakageOf({ name: 'Error', message: 'no', stack }, ROOT)).toEqual({
      message: 'no',
      place: 'harness/machine/machine.ts:9:1',
    });
  });

  test('nowhere, if the harness says in words what is wrong', () => {
    const message = 'models/a/expectations.ts: x on v1: there is no such claim.';
    const stack = `UsageError: ${message}\n    at go (${ROOT}/harness/cli/watch-look.ts:9:1)`;
    expect(breakageOf({ name: 'UsageError', message, stack }, ROOT)).toEqual({ message, place: null });
  });

  test('nowhere, if it is of another checkout or of none', () => {
    const stack = `Error: no\n    at go (/other/models/a/kernel.ts:9:1)\n${NODE}`;
    expect(breakageOf({ name: 'Error', message: `no ${ROOT}/models`, stack }, ROOT)).toEqual({
      message: 'no models',
      place: null,
    });
  });
});

test('whatever was thrown can be told', () => {
  expect(sentError('text')).toEqual({ name: 'Error', message: 'text', stack: '' });
  expect(sentError(new TypeError('no'))).toMatchObject({ name: 'TypeError', message: 'no' });
});
