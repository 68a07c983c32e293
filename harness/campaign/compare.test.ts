import { describe, expect, test } from 'vitest';
import type { Model, Operation } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { className, compareChunk, comparedOf, OF_A_WORLD } from './compare.ts';
import { counterSeries } from './counter.fixture.ts';
import { series as dial } from './dial.fixture.ts';
import { scenariosOf } from './exhaust.ts';

const LIMITS = { stepsMax: 100, schedulesMax: 100 };
const typical = (ops: number): Bound => ({ kind: 'typical', ops, changes: 1 });
const SMALL: Bound = { kind: 'small world', id: 'two-setters' };

const op = (actor: string, name: string): Operation => ({ actor, op: name });
const state = (id: string): Model => dial.model(id)!;

const compared = (a: Model, b: Model, bound: Bound, limits = LIMITS) =>
  compareChunk(a, b, bound, limits, 0, Number.POSITIVE_INFINITY);

describe('a class is', () => {
  test.each<[string, readonly Operation[]]>([
    ['no operation', []],
    ['get', [op('user0', 'get')]],
    ['get; set', [op('user1', 'get'), op('user1', 'set')]],
    ['get; set | set', [op('user0', 'set'), op('user1', 'get'), op('user1', 'set')]],
    ['get; set | set', [op('user0', 'get'), op('user1', 'set'), op('user0', 'set')]],
  ])('%s', (name, ops) => {
    expect(className(ops)).toBe(name);
  });
});

describe('scenarios are counted by class', () => {
  test('as they differ', () => {
    const { classes, differing } = compared(state('pre'), state('v1'), typical(1));
    // 1 is set on both, 5 and 2 on only one.
    expect(classes).toEqual([
      { name: 'set', same: 1, changed: 2, onlyFirst: 0, onlySecond: 0, unknown: 0, partly: 0 },
      { name: 'get', same: 1, changed: 0, onlyFirst: 0, onlySecond: 0, unknown: 0, partly: 0 },
    ]);
    expect(differing.map(({ draft, changes }) => [draft.ops[0]!.value, changes[0]!.text])).toEqual([
      [2, 'set: done -> -EINVAL'],
      [5, 'set: done -> -EINVAL'],
    ]);
    const list = comparedOf(state('pre'), typical(1));
    for (const { class: name, draft, index } of differing) {
      expect(name).toBe('set');
      expect(list[index]).toMatchObject(draft);
    }
  });

  test('with fewer ends on one side', () => {
    const [unlocked, locked] = ['unlocked', 'locked'].map((id) => counterSeries.model(id)!) as [Model, Model];
    const classOf = (a: Model, b: Model) =>
      compared(a, b, typical(2)).classes.find(({ name }) => name === 'increment | increment')!;
    const { same, onlyFirst, ...rest } = classOf(unlocked, locked);
    expect([same, onlyFirst > 0]).toEqual([0, true]);
    expect(rest).toMatchObject({ changed: 0, onlySecond: 0, unknown: 0, partly: 0 });
    expect(classOf(locked, unlocked)).toMatchObject({ onlyFirst: 0, onlySecond: onlyFirst });
  });

  test('of a small world all together', () => {
    const { classes } = compared(state('pre'), state('v1'), SMALL);
    expect(classes).toMatchObject([{ name: 'small world two-setters', unknown: 0 }]);
  });

  test('where they have too many schedules as not compared', () => {
    const { classes, differing } = compared(state('pre'), state('v1'), typical(2), {
      ...LIMITS,
      schedulesMax: 1,
    });
    const both = classes.find(({ name }) => name === 'set | set')!;
    expect(both.unknown).toBeGreaterThan(0);
    // What one actor does has one schedule.
    expect(classes.find(({ name }) => name === 'set; set')).toMatchObject({ unknown: 0 });
    // What only one has of those is known to differ.
    const known = both.changed + both.onlyFirst + both.onlySecond;
    expect(differing.filter(({ class: name }) => name === 'set | set')).toHaveLength(known);
    expect([both.changed, both.partly]).toEqual([0, known]);
    expect(known + both.unknown).toBeLessThanOrEqual(
      comparedOf(state('pre'), typical(2)).filter(({ ops }) => className(ops) === 'set | set').length,
    );
  });

  test('the same in pieces', () => {
    const bound = typical(2);
    const whole = compared(state('pre'), state('v1'), bound);
    const pieces = [0, 10, 20].map((from, at) =>
      compareChunk(state('pre'), state('v1'), bound, LIMITS, from, [10, 20, Number.POSITIVE_INFINITY][at]!),
    );
    expect(pieces.flatMap(({ differing }) => differing)).toEqual(whole.differing);
  });
});

describe('of a small world', () => {
  test('some are compared, evenly picked and the same ones each time', () => {
    const all = scenariosOf(state('pre'), SMALL);
    const some = comparedOf(state('pre'), SMALL);
    expect(all.length).toBeGreaterThan(2 * OF_A_WORLD);
    expect(some.length).toBeLessThanOrEqual(OF_A_WORLD);
    expect(some).toEqual(all.filter((_, at) => at % 7 === 0));
    expect(comparedOf(state('v1'), SMALL)).toEqual(some);
  });

  test('no choice of an actor is passed over', () => {
    const some = comparedOf(state('pre'), SMALL);
    for (const at of [0, 1]) expect(new Set(some.map(({ ops }) => ops[at]!.value)).size).toBe(40);
  });

  test('and of typical scenarios all', () => {
    expect(comparedOf(state('pre'), typical(2))).toEqual(scenariosOf(state('pre'), typical(2)));
  });
});
