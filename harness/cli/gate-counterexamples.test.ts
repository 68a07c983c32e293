import { describe, expect, test } from 'vitest';
import type { Operation } from '../model/model.ts';
import { shapeOf } from './gate-counterexamples.ts';

describe('two scenarios have the same shape', () => {
  const op = (actor: string, name: string, rest: object = {}): Operation => ({ actor, op: name, ...rest });
  const ops = [op('user0', 'read', { at: 1 }), op('user1', 'write', { at: 2 }), op('admin', 'power_off')];
  const shape = shapeOf({ ops });

  test.each<[string, readonly Operation[]]>([
    ['whatever the values are', [op('user0', 'read', { at: 7 }), ...ops.slice(1)]],
    ['in whatever order their actors are named', ops.toReversed()],
    ['whichever users they are of', [op('user3', 'read'), op('user0', 'write'), op('admin', 'power_off')]],
  ])('%s', (_how, other) => expect(shapeOf({ ops: other })).toBe(shape));

  test.each<[string, readonly Operation[]]>([
    ['not if one has more operations', [...ops, op('user0', 'read')]],
    ['not if one actor does what two did', [op('user0', 'read'), op('user0', 'write'), ops[2]!]],
    ['not if they are asked for by others', [op('admin', 'read'), ...ops.slice(1)]],
    ['not if they are other operations', [op('user0', 'write'), ...ops.slice(1)]],
  ])('%s', (_how, other) => expect(shapeOf({ ops: other })).not.toBe(shape));

  test('if they set the same of the world, to whatever', () => {
    expect(shapeOf({ ops, world: { mio: true } })).toBe(shapeOf({ ops, world: { mio: false } }));
    expect(shapeOf({ ops, world: { mio: true } })).not.toBe(shape);
  });

  test('not if the operations of an actor are in another order', () => {
    const twice = [op('user0', 'read'), op('user0', 'write')];
    expect(shapeOf({ ops: twice })).not.toBe(shapeOf({ ops: twice.toReversed() }));
  });
});
