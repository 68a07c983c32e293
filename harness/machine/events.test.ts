import { describe, expect, test } from 'vitest';
import { EINTR } from './errno.ts';
import { EventFd, RefCount } from './events.ts';
import { HandMade } from './hand-made.fixture.ts';
import { Process } from './process.ts';

describe('eventfd', () => {
  function waitAndSignal() {
    const made = new HandMade();
    const event = new EventFd(made.machine, 'event', { event: 'signal', wakers: () => [signaller] });
    const results: number[] = [];
    made.actor('W', function* () {
      results.push(yield event.wait);
      return 0;
    });
    const signaller = made.actor('S', function* () {
      yield event.signal;
      yield event.signal;
      return 0;
    });
    return { made, event, results };
  }

  test('a waiter goes on only after a signal', () => {
    const { made, results } = waitAndSignal();
    expect(made.run('W S W')).toBe('stale');
    expect(results).toEqual([]);

    const again = waitAndSignal();
    expect(again.made.run('W S S W')).toBe('finished');
    expect(again.results).toEqual([0]);
  });

  test('signals add up, and one wait takes them all', () => {
    const { made, event } = waitAndSignal();
    expect(made.run('S S S W', 4)).toBe('step-limit');
    expect(event.show()).toBe('count 2');
    expect(made.machine.steps).toBe(4);

    const consumed = waitAndSignal();
    consumed.made.run('S S S W W');
    expect(consumed.event.count).toBe(0);
  });

  test('a killable wait gets -EINTR when killed without a signal, and 0 with one', () => {
    const run = (schedule: string) => {
      const made = new HandMade();
      const process = new Process(made.machine, 'the VMM');
      const event = new EventFd(made.machine, 'event', { event: 'signal', wakers: () => [] });
      let result: number | null = null;
      made.member(process, 'W', function* () {
        result = yield event.waitKillable;
        return result;
      });
      made.actor('K', function* () {
        yield process.kill;
        return 0;
      });
      made.actor('S', function* () {
        yield event.signal;
        return 0;
      });
      made.run(schedule);
      return result;
    };
    expect(run('W K K W')).toBe(-EINTR);
    expect(run('W K K S S W')).toBe(0);
  });
});

describe('reference count', () => {
  test('a waiter goes on when the last reference is dropped', () => {
    const run = (schedule: string) => {
      const made = new HandMade();
      const refs = new RefCount(made.machine, 'file', 2, {
        event: 'file closed',
        wakers: () => made.machine.threads,
      });
      made.actor('W', function* () {
        yield refs.wait;
        return 0;
      });
      for (const name of ['A', 'B']) {
        made.actor(name, function* () {
          yield refs.update;
          refs.count--;
          return 0;
        });
      }
      return { outcome: made.run(schedule), shown: refs.show() };
    };
    expect(run('W A A W')).toEqual({ outcome: 'stale', shown: '1 reference' });
    expect(run('W A A B B W')).toEqual({ outcome: 'finished', shown: '0 references' });
  });
});
