import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import type { Model, Operation } from '../model/model.ts';
import { record } from '../scenario/recording.ts';
import type { Draft } from '../scenario/reduce.ts';
import { type Behaviour, behavioursOf } from './behaviour.ts';
import { exampleOf, responsiblePatch, responsiblePatches, shrinkChange } from './change-example.ts';
import { counterSeries } from './counter.fixture.ts';
import { series as dial } from './dial.fixture.ts';
import { pairPatches } from './diff-result.ts';
import { type Change, differenceOf } from './difference.ts';

const LIMITS = { stepsMax: 200, schedulesMax: 500 };
const state = (id: string): Model => dial.model(id)!;
const set = (value: number, actor = 'user0'): Operation => ({ actor, op: 'set', value });
const get = (actor = 'user0'): Operation => ({ actor, op: 'get' });
const draftOf = (...ops: readonly Operation[]): Draft => ({ world: {}, ops });

const changesOf = (a: Model, b: Model, draft: Draft): readonly Change[] =>
  differenceOf(behavioursOf(a, draft, LIMITS), behavioursOf(b, draft, LIMITS))?.changes ?? [];

const textsOf = (a: Model, b: Model, draft: Draft): string[] =>
  changesOf(a, b, draft).map(({ text }) => text);

describe('a shrunk scenario', () => {
  const large = draftOf(get(), set(2), get('user1'), set(2), set(5, 'user1'), get());
  const [pre, tired] = [state('pre'), state('tired')];
  const wanted = changesOf(pre, tired, draftOf(set(1), set(1), get()));

  test('shows the change, and none of its operations can be left out', () => {
    expect(wanted.map(({ text }) => text)).toEqual(['get: done -> -EIO']);
    const { draft, isMinimal } = shrinkChange(pre, tired, large, wanted, LIMITS);
    expect(isMinimal).toBe(true);
    expect(draft.ops.map(({ op }) => op).sort()).toEqual(['get', 'set', 'set']);
    for (const [at] of draft.ops.entries()) {
      const without = { ...draft, ops: draft.ops.filter((_, other) => other !== at) };
      expect(textsOf(pre, tired, without)).toEqual([]);
    }
  });

  test('has the most usual values', () => {
    const { draft } = shrinkChange(pre, tired, draftOf(set(5), set(2), get()), wanted, LIMITS);
    expect(draft.ops).toEqual([set(1), set(1), get()]);
  });

  test('is left as it is where a smaller one changes otherwise', () => {
    const draft = draftOf(set(5), set(2));
    const nobodys = [{ ...wanted[0]!, parts: [['nobody has it']] }];
    expect(shrinkChange(pre, state('v1'), draft, nobodys, LIMITS)).toEqual({ draft, isMinimal: false });
  });

  test('is not said to be the smallest where not all that is smaller was tried', () => {
    const changes = changesOf(pre, tired, large);
    expect(shrinkChange(pre, tired, large, changes, LIMITS, 3)).toMatchObject({ isMinimal: false });
  });

  test('is left as it is where it has more schedules than the limit', () => {
    const [unlocked, locked] = ['unlocked', 'locked'].map((id) => counterSeries.model(id)!) as [Model, Model];
    const increment = (actor: string, amount: number) => ({ actor, op: 'increment', amount });
    const draft = draftOf(increment('user0', 5), increment('user1', 2));
    const changes = changesOf(unlocked, locked, draftOf(increment('user0', 1), increment('user1', 1)));
    expect(shrinkChange(unlocked, locked, draft, changes, { ...LIMITS, schedulesMax: 1 }).draft).toEqual(
      draft,
    );
    expect(shrinkChange(unlocked, locked, draft, changes, LIMITS).draft.ops).toEqual([
      increment('user0', 1),
      increment('user1', 1),
    ]);
  });
});

describe('an example', () => {
  const [unlocked, locked] = ['unlocked', 'locked'].map((id) => counterSeries.model(id)!) as [Model, Model];
  const increment = (actor: string): Operation => ({ actor, op: 'increment', amount: 1 });
  const race = draftOf(increment('user0'), increment('user1'));
  const returned = ({ calls }: Behaviour) => calls.map((call) => call?.ret);

  test('is an end that only one state has, beside one that both have', () => {
    const { first, second } = exampleOf(unlocked, locked, race, changesOf(unlocked, locked, race), LIMITS);
    expect([first.isOwn, returned(first.behaviour)]).toEqual([true, [0, 0]]);
    expect([second.isOwn, new Set(returned(second.behaviour))]).toEqual([false, new Set([0, 1])]);
    const turned = exampleOf(locked, unlocked, race, changesOf(locked, unlocked, race), LIMITS);
    expect([turned.first.isOwn, turned.second.isOwn]).toEqual([false, true]);
  });

  test('comes with the schedule that leads there, of the fewest switches', () => {
    const { first, second } = exampleOf(unlocked, locked, race, changesOf(unlocked, locked, race), LIMITS);
    const scheduled = (model: Model, { scenario }: typeof first) =>
      record(model, scenario, LIMITS.stepsMax).steps.map(({ actor }) => actor);
    const switches = (actors: readonly string[]) =>
      actors.filter((actor, at) => at > 0 && actor !== actors[at - 1]).length;
    // In the middle of one increment the other happens; without a switch more than that neither is lost.
    expect(switches(scheduled(unlocked, first))).toBe(2);
    expect(switches(scheduled(locked, second))).toBe(1);
    const calls = record(unlocked, first.scenario, LIMITS.stepsMax).calls;
    expect(calls.map(({ ret }) => ret)).toEqual([0, 0]);
  });

  test('is, of several ends, one that takes the fewest switches', () => {
    const [pre, atomic] = [state('pre'), state('atomic')];
    const draft = draftOf(set(9), set(8), set(1, 'user1'), set(2, 'user1'));
    // The first by name has another set between the two of user0.
    const { first } = exampleOf(pre, atomic, draft, changesOf(pre, atomic, draft), LIMITS);
    const actors = record(pre, first.scenario, LIMITS.stepsMax).steps.map(({ actor }) => actor);
    expect(first.isOwn).toBe(true);
    expect(actors.filter((actor, at) => at > 0 && actor !== actors[at - 1])).toHaveLength(2);
  });

  test('is a scenario of its state, in the form of scenario files', () => {
    const [pre, v1, draft] = [state('pre'), state('v1'), draftOf(set(2))];
    const { first, second } = exampleOf(pre, v1, draft, changesOf(pre, v1, draft), LIMITS);
    expect([first.scenario, second.scenario]).toMatchObject([
      { format: 1, model: 'dial/pre', ops: [set(2)] },
      { format: 1, model: 'dial/v1', ops: [set(2)] },
    ]);
    expect(first.scenario).not.toHaveProperty('world');
  });
});

