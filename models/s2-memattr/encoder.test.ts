import { describe, expect, test } from 'vitest';
import { callRecords } from '../../harness/scenario/recording.ts';
import { alone, type Body, by, run } from './call-results.fixture.ts';
import { series as s2MemAttr } from './series.ts';

/** What stage2_set_prot_attr() wrote: the type, executable or not, after a warning or not; or its error. */
function cell(state: string, prot: string): string {
  const { results, evidence } = alone(state, [{ op: 'set_prot_attr', prot }]);
  const { attr, exec, warned, ret } = evidence.encodings[0]!;
  expect(results).toEqual([ret]);
  return `${warned ? 'WARN ' : ''}${attr ?? ret}${exec ? ' X' : ''}`;
}

const WB = 'normal';
const NC = 'normal-nc';
const DEV = 'device-nGnRE';

const early = { '': WB, D: DEV, X: `${WB} X`, DX: '-22' };
const withBit = { ...early, N: NC, NX: `${NC} X` };
const strict = { ...early, N: NC, NX: '-22', DN: '-22', DNX: '-22' };

/** By state, every cell of the table of the facts. Before there is a bit for Normal-NC, nobody can ask for it. */
const TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pre: early,
  'v1:1': early,
  v1: { ...early, D: NC },
  v2: { ...withBit, DN: DEV, DNX: '-22' },
  'v3:1': { ...withBit, DN: DEV, DNX: '-22' },
  v3: { ...withBit, DN: '-22', DNX: '-22' },
  'v4:1': { ...withBit, DN: `WARN ${DEV}`, DNX: 'WARN -22' },
  v4: { ...withBit, DN: `WARN ${DEV}`, DNX: 'WARN -22' },
  v5: { ...withBit, DN: 'WARN uninitialised', DNX: 'WARN uninitialised X' },
  v6: { ...withBit, DN: 'WARN uninitialised', DNX: 'WARN uninitialised X' },
  v7: strict,
  v8: strict,
  'v9:1': strict,
  v9: strict,
  merged: strict,
  'merged+nvgrace': strict,
  post: strict,
};

describe.each(Object.entries(TABLE))('stage2_set_prot_attr of %s', (state, cells) => {
  test.each(Object.entries(cells))('of bits "%s" is %s', (prot, expected) => {
    expect(cell(state, prot)).toBe(expected);
  });
});

/** What `exec` prints of operations of user0: what came back, and what was encoded. */
function shown(state: string, ops: readonly Body[], world = {}): unknown {
  const { machine, world: after } = run(state, by('user0', ...ops), world).run;
  return { calls: callRecords(machine.returned, machine.calls), device: after.device() };
}

const encoded = (prot: string, wrote: string, warned = false) => [
  { actor: 'user0', insn: 'encode', caller: 'direct', prot, wrote, warned },
];

describe('what a report shows of the encoder', () => {
  const shownOf = (state: string, prot: string) => shown(state, [{ op: 'set_prot_attr', prot }]);

  test.each([
    ['pre', 'D', 0, encoded('R|W|DEVICE', 'device-nGnRE')],
    ['v1', 'D', 0, encoded('R|W|DEVICE', 'normal-nc')],
    ['v3:1', 'DN', 0, encoded('R|W|DEVICE|NORMAL_NC', 'device-nGnRE')],
    ['v4', 'DN', 0, encoded('R|W|DEVICE|NORMAL_NC', 'device-nGnRE', true)],
    ['v4', 'DNX', -22, encoded('R|W|X|DEVICE|NORMAL_NC', 'nothing', true)],
    ['v5', 'DN', 0, encoded('R|W|DEVICE|NORMAL_NC', 'uninitialised', true)],
    ['v6', 'NX', 0, encoded('R|W|X|NORMAL_NC', 'normal-nc, executable')],
    ['v9', 'DN', -22, encoded('R|W|DEVICE|NORMAL_NC', 'nothing')],
  ])('on %s for %s', (state, prot, ret, device) => {
    expect(shownOf(state, prot)).toEqual({ calls: [{ actor: 'user0', op: 'set_prot_attr', ret }], device });
  });

  test.each(s2MemAttr.states.map(({ id }) => id))(
    'on %s is Normal of what the host maps of its own',
    (state) => {
      const record = { caller: 'host stage 2', prot: 'R|W', wrote: 'normal', warned: false };
      const device = [{ actor: 'user0', insn: 'encode', ...record }];
      expect(shown(state, [{ op: 'host_mmio' }], { pkvm: true })).toMatchObject({ device });
      // There is no stage 2 of the host without pKVM.
      expect(shown(state, [{ op: 'host_mmio' }])).toMatchObject({ device: [] });
    },
  );

  test('has no order between threads, and no entry that a page has', () => {
    const ops = [
      ...by('user1', { op: 'set_prot_attr', prot: 'D' }, { op: 'map_gicv' }),
      ...by('user0', { op: 'set_prot_attr', prot: 'N' }),
    ];
    const order = ({ run: { world } }: ReturnType<typeof run>) =>
      world.device().map(({ actor, prot }) => `${actor} ${prot}`);
    const first = order(run('v9', ops, {}, [['user0', 1]]));
    expect(first).toHaveLength(2);
    expect(order(run('v9', ops, {}, [['user1', 1]]))).toEqual(first);
  });
});
