import { describe, expect, test } from 'vitest';
import { EventFd } from '../machine/events.ts';
import { HandMade } from '../machine/hand-made.fixture.ts';
import { Mutex } from '../machine/locks.ts';
import { Recorder } from '../machine/recorder.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import { mutate, mutationName, parseMutation } from './mutation.ts';

/** A machine with a kernel of three functions on it. */
class Bench {
  readonly hand = new HandMade();
  readonly lock = new Mutex(this.hand.machine, 'bar0 lock');
  readonly first = new Cell(this.hand.machine, 'first', 0);
  readonly second = new Cell(this.hand.machine, 'second', 0);
  readonly bell = new EventFd(this.hand.machine, 'bell', { event: 'bell rung', wakers: () => [] });
}

interface TinyKernel {
  readonly facts: { readonly strict: boolean };
  readonly check: (b: Bench, value: number) => number;
  readonly store: (b: Bench, k: TinyKernel, value: number) => CodePath<number>;
  readonly ring: (b: Bench) => CodePath<void>;
  readonly rw: (b: Bench, k: TinyKernel, value: number) => CodePath<number>;
}

const base: TinyKernel = {
  facts: { strict: true },
  check: (_b, value) => (value > 9 ? -22 : 0),
  *store(b, k, value) {
    const ret = k.facts.strict ? k.check(b, value) : 0;
    if (ret < 0) return ret;
    yield b.second.write;
    b.second.value = value;
    return 0;
  },
  *ring(b) {
    yield b.bell.signal;
  },
  *rw(b, k, value) {
    yield b.lock.acquire;
    yield b.first.write;
    b.first.value = value;
    const ret = yield* k.store(b, k, value);
    yield* k.ring(b);
    yield b.lock.release;
    return ret;
  },
};
/** As a patch left it: it waits for somebody to ring, first. */
const patched: TinyKernel = {
  ...base,
  *ring(b) {
    yield b.bell.signal;
    yield b.bell.wait;
  },
};

/** The steps of one call, and what it returned. */
function steps(mutation: string, value = 1, kernel = patched): string[] {
  const bench = new Bench();
  const { machine } = bench.hand;
  const weak = mutate(kernel, base, parseMutation(mutation)!, machine);
  bench.hand.actor('A', () => weak.rw(bench, weak, value));
  const recorder = new Recorder(machine);
  machine.observer = recorder;
  bench.hand.run();
  const texts = recorder.steps.map(({ text }) => text.replace(/: .*/, '')).slice(1);
  return [...texts, String(machine.returned[0]?.ret)];
}

const WHOLE = [
  'lock bar0 lock',
  'write first = 0x1',
  'write second = 0x1',
  'signal bell',
  'waited for bell',
  'unlock bar0 lock',
];

describe('a mutation', () => {
  test.each([
    ['drop-lock(rw, bar# lock)', [...WHOLE.slice(1, 5), '0']],
    ['late-lock(rw, bar# lock)', [WHOLE[1], WHOLE[0], ...WHOLE.slice(2), '0']],
    ['early-unlock(rw, bar# lock)', [WHOLE[0], WHOLE[1], WHOLE[5], ...WHOLE.slice(2, 5), '0']],
    ['drop-wait(ring, bell)', [...WHOLE.slice(0, 4), WHOLE[5], '0']],
    ['drop-signal(ring, bell)', [...WHOLE.slice(0, 3), 'undefined']],
    ['drop-call(store, 0)', [WHOLE[0], WHOLE[1], ...WHOLE.slice(3), '0']],
    ['late-call(store, 0)', [WHOLE[0], WHOLE[1], WHOLE[3], WHOLE[4], WHOLE[2], WHOLE[5], '0']],
    ['revert(ring)', [...WHOLE.slice(0, 4), WHOLE[5], '0']],
  ])('%s', (mutation, expected) => expect(steps(mutation)).toEqual(expected));

  test('of an errno: it counts as success, or its check has always one answer', () => {
    expect(steps('revert(ring)', 10).at(-1)).toBe('-22');
    expect(steps('ignore-error(store, -22)', 10).at(-1)).toBe('0');
    expect(steps('ignore-error(store, -5)', 10).at(-1)).toBe('-22');
    expect(steps('answer(check, 0)', 10)).toContain('write second = 0xa');
    expect(steps('flip(facts.strict)', 10)).toContain('write second = 0xa');
  });

  test('of a lock that is let go at once leaves nobody with it', () => {
    const bench = new Bench();
    const { lock } = bench;
    const kernel = {
      *touch(): CodePath<number> {
        yield lock.acquire;
        yield lock.release;
        return 0;
      },
    };
    const weak = mutate(kernel, kernel, parseMutation('late-lock(touch, bar# lock)')!, bench.hand.machine);
    bench.hand.actor('A', () => weak.touch());

    expect(bench.hand.run()).toBe('finished');
    expect(lock.owner).toBeNull();
    expect(bench.hand.machine.misuses).toEqual([]);
  });

  test('has a name that says all of it', () => {
    for (const name of ['drop-lock(rw, bar# lock)', 'flip(facts.strict)', 'drop-call(ring)']) {
      expect(mutationName(parseMutation(name)!)).toBe(name);
    }
    expect(parseMutation('explode(rw)')).toBeNull();
    expect(parseMutation('drop-lock')).toBeNull();
  });
});
