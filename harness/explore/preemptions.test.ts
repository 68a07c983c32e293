import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventFd } from '../machine/events.ts';
import { HandMade, type Path } from '../machine/hand-made.fixture.ts';
import type { Machine, Strategy } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { Step } from '../machine/step.ts';
import type { Thread } from '../machine/thread.ts';
import { BruteForce } from './brute-force.fixture.ts';
import { BoundedPreemptions } from './preemptions.ts';
import { build, type SmallProgram, smallPrograms } from './small-programs.fixture.ts';

/** Programs with more schedules than this are passed over. */
const SCHEDULES_MAX = 500;
const MANY = 1_000;

/** Lets a strategy choose, and counts how often it takes the turn from a thread that could have gone on. */
class Watched implements Strategy {
  preemptions = 0;
  readonly #inner: Strategy;
  #last: Thread | null = null;

  constructor(inner: Strategy) {
    this.#inner = inner;
  }

  begin(threads: readonly Thread[], machine: Machine): void {
    this.preemptions = 0;
    this.#last = null;
    this.#inner.begin(threads, machine);
  }

  pick(runnable: readonly Thread[], count: number, step: number): Thread | null {
    const picked = this.#inner.pick(runnable, count, step);
    if (this.#last !== picked && runnable.slice(0, count).some((thread) => thread === this.#last)) {
      this.preemptions++;
    }
    this.#last = picked;
    return picked;
  }
}

interface Listed {
  readonly schedule: string;
  readonly preemptions: number;
}

/** Every schedule that an enumeration runs, in its order; null where there are too many. */
function schedulesOf(make: () => HandMade, all: BruteForce | BoundedPreemptions): Listed[] | null {
  const watched = new Watched(all);
  const listed: Listed[] = [];
  while (all.next()) {
    if (listed.length >= SCHEDULES_MAX) return null;
    const made = make();
    made.run(watched);
    if (all instanceof BoundedPreemptions) all.close();
    listed.push({ schedule: made.schedule, preemptions: watched.preemptions });
  }
  return listed;
}

const texts = (listed: readonly Listed[]): string[] =>
  listed.map(({ schedule }) => schedule).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

describe('of small programs over everything the machine has', () => {
  test('exactly the schedules with at most so many preemptions are run, each once; with many, all there are', () => {
    const sums = { programs: 0, schedules: 0, left: 0 };
    const compare = (program: SmallProgram) => {
      const make = () => build(program).made;
      const every = schedulesOf(make, new BruteForce());
      if (every === null || every.length < 2) return;
      sums.programs++;
      for (const most of [0, 1, 2, 3, MANY]) {
        const within = every.filter(({ preemptions }) => preemptions <= most);
        const run = schedulesOf(make, new BoundedPreemptions(most))!;
        expect(texts(run)).toEqual(texts(within));
        sums.schedules += run.length;
        sums.left += every.length - run.length;
      }
    };
    fc.assert(fc.property(smallPrograms, compare), { numRuns: 150, seed: 5 });
    expect(sums.programs).toBeGreaterThan(50);
    expect(sums.schedules).toBeGreaterThan(10_000);
    expect(sums.left).toBeGreaterThan(10_000);
  });
});

/** How many schedules there are with at most so many preemptions. */
function counts(make: () => HandMade, bounds: readonly number[]): number[] {
  return bounds.map((most) => schedulesOf(make, new BoundedPreemptions(most))!.length);
}

/** Actors that write one place so many times each; their first step begins the operation. */
const writers =
  (...writes: readonly number[]) =>
  (): HandMade => {
    const made = new HandMade();
    const cell = new Cell(made.machine, 'x', 0);
    writes.forEach((times, at) => {
      made.actor(`t${at}`, function* () {
        for (let i = 0; i < times; i++) yield cell.write;
        return 0;
      });
    });
    return made;
  };

describe('known numbers', () => {
  test('two threads of five steps: interleavings by their blocks, the last of which is no preemption', () => {
    // 2 (C(4,0) C(4,0)), then 2 C(4,1) C(4,0), 2 C(4,1) C(4,1), 2 C(4,2) C(4,1) …, all 252 = C(10,5) in the end.
    expect(counts(writers(4, 4), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([
      2, 10, 42, 90, 162, 210, 242, 250, 252, 252,
    ]);
  });

  test('none: threads in any order, each to its end', () => {
    expect(counts(writers(3), [0])).toEqual([1]);
    expect(counts(writers(3, 3), [0])).toEqual([2]);
    expect(counts(writers(3, 3, 3), [0])).toEqual([6]);
    expect(counts(writers(3, 3, 3, 3), [0])).toEqual([24]);
  });

  test('no thread at all: one schedule without a step', () => {
    expect(counts(() => new HandMade(), [0, 1])).toEqual([1, 1]);
  });

  test('who goes on for a thread that waits is free, and taking the turn back from it is not', () => {
    const make = () => {
      const made = new HandMade();
      const event = new EventFd(made.machine, 'e', { event: 'signal', wakers: () => [] });
      const once = (step: Step): Path =>
        function* () {
          yield step;
          return 0;
        };
      made.actor('w', once(event.wait));
      made.actor('s', once(event.signal));
      made.actor('t', once(event.signal));
      return made;
    };
    // s, then w and t in both orders; the same of t; and w first, which then waits, before each of those.
    expect(texts(schedulesOf(make, new BoundedPreemptions(0))!)).toEqual([
      's s t t w w',
      's s w w t t',
      't t s s w w',
      't t w w s s',
      'w s s t t w',
      'w s s w t t',
      'w t t s s w',
      'w t t w s s',
    ]);
  });
});

test('whoever ran goes on first: the default rule comes before what departs from it', () => {
  const run = schedulesOf(writers(1, 1), new BoundedPreemptions(1))!;
  expect(run.map(({ schedule, preemptions }) => `${schedule}: ${preemptions}`)).toEqual([
    't0 t0 t1 t1: 0',
    't0 t1 t1 t0: 1',
    't1 t1 t0 t0: 0',
    't1 t0 t0 t1: 1',
  ]);
});