describe('an example shows the change that it is of', () => {
  const [first, second] = ['v1', 'v2'].map((id) => zpciIo.model(id)!) as [Model, Model];
  const race = draftOf(
    { actor: 'user0', op: 'region_write', pos: 16, count: 32, req: { flags: 2, gaddr: '0x10ffd', len: 8 } },
    { actor: 'vcpu0', op: 'pcistb', pcias: 0, offset: 0, len: 8 },
  );
  const limits = { stepsMax: 1_000, schedulesMax: 200 };
  const all = differenceOf(behavioursOf(first, race, limits), behavioursOf(second, race, limits))!.changes;
  const example = (wanted: readonly Change[]) => exampleOf(first, second, race, wanted, limits);
  const change = (of: string): Change => all.find((one) => one.of === of)!;
  const returned = ({ calls }: Behaviour) => calls.map((call) => call?.ret);

  test('a call, beside the end of the other state that is most like it', () => {
    const shown = example([change('pcistb')]);
    expect([returned(shown.first.behaviour), returned(shown.second.behaviour)]).toEqual([
      [-5, -5],
      [-5, 0],
    ]);
    expect([shown.changes, shown.others]).toEqual([[change('pcistb')], []]);
  });

  test('another call of the same scenario', () => {
    const shown = example([change('region_write')]);
    expect(returned(shown.first.behaviour)[0]).toBeGreaterThan(0);
    expect(returned(shown.second.behaviour)[0]).toBe(-5);
  });

  test('how much reaches the device', () => {
    const { first: own, second: other } = example([change('device, pcistb')]);
    expect(own.behaviour.device).not.toHaveLength(1);
    expect(other.behaviour.device).toHaveLength(1);
  });

  test('and says which of several only other schedules show', () => {
    const { changes, others } = example(all);
    expect(all.map(({ text }) => text)).toEqual([
      'region_write: -EIO or done -> -EIO',
      'pcistb: -EIO or done -> done',
      'device, pcistb: 0, 1 or 2 -> 1',
    ]);
    expect([changes, others].map((some) => some.map(({ of }) => of))).toEqual([
      ['pcistb', 'device, pcistb'],
      ['region_write'],
    ]);
  });
});

test('the patch of an end that others make, too, is the counterpart of the one that does not', () => {
  const [first, second] = ['v1', 'v2'].map((id) => zpciIo.model(id)!) as [Model, Model];
  const op = {
    actor: 'user0',
    op: 'region_write',
    pos: 24,
    count: 32,
    req: { flags: 2, gaddr: '0x10000', len: 8 },
  };
  const pairs = pairPatches(first, second, zpciIo.base);
  const limits = { stepsMax: 1_000, schedulesMax: 200 };
  expect(
    responsiblePatches(zpciIo, [first, second], pairs, draftOf(op), limits).map((patch) => patch?.subject),
  ).toEqual([
    'vfio-pci/zdev: Introduce the zPCI I/O vfio region',
    'vfio-pci/zdev: Introduce the zPCI I/O vfio region (v2 as inferred)',
  ]);
});

describe('responsible for an end is', () => {
  const responsible = (id: string, ...ops: readonly Operation[]): string | null =>
    responsiblePatch(dial, id, [], draftOf(...ops), LIMITS)?.subject ?? null;

  test.each<[string, string | null, string, number]>([
    ['the base', null, 'v1', 1],
    ['the first of two', 'dial: refuse 5', 'v1', 5],
    ['the last of two', 'dial: refuse 2', 'v1', 2],
    ['the last that changes it, where it ends as at first', 'dial: allow all', 'v2', 5],
    ['no patch that changes nothing of it', null, 'v2', 1],
    ['the only patch of a selection', 'dial: refuse 2', 'v1:2', 2],
    ['nothing but the base of no patches', null, 'pre', 5],
  ])('%s: %s', (_who, subject, id, value) => {
    expect(responsible(id, set(value))).toBe(subject);
  });

  test('none that the other state has, too', () => {
    const { patches } = state('v1');
    expect(responsiblePatch(dial, 'v1', patches, draftOf(set(5)), LIMITS)).toBeNull();
  });
});
