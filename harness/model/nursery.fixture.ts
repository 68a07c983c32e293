import { EventFd } from '../machine/events.ts';
import type { Machine, StartOperation } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { Operation, World } from './model.ts';
import type { Patch } from './patch.ts';
import { defineSeries } from './series.ts';
import type { Source } from './source.ts';

const source: Source = { status: 'posted', date: '2020-01-01', note: 'for tests' };

/** A kernel that is a list of what its patches did to it. */
interface NurseryKernel {
  readonly has: readonly string[];
}

const adds = (id: string, requires: readonly string[] = []): Patch<NurseryKernel> => ({
  id,
  subject: `nursery: add ${id}`,
  source,
  requires,
  apply: ({ has }) => ({ has: [...has, id] }),
});

/** Actors that are forked, calls that end with a signal, and names that a scenario gives. */
class NurseryWorld implements World {
  readonly start: StartOperation;
  readonly toys: Cell<string>;
  readonly bell: EventFd;
  forks = 0;

  constructor(machine: Machine) {
    this.toys = new Cell(machine, 'toys', '');
    this.bell = new EventFd(machine, 'bell', { event: 'bell rung', wakers: () => [] });
    const world = this;
    this.start = function* (thread, call) {
      const { op, toy } = call.work.argument as Operation;
      if (op === 'fork') {
        yield world.bell.signal;
        machine.startActor(`child${world.forks++}`, null);
        return 0;
      }
      yield world.toys.update;
      if (world.toys.value.includes(`${toy}`)) {
        thread.call!.signal = 'SIGBUS';
        return null;
      }
      world.toys.value += `${toy} `;
      return world.toys.value.length;
    };
  }

  reset(): void {
    this.forks = 0;
  }

  processOf(): null {
    return null;
  }

  device(): [] {
    return [];
  }
}

export const nursery = defineSeries<NurseryKernel, NurseryWorld, null, NurseryWorld>({
  name: 'nursery',
  title: 'A nursery',
  thread: '',
  base: { has: [] },
  states: [
    { id: 'v1', source, about: 'As posted.', patches: [adds('1/2'), adds('2/2')] },
    {
      id: 'v2',
      aliases: ['mainline'],
      source,
      about: 'On a newer tree.',
      prerequisites: [adds('tree')],
      patches: [adds('1/2'), adds('2/2', ['1/2'])],
      companions: [adds('companion')],
    },
  ],
  operations: [
    { name: 'fork', role: 'user', weight: 1, about: 'makes a child', fields: {} },
    {
      name: 'play',
      role: ['user', 'child'],
      weight: 1,
      about: 'takes a toy, which nobody can take twice',
      fields: { toy: { kind: 'name', values: ['ball', 'kite'], about: 'which', optional: true } },
    },
  ],
  world: {
    light: { kind: 'choice', values: ['on', 'off'], about: 'whether one can see', optional: true },
    game: { kind: 'choice', values: ['tag', 'reading'], about: 'what they play', optional: true },
  },
  worldProblem: ({ light, game }) =>
    light === 'off' && game === 'reading' ? 'nobody reads in the dark' : null,
  dormant: (actor) => actor.startsWith('child'),
  operationsProblem: (ops) =>
    ops.some(({ actor }) => actor.startsWith('child')) && !ops.some(({ op }) => op === 'fork')
      ? 'a child plays that nobody forks'
      : null,
  features: () => new Set(),
  properties: [],
  stateClaims: [
    {
      id: 'second-patch-builds',
      claim: 'nothing but the companion needs the second patch',
      source,
      check({ has }, report) {
        if (!has.includes('2/2') || has.includes('companion')) return;
        report('does-not-link', {
          message: 'The second patch needs what only the companion exports.',
          expected: ['links'],
          actual: ['undefined symbol'],
          source,
        });
      },
    },
  ],
  compile: (operation) => operation,
  configure: () => null,
  createWorld: (machine) => new NurseryWorld(machine),
});
