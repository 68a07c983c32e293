import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HandMade, type Path } from '../machine/hand-made.fixture.ts';
import { Mutex } from '../machine/locks.ts';
import { Cell } from '../machine/shared.ts';
import { BruteForce } from './brute-force.fixture.ts';
import { DPOR_THREADS_MAX, Dpor } from './dpor.ts';
import { linearExtensions } from './linear-extensions.ts';
import { build, type Instruction, type SmallProgram, smallPrograms } from './small-programs.fixture.ts';

/** Programs with more schedules than this are passed over: brute force would take minutes. */
const SCHEDULES_MAX = 800;

interface Reduced {
  /** Counted from the classes that were run. */
  readonly schedules: bigint;
  readonly ends: readonly string[];
  readonly executed: number;
  readonly pruned: number;
  readonly fallbacks: number;
}

/** Null where that is too much. */
function byDpor(program: SmallProgram): Reduced | null {
  const dpor = new Dpor();
  const ends = new Set<string>();
  let executed = 0;
  let schedules = 0n;
  while (dpor.next()) {
    if (executed > SCHEDULES_MAX) return null;
    const { made, end } = build(program);
    const outcome = made.run(dpor);
    dpor.close();
    if (dpor.pruned) continue;
    executed++;
    ends.add(`${outcome} ${end()}`);
    const counted = linearExtensions(dpor.trace());
    if (counted === null) return null;
    schedules += counted.count;
  }
  const { prunedCount: pruned, fallbacks } = dpor;
  return { schedules, ends: [...ends].sort(), executed, pruned, fallbacks };
}

function byBruteForce(program: SmallProgram): Pick<Reduced, 'schedules' | 'ends'> {
  const all = new BruteForce();
  const ends = new Set<string>();
  let schedules = 0n;
  while (all.next()) {
    const { made, end } = build(program);
    const outcome = made.run(all);
    ends.add(`${outcome} ${end()}`);
    schedules++;
  }
  return { schedules, ends: [...ends].sort() };
}

/** Compares hundreds of programs; returns what that came to. */
function compare(numRuns: number, seed: number) {
  const sums = { compared: 0, schedules: 0, executed: 0, pruned: 0 };
  fc.assert(
    fc.property(smallPrograms, (program) => {
      const reduced = byDpor(program);
      if (reduced === null || reduced.schedules > SCHEDULES_MAX) return;
      const all = byBruteForce(program);
      expect(reduced.ends).toEqual(all.ends);
      // The classes have as many schedules as there are: none is missing, and none was run twice.
      expect(reduced.schedules).toBe(all.schedules);
      expect(reduced.fallbacks).toBe(0);
      sums.compared++;
      sums.schedules += Number(all.schedules);
      sums.executed += reduced.executed;
      sums.pruned += reduced.pruned;
    }),
    // A failing program is small enough as it is, and shrinking one takes minutes.
    { numRuns, seed, endOnFailure: true },
  );
  return sums;
}

describe('of small programs over everything the machine has', () => {
  test('the reduction loses no end, invents none, and runs one schedule of each class', () => {
    const { compared, schedules, executed, pruned } = compare(800, 3);
    expect(compared).toBeGreaterThan(300);
    expect(executed * 15).toBeLessThan(schedules);
    // Abandoned ones are the price of source sets; wakeup trees would not have them.
    expect(pruned * 20).toBeLessThan(executed);
  });
});

const locked = (...inner: readonly Instruction[]): Instruction => ({ kind: 'locked', mutex: 0, inner });
const keep: Instruction = { kind: 'lock-and-keep', mutex: 0 };
const tried = (mutex: 0 | 1, ...inner: readonly Instruction[]): Instruction => ({
  kind: 'tried',
  mutex,
  inner,
});
const read: Instruction = { kind: 'read', cell: 0 };
const write = (cell: 0 | 1): Instruction => ({ kind: 'write', cell });
const kill: Instruction = { kind: 'kill', process: 0 };
const waitFor: Instruction = { kind: 'wait', event: 0 };
const killableWait: Instruction = { kind: 'wait-killable', event: 0 };
const signal: Instruction = { kind: 'signal', event: 0 };
const zero: Instruction = { kind: 'wait-for-zero' };

