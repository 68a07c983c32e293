import type { Machine, StartOperation } from '../machine/machine.ts';
import { Cell } from '../machine/shared.ts';
import type { CodePath } from '../machine/step.ts';
import type { DeviceRecord, World } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Property } from '../model/property.ts';
import { defineSeries } from '../model/series.ts';
import type { Source } from '../model/source.ts';

/** A dial whose states differ in each way in which states can. A module of its own, since workers load it. */
const source: Source = { status: 'posted', date: '2025-01-01', messageId: 'dial@example' };

interface DialKernel {
  readonly set: (world: DialWorld, value: number) => CodePath<number>;
  /** Whether a new value is told to the device. */
  readonly tells: boolean;
  /** After so many sets `get` fails. */
  readonly tiredAfter: number;
}

class DialWorld implements World {
  readonly dial: Cell<number>;
  readonly start: StartOperation;
  sets = 0;
  /** Values above what the dial has. */
  beyond = 0;
  told: DeviceRecord[] = [];

  constructor(machine: Machine, kernel: DialKernel) {
    this.dial = new Cell(machine, 'dial', 0);
    const world = this;
    this.start = function* (thread, call) {
      const value = call.work.argument as number;
      if (value < 0) {
        yield world.dial.read;
        return world.sets >= kernel.tiredAfter ? -5 : world.dial.value;
      }
      const ret = yield* kernel.set(world, value);
      if (ret < 0) return ret;
      world.sets++;
      if (value >= 5) world.beyond++;
      if (kernel.tells) world.told.push({ actor: thread.name, insn: 'turn', value });
      return ret;
    };
  }

  reset(): void {
    this.sets = 0;
    this.beyond = 0;
    this.told = [];
  }

  processOf(): null {
    return null;
  }

  device(): DeviceRecord[] {
    return this.told;
  }
}

const base: DialKernel = {
  tells: false,
  tiredAfter: Number.POSITIVE_INFINITY,
  /** Returns what it read, and writes in another step. */
  *set({ dial }, value) {
    yield dial.read;
    const before = dial.value;
    yield dial.write;
    dial.value = value;
    return before;
  },
};

const patch = (
  id: string,
  subject: string,
  change: (kernel: DialKernel) => Partial<DialKernel>,
  requires: readonly string[] = [],
): Patch<DialKernel> => ({
  id,
  subject: `dial: ${subject}`,
  source,
  requires,
  apply: (kernel) => ({ ...kernel, ...change(kernel) }),
});

const refuses = (refused: number) => (kernel: DialKernel) => ({
  *set(world: DialWorld, value: number) {
    return value === refused ? -22 : yield* kernel.set(world, value);
  },
});
const refuseFive = patch('1/2', 'refuse 5', refuses(5));
const refuseTwo = patch('2/2', 'refuse 2', refuses(2));
const otherFive = patch('1/2', 'refuse 5', refuses(5));
const allow = patch('2/2', 'allow all', () => ({ set: base.set }));
const atomic = patch('1/1', 'set in one step', () => ({
  *set({ dial }, value) {
    yield dial.update;
    const before = dial.value;
    dial.value = value;
    return before;
  },
}));

const keepsToDial: Property<DialWorld> = {
  id: 'keeps-to-the-dial',
  claim: 'no value beyond the dial is set',
  source,
  check({ machine, evidence }, report) {
    if (evidence.beyond > 0) {
      report('beyond', machine.steps, () => ({
        message: 'A value beyond the dial is set.',
        expected: ['below 5'],
        actual: ['5 or more'],
      }));
    }
    return evidence.sets > 0;
  },
};

/** As many patches as make too many selections. */
const many = Array.from({ length: 8 }, (_, at) => patch(`${at + 1}/8`, `number ${at + 1}`, () => ({})));

export const series = defineSeries<DialKernel, DialWorld, null, DialWorld>({
  name: 'dial',
  title: 'A dial',
  thread: '',
  base,
  states: [
    { id: 'pre', source, about: 'Before.', patches: [] },
    { id: 'v1', source, about: 'Refuses 5, then 2.', patches: [refuseFive, refuseTwo] },
    {
      id: 'v2',
      source,
      about: 'Refuses 5 in another way, and allows it again.',
      patches: [otherFive, allow],
    },
    { id: 'atomic', source, about: 'One step.', patches: [atomic] },
    {
      id: 'told',
      source,
      about: 'The device hears.',
      patches: [patch('1/1', 'tell', () => ({ tells: true }))],
    },
    { id: 'tired', source, about: 'Fails.', patches: [patch('1/1', 'tire', () => ({ tiredAfter: 2 }))] },
    {
      id: 'between',
      source,
      about: 'Its first patch breaks what its second mends.',
      patches: [refuseFive, allow, patch('3/3', 'refuse 5 again', refuses(5))],
      prerequisites: [patch('tree', 'refuse 5 from the start', refuses(5))],
    },
    {
      id: 'swings',
      source,
      about: 'Breaks, mends and breaks.',
      patches: [allow, patch('2/3', 'refuse 5 again', refuses(5)), patch('3/3', 'allow again', () => base)],
      prerequisites: [patch('tree', 'refuse 5 from the start', refuses(5))],
    },
    {
      id: 'pair',
      source,
      about: 'Its last patch needs its first.',
      patches: [refuseTwo, patch('needs-2/2', 'refuse 5', refuses(5), ['2/2'])],
    },
    { id: 'many', source, about: 'Eight patches.', patches: many },
    { id: 'v1+extra', source, about: 'With a patch on top.', patches: [refuseFive], extras: [refuseTwo] },
  ],
  operations: [
    {
      name: 'set',
      role: 'user',
      weight: 1,
      about: 'sets the dial',
      fields: { value: { kind: 'integer', min: 0, max: 9, values: [1, 2, 5], about: 'to what' } },
    },
    { name: 'get', role: 'user', weight: 1, about: 'reads the dial', fields: {} },
  ],
  world: {},
  smallWorlds: [
    {
      id: 'two-setters',
      about: 'two actors that set one of 40 values each',
      actors: ['user0', 'user1'].map((name) => ({
        name,
        operations: [Array.from({ length: 40 }, (_, value) => ({ op: 'set', value }))],
      })),
    },
    {
      id: 'told-only',
      about: 'where the device hears',
      requires: ['tells'],
      actors: [{ name: 'user0', operations: [[{ op: 'set', value: 1 }]] }],
    },
  ],
  features: ({ tells }) => new Set(tells ? ['tells'] : []),
  properties: [keepsToDial],
  compile: ({ value }) => (typeof value === 'number' ? value : -1),
  configure: () => null,
  createWorld: (machine, kernel) => new DialWorld(machine, kernel),
});
