import { expect, test } from 'vitest';
import { series as remoteVm } from '../../models/remote-vm/series.ts';
import { series as zpciIo } from '../../models/zpci-io/series.ts';
import type { Operation } from '../model/model.ts';
import { behavioursOf } from './behaviour.ts';
import { series as dial } from './dial.fixture.ts';

const LIMITS = { stepsMax: 1_000, schedulesMax: 10_000 };

test('a call that a killed actor never began leaves its place empty', () => {
  const write: Operation = { actor: 'user0', op: 'bar_write', bar: 0, pos: 0, count: 8 };
  const ops = [write, write, { actor: 'admin', op: 'kill' }];
  const { ends, complete } = behavioursOf(zpciIo.model('v1')!, { world: {}, ops }, LIMITS);
  expect(complete).toBe(true);
  const calls = [...ends.values()].map((one) => one.calls);
  expect(calls.length).toBeGreaterThan(1);
  expect(new Set(calls.map(([, , last]) => last?.op))).toEqual(new Set(['kill']));
  const begun = calls.map((some) => some.map((call) => call !== null));
  expect(begun).toContainEqual([true, false, true]);
  expect(begun).toContainEqual([true, true, true]);
});

test('who returned first is no difference, and each end is there once', () => {
  const ops = ['user0', 'user1'].map((actor) => ({ actor, op: 'get' }));
  const { ends } = behavioursOf(dial.model('pre')!, { world: {}, ops }, LIMITS);
  expect([...ends.values()]).toEqual([
    {
      outcome: 'finished',
      calls: [
        { actor: 'user0', op: 'get', ret: 0 },
        { actor: 'user1', op: 'get', ret: 0 },
      ],
      device: [],
      seen: [],
    },
  ]);
});

test('what user space is handed is part of the end: the status before the rest of the record (SVA-H4)', () => {
  const ops = [
    { actor: 'proca0', op: 'open', as: 'f0' },
    { actor: 'proca0', op: 'submit', fd: 'f0', cr: 'lazy' },
    { actor: 'proca1', op: 'poll', cr: 'lazy' },
  ];
  const bodies = (state: string): string[] => {
    const { ends, complete } = behavioursOf(remoteVm.model(state)!, { world: {}, ops }, LIMITS);
    expect(complete).toBe(true);
    const seen = [...ends.values()].flatMap((end) => end.seen);
    expect(seen.every(({ actor, op, cr }) => actor === 'proca1' && op === 'poll' && cr === 'lazy')).toBe(
      true,
    );
    return [...new Set(seen.map(({ body }) => String(body)))].sort();
  };
  expect(bodies('v3')).toEqual(['complete', 'not written yet']);
  expect(bodies('v4')).toEqual(['complete']);
});

test('schedules beyond the limit are left out, and said so', () => {
  const ops = ['user0', 'user1'].map((actor) => ({ actor, op: 'set', value: 1 }));
  const draft = { world: {}, ops };
  const all = behavioursOf(dial.model('pre')!, draft, LIMITS);
  const some = behavioursOf(dial.model('pre')!, draft, { ...LIMITS, schedulesMax: 1 });
  expect([all.complete, all.ends.size]).toEqual([true, 3]);
  expect(some.complete).toBe(false);
  expect(some.ends.size).toBeLessThan(3);
});
