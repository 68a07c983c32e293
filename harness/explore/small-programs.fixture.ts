/** Small concurrent programs over everything the machine has: what a reduction is tried on. */
import fc from 'fast-check';
import { EventFd, InitialRefCount, RefCount } from '../machine/events.ts';
import { HandMade, type Path } from '../machine/hand-made.fixture.ts';
import { Mutex, RwSemaphore } from '../machine/locks.ts';
import { Process } from '../machine/process.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import type { Thread } from '../machine/thread.ts';

/** One instruction of a small program; what it reads is added to a register that later ones look at. */
export type Instruction =
  | { readonly kind: 'read' | 'write' | 'update' | 'write-if-odd'; readonly cell: 0 | 1 }
  | {
      readonly kind: 'locked' | 'killable' | 'tried';
      readonly mutex: 0 | 1;
      readonly inner: readonly Instruction[];
    }
  | { readonly kind: 'lock-and-keep'; readonly mutex: 0 | 1 }
  | {
      readonly kind: 'shared' | 'exclusive' | 'tried-shared' | 'tried-exclusive';
      readonly inner: readonly Instruction[];
    }
  | { readonly kind: 'signal' | 'wait' | 'wait-killable'; readonly event: 0 | 1 }
  | { readonly kind: 'get' | 'put' | 'wait-for-zero' | 'instruct' | 'close' }
  | { readonly kind: 'with-file'; readonly inner: readonly Instruction[] }
  | { readonly kind: 'spawn' | 'kill' | 'wait-for-exit'; readonly process: 0 | 1 };

export interface SmallProgram {
  /** For each actor, the operations it performs. */
  readonly actors: readonly (readonly (readonly Instruction[])[])[];
  /** For each actor, the process that it is a thread of; none where the list has no place for it. */
  readonly members: readonly (0 | 1 | null)[];
}

const which = fc.constantFrom(0 as const, 1 as const);
const plain: fc.Arbitrary<Instruction> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('read', 'write', 'update', 'write-if-odd'), cell: which }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('signal', 'wait', 'wait-killable'), event: which }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('get', 'put', 'wait-for-zero', 'instruct', 'close') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('spawn', 'kill', 'wait-for-exit'), process: which }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lock-and-keep'), mutex: which }) },
) as fc.Arbitrary<Instruction>;

const instruction: fc.Arbitrary<Instruction> = fc.letrec<{ one: Instruction }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 4, arbitrary: plain },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('locked', 'killable', 'tried'),
        mutex: which,
        inner: fc.array(tie('one'), { maxLength: 2 }),
      }) as fc.Arbitrary<Instruction>,
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('shared', 'exclusive', 'tried-shared', 'tried-exclusive', 'with-file'),
        inner: fc.array(tie('one'), { maxLength: 2 }),
      }) as fc.Arbitrary<Instruction>,
    },
  ),
})).one;

const operation = fc.array(instruction, { minLength: 1, maxLength: 3 });

export const smallPrograms: fc.Arbitrary<SmallProgram> = fc.record({
  actors: fc.array(fc.array(operation, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 }),
  members: fc.array(fc.constantFrom(null, null, 0 as const, 0 as const, 1 as const), {
    minLength: 4,
    maxLength: 4,
  }),
});

/** A program ready to run once; `end` says in words how it ended, so that different ends differ. */
export interface Built {
  readonly made: HandMade;
  end(): string;
}