// Each lost schedules, most also ends, in an earlier state of the reduction.
describe('of programs that are easily got wrong', () => {
  test.each<{ what: string; program: SmallProgram }>([
    {
      what: 'a thread waits for a lock where an execution is abandoned',
      program: { actors: [[[read]], [[locked()]], [[locked(), keep, keep]]], members: [] },
    },
    {
      what: 'a thread is blocked for ever, and others return in either order',
      program: {
        actors: [[[write(0)]], [[keep]], [[locked(locked())]], [[{ kind: 'update', cell: 0 }]]],
        members: [],
      },
    },
    {
      what: 'a wait for one thing is let go on beside what it depends on otherwise',
      program: { actors: [[[waitFor]], [[{ kind: 'get' }]], [[signal, zero]]], members: [] },
    },
    {
      what: 'the same among threads of two processes',
      program: {
        actors: [[[signal, zero]], [[waitFor], [read]], [[signal, killableWait]]],
        members: [1, 0, 0],
      },
    },
    {
      what: 'a killable wait ends by its event or by SIGKILL',
      program: {
        actors: [[[killableWait]], [[kill, write(1)]], [[signal, write(0), write(0)]]],
        members: [0],
      },
    },
    {
      what: 'a thread is started in a process that has ended',
      program: {
        actors: [[[read]], [[{ kind: 'spawn', process: 0 }]], [[{ kind: 'wait-for-exit', process: 0 }]]],
        members: [0],
      },
    },
    {
      what: 'a trylock that would fail if it came first, and return there',
      program: {
        actors: [[[tried(0, kill), { kind: 'locked', mutex: 1, inner: [] }]], [[tried(0)]], [[tried(1)]]],
        members: [null, 1, 0],
      },
    },
  ])('$what', ({ program }) => {
    const reduced = byDpor(program)!;
    const all = byBruteForce(program);
    expect(reduced.ends).toEqual(all.ends);
    expect(reduced.schedules).toBe(all.schedules);
    expect(reduced.fallbacks).toBe(0);
  });
});

/** Schedules run of actors that each read or write the cells of a list, in turn. */
function explored(...actors: readonly (readonly string[])[]): { executed: number; schedules: bigint } {
  const dpor = new Dpor();
  let executed = 0;
  let schedules = 0n;
  while (dpor.next()) {
    const made = new HandMade();
    const cells = new Map(['x', 'y', 'z'].map((name) => [name, new Cell(made.machine, name, 0)]));
    const locks = new Map(['a', 'b'].map((name) => [name, new Mutex(made.machine, name)]));
    const path = (steps: readonly string[]): Path =>
      function* () {
        for (const step of steps) {
          const [kind, name] = step.split(' ') as [string, string];
          if (kind === 'lock') yield locks.get(name)!.acquire;
          else if (kind === 'unlock') yield locks.get(name)!.release;
          else yield kind === 'read' ? cells.get(name)!.read : cells.get(name)!.write;
        }
        return null;
      };
    actors.forEach((steps, at) => {
      made.actor(`t${at}`, path(steps));
    });
    made.run(dpor);
    dpor.close();
    if (dpor.pruned) continue;
    executed++;
    schedules += linearExtensions(dpor.trace())!.count;
  }
  return { executed, schedules };
}

describe('known numbers', () => {
  test('threads that share nothing: one schedule of 252', () => {
    expect(
      explored(['write x', 'write x', 'write x', 'write x'], ['read y', 'read y', 'read y', 'read y']),
    ).toEqual({
      executed: 1,
      schedules: 252n,
    });
  });

  test('readers and one writer: the writer before, between and after', () => {
    // As in the readers benchmark of Abdulla et al.: 2 to the number of readers.
    expect(explored(['write x'], ['read x'], ['read x'], ['read x']).executed).toBe(8);
  });

  test('n writers of one place: n factorial', () => {
    expect(explored(['write x'], ['write x'], ['write x'], ['write x']).executed).toBe(24);
  });

  test('two critical sections: two schedules', () => {
    expect(explored(['lock a', 'write x', 'unlock a'], ['lock a', 'write x', 'unlock a']).executed).toBe(2);
  });

  test('two locks in opposite order: two that finish, one deadlock', () => {
    expect(
      explored(['lock a', 'lock b', 'unlock b', 'unlock a'], ['lock b', 'lock a', 'unlock a', 'unlock b'])
        .executed,
    ).toBe(3);
  });
});

test('more threads than a mask has bits are refused in words', () => {
  const made = new HandMade();
  const cell = new Cell(made.machine, 'x', 0);
  for (let i = 0; i <= DPOR_THREADS_MAX; i++) {
    made.actor(`t${i}`, function* () {
      yield cell.write;
      return 0;
    });
  }
  expect(() => made.run(new Dpor())).toThrow(`more than ${DPOR_THREADS_MAX} threads`);
});