export function build(program: SmallProgram): Built {
  const made = new HandMade();
  const { machine } = made;
  const cells = [new Cell(machine, 'x', 0), new Cell(machine, 'y', 0)];
  const mutexes = [new Mutex(machine, 'a'), new Mutex(machine, 'b')];
  const semaphore = new RwSemaphore(machine, 's');
  const nobody = { wakers: () => [] };
  const events = ['e', 'f'].map((name) => new EventFd(machine, name, { event: 'signal', ...nobody }));
  const references = new RefCount(machine, 'r', 2, { event: 'zero', ...nobody });
  const file = new InitialRefCount(machine, 'file', 1, { event: 'closed', ...nobody });
  const device = new Cell(machine, 'd', 0);
  device.observes = [cells[0]!];
  const processes = ['p', 'q'].map((name) => new Process(machine, name));
  /** How many threads were started: a place of its own, since it decides what a later one does. */
  const started = new Cell(machine, 'started', 0);
  const log: string[] = [];

  function* run(t: Thread, all: readonly Instruction[], registers: { sum: number }): CodePath<void> {
    for (const one of all) {
      switch (one.kind) {
        case 'read':
          yield cells[one.cell]!.read;
          registers.sum = registers.sum * 3 + cells[one.cell]!.value;
          break;
        case 'write':
          yield cells[one.cell]!.write;
          cells[one.cell]!.value = registers.sum + t.id + 1;
          break;
        case 'update':
          yield cells[one.cell]!.update;
          cells[one.cell]!.value++;
          break;
        case 'write-if-odd':
          if (registers.sum % 2 === 0) break;
          yield cells[one.cell]!.write;
          cells[one.cell]!.value = 7;
          break;
        case 'locked':
          yield mutexes[one.mutex]!.acquire;
          yield* run(t, one.inner, registers);
          yield mutexes[one.mutex]!.release;
          break;
        case 'killable':
          if ((yield mutexes[one.mutex]!.acquireKillable) < 0) {
            registers.sum += 100;
            break;
          }
          yield* run(t, one.inner, registers);
          yield mutexes[one.mutex]!.release;
          break;
        case 'tried':
          if ((yield mutexes[one.mutex]!.tryAcquire) === 0) {
            registers.sum += 10;
            break;
          }
          yield* run(t, one.inner, registers);
          yield mutexes[one.mutex]!.release;
          break;
        case 'lock-and-keep':
          yield mutexes[one.mutex]!.acquire;
          break;
        case 'shared':
          yield semaphore.acquireShared;
          yield* run(t, one.inner, registers);
          yield semaphore.releaseShared;
          break;
        case 'tried-shared':
          if ((yield semaphore.tryAcquireShared) === 0) {
            registers.sum += 20;
            break;
          }
          yield* run(t, one.inner, registers);
          yield semaphore.releaseShared;
          break;
        case 'tried-exclusive':
          if ((yield semaphore.tryAcquire) === 0) {
            registers.sum += 40;
            break;
          }
          yield* run(t, one.inner, registers);
          yield semaphore.release;
          break;
        case 'exclusive':
          yield semaphore.acquire;
          yield* run(t, one.inner, registers);
          yield semaphore.release;
          break;
        case 'signal':
          yield events[one.event]!.signal;
          break;
        case 'wait':
          yield events[one.event]!.wait;
          break;
        case 'wait-killable':
          if ((yield events[one.event]!.waitKillable) < 0) registers.sum += 200;
          break;
        case 'get':
          yield references.update;
          references.count++;
          break;
        case 'put':
          yield references.update;
          if (references.count > 0) references.count--;
          break;
        case 'wait-for-zero':
          yield references.wait;
          break;
        case 'instruct':
          yield device.update;
          log.push(`${t.name} ${registers.sum}${cells[0]!.value > 0 ? ' enabled' : ''}`);
          break;
        case 'with-file':
          yield file.adjust;
          if (!file.held) {
            registers.sum += 1000;
            break;
          }
          file.count++;
          yield* run(t, one.inner, registers);
          yield file.adjust;
          if (--file.count === 0) registers.sum += 500;
          break;
        case 'close':
          yield file.update;
          if (!file.held) break;
          file.held = false;
          if (--file.count === 0) registers.sum += 500;
          break;
        case 'spawn':
          yield started.update;
          if (started.value >= 2) break;
          started.value++;
          machine.spawn('child', processes[one.process]!, function* () {
            yield cells[0]!.update;
            cells[0]!.value += 2;
            return null;
          });
          break;
        case 'kill':
          yield processes[one.process]!.kill;
          break;
        case 'wait-for-exit':
          // Only from outside: a thread that waits for its own end is no program.
          if (t.process === processes[one.process]) break;
          yield processes[one.process]!.wait;
          break;
        default:
          one satisfies never;
      }
      if (t.killed) registers.sum += 10_000;
    }
  }

  program.actors.forEach((operations, actor) => {
    const paths = operations.map(
      (all): Path =>
        function* (t) {
          const registers = { sum: 0 };
          yield* run(t, all, registers);
          return registers.sum;
        },
    );
    const process = program.members[actor] ?? null;
    if (process === null) made.actor(`t${actor}`, ...paths);
    else made.member(processes[process]!, `t${actor}`, ...paths);
  });

  return {
    made,
    end: () =>
      [
        // By thread: in which order they return is put back by returnOrders.
        ...machine.threads.flatMap((t) =>
          machine.returned.filter((call) => call.thread === t).map((call) => `${t.name}=${call.ret}`),
        ),
        '|',
        ...machine.calls
          .filter(({ ret }) => ret === null)
          .map((call) => `${call.thread.name}?`)
          .sort(),
        '|',
        ...cells.map(({ value }) => value),
        ...log,
        '|',
        ...machine.threads.map((t) => `${t.name}${t.alive ? ' stuck' : ''}`),
      ].join(' '),
  };
}
