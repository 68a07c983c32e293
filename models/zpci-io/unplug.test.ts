import { describe, expect, test } from 'vitest';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { type Recording, record } from '../../harness/scenario/recording.ts';
import { series as zpciIo } from './series.ts';

function run(
  state: string,
  ops: readonly Operation[],
  world: WorldConfig = {},
  schedule: readonly string[] = [],
): Recording {
  return record(zpciIo.model(state)!, { format: 1, model: `zpci-io/${state}`, world, ops, schedule }, 10_000);
}

const POWER_OFF: Operation = { actor: 'admin', op: 'power_off' };
const SECOND: Operation = { actor: 'admin1', op: 'power_off' };
const KILL: Operation = { actor: 'admin1', op: 'kill' };
const SILENT: WorldConfig = { guest: 'silent' };

/** Who took each step of a power-off that nobody disturbs, up to its return or to where it stays stuck. */
const undisturbed = (state: string, world: WorldConfig = {}): string[] =>
  run(state, [POWER_OFF], world).steps.map(({ actor }) => actor);

/** An operation after everything that the power-off alone set going. */
const then = (state: string, ops: readonly Operation[], world: WorldConfig = {}): Recording =>
  run(state, [POWER_OFF, ...ops], world, [...undisturbed(state, world), ops[0]!.actor]);

const returned = ({ calls }: Recording): string[] =>
  calls.map(({ actor, op, ret }) => `${actor} ${op} ${ret}`);
const properties = ({ violations }: Recording): string[] => violations.map(({ property }) => property);
const device = (recording: Recording): string[] =>
  recording.device.map(({ actor, insn, pcias, offset, len }) => `${actor} ${insn} ${pcias} ${offset} ${len}`);

const FINISHES = ['pre', 'rfc', 'v1', 'v2-min', 'v2', 'v3', 'mainline'];
const HELD = ['pci_rescan_remove_lock', 'dev->mutex'];

/** States that never finish: what the guest's teardown waits for, and what the remover holds when it waits. */
const STUCK = [
  { state: 'v1+hp', lock: 'zdev->lock', holds: ['zdev->lock', ...HELD] },
  { state: 'v2-devlock', lock: 'dev->mutex', holds: HELD },
];

describe('power-off with a cooperative guest', () => {
  const BAR_PATH = [
    ...[0, 4].map((offset) => `guest pcilg 2 ${offset} 4`),
    ...[0, 4, 8, 12].map((offset) => `guest pcistg 2 ${offset} 4`),
  ];

  test.each(FINISHES)(
    'returns 0 on %s, after the teardown reached the device; a second one is -EIO',
    (state) => {
      const recording = run(state, [POWER_OFF, POWER_OFF]);
      expect(recording.outcome).toBe('finished');
      expect(returned(recording)).toEqual(['admin power_off 0', 'admin power_off -5']);
      expect(device(recording)).toEqual(
        state === 'pre' ? BAR_PATH : ['guest pcilg 2 0 8', 'guest pcistb 2 0 16'],
      );
      // v1 faults QEMU's buffers in under zdev->lock; nothing else is wrong with it.
      // The guest's teardown loads through the region where there is one.
      const expected = [
        ...(['rfc', 'v1', 'v2-min'].includes(state) ? ['loaded-page-is-dirtied'] : []),
        ...(['rfc', 'v1'].includes(state) ? ['no-user-fault-under-arch-lock'] : []),
      ];
      expect(properties(recording)).toEqual(expected);
    },
  );

  test.each(STUCK)('never returns on $state: its teardown waits for $lock', ({ state, lock, holds }) => {
    const recording = run(state, [POWER_OFF]);
    expect(recording.outcome).toBe('deadlock');
    expect(
      recording.waiting.map(({ actor, op, waitsFor, edge, heldBy, holds }) => ({
        actor,
        op,
        waitsFor,
        edge,
        heldBy,
        holds,
      })),
    ).toEqual([
      {
        actor: 'admin',
        op: 'power_off',
        waitsFor: 'last vfio reference dropped (fd closed)',
        edge: 'event',
        heldBy: ['guest'],
        holds,
      },
      { actor: 'guest', op: 'guest', waitsFor: lock, edge: 'lock', heldBy: ['admin'], holds: ['BQL'] },
    ]);
    expect(device(recording)).toEqual([]);
    expect(properties(recording)).toEqual([
      'no-deadlock-on-hot-unplug',
      'io-never-waits-for-remover',
      'no-deadlock',
    ]);
  });

  test('the host locks are taken in the order of the dump of 2021-01-20, zdev->lock first', () => {
    const locks = (state: string) =>
      run(state, [POWER_OFF], SILENT)
        .steps.filter(({ actor, text }) => actor === 'admin' && text.startsWith('lock '))
        .map(({ text }) => text);
    const remove = ['lock pci_rescan_remove_lock', 'lock dev->mutex', 'lock igate'];
    for (const state of ['pre', 'v1', 'v2', 'v2-devlock', 'v3']) expect(locks(state)).toEqual(remove);
    expect(locks('v1+hp')).toEqual(['lock zdev->lock', ...remove]);
    expect(locks('mainline')).toEqual(['lock zdev->state_lock', ...remove]);
  });

  test('the close does not wait for dev->mutex: its reset is skipped', () => {
    for (const state of FINISHES) {
      expect(run(state, [POWER_OFF]).steps.map(({ text }) => text)).toContain('trylock dev->mutex (failed)');
    }
  });

  test('a request under way keeps the fd until it is done', () => {
    const write: Operation = { actor: 'user0', op: 'bar_write', bar: 2, pos: 0, count: 4 };
    const { steps, calls } = run('pre', [POWER_OFF, write], {}, [
      'user0',
      'user0',
      ...undisturbed('pre').slice(0, -8),
    ]);
    expect(calls.map(({ op, ret }) => [op, ret])).toEqual([
      ['bar_write', 4],
      ['power_off', 0],
    ]);
    expect(steps.find(({ text }) => text === 'vfio device: 0 references')?.actor).toBe('user0');
  });
});

describe('two power-offs at once', () => {
  test.each(['v1', 'v2', 'v3'])('both return 0 on %s: nothing serialises disable_slot', (state) => {
    const recording = run(state, [POWER_OFF, SECOND], {}, ['admin', 'admin', 'admin1', 'admin1']);
    expect(returned(recording).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'admin power_off 0',
      'admin1 power_off 0',
    ]);
  });

  test('one is -EIO on mainline: state_lock serialises it', () => {
    const recording = run('mainline', [POWER_OFF, SECOND], {}, ['admin', 'admin', 'admin1']);
    expect(returned(recording)).toEqual(['admin power_off 0', 'admin1 power_off -5']);
    expect(recording.violations).toEqual([]);
  });

  test('both stay stuck on v1+hp', () => {
    const recording = run('v1+hp', [POWER_OFF, SECOND]);
    expect(recording.waiting.map(({ actor, waitsFor }) => `${actor}: ${waitsFor}`)).toEqual([
      'admin: last vfio reference dropped (fd closed)',
      'admin1: zdev->lock',
      'guest: zdev->lock',
    ]);
  });
});

describe('a guest that never answers', () => {
  test.each([...FINISHES, ...STUCK.map(({ state }) => state)])(
    'blocks the host on %s, by design',
    (state) => {
      const recording = run(state, [POWER_OFF], SILENT);
      expect(recording.outcome).toBe('deadlock');
      expect(recording.waiting.map(({ actor, edge, heldBy }) => ({ actor, edge, heldBy }))).toEqual([
        { actor: 'admin', edge: 'event', heldBy: [] },
      ]);
      expect(recording.violations).toEqual([]);
    },
  );

  const write: Operation = {
    actor: 'user0',
    op: 'region_write',
    pos: 16,
    count: 32,
    req: { flags: 2, gaddr: '0x10000', offset: 0, len: 16, pcias: 2 },
  };

  test.each(['rfc', 'v1', 'v2-min', 'v2'])('leaves the region to its users on %s', (state) => {
    expect(returned(then(state, [write], SILENT))).toEqual([
      'user0 region_write 32',
      'admin power_off undefined',
    ]);
  });

  test.each(STUCK)('takes the region from its users on $state, which is no design', ({ state, lock }) => {
    const recording = then(state, [write], SILENT);
    expect(recording.waiting.map(({ actor, waitsFor }) => [actor, waitsFor])).toEqual([
      ['admin', 'last vfio reference dropped (fd closed)'],
      ['user0', lock],
    ]);
    expect(properties(recording)).toEqual(['io-never-waits-for-remover']);
  });
});

describe('SIGKILL to the VMM', () => {
  test.each([...FINISHES, ...STUCK.map(({ state }) => state)])(
    "frees a silent guest's device on %s",
    (state) => {
      const recording = then(state, [KILL], SILENT);
      expect(recording.outcome).toBe('finished');
      expect(returned(recording)).toEqual(['admin1 kill 0', 'admin power_off 0']);
      expect(recording.violations).toEqual([]);
    },
  );

  test.each(STUCK)('does not on $state once the teardown waits for $lock', ({ state, lock }) => {
    const recording = then(state, [KILL]);
    expect(returned(recording)).toEqual(['admin1 kill 0', 'admin power_off undefined']);
    expect(recording.waiting.map(({ actor, waitsFor, heldBy }) => ({ actor, waitsFor, heldBy }))).toEqual([
      { actor: 'admin', waitsFor: 'last vfio reference dropped (fd closed)', heldBy: ['guest', 'exit'] },
      { actor: 'guest', waitsFor: lock, heldBy: ['admin'] },
      { actor: 'exit', waitsFor: 'last thread of the VMM gone', heldBy: ['guest'] },
    ]);
    expect(properties(recording)).toContain('sigkill-frees-the-device');
  });

  test.each(STUCK)('does on $state if it comes before the teardown does', ({ state }) => {
    const recording = run(state, [POWER_OFF, KILL]);
    expect(recording.outcome).toBe('finished');
    expect(returned(recording)).toEqual(['admin1 kill 0', 'admin power_off 0']);
  });

  test('ends threads in user code at once: their calls never begin, and the host closes the fd', () => {
    const ops: readonly Operation[] = [
      { actor: 'admin', op: 'kill' },
      { actor: 'user0', op: 'bar_write', bar: 2, pos: 0, count: 4 },
      { actor: 'vcpu0', op: 'pcilg', pcias: 2, offset: 0, len: 4 },
      { actor: 'admin', op: 'power_off' },
      { actor: 'admin', op: 'kill' },
    ];
    for (const state of FINISHES) {
      const recording = run(state, ops);
      expect(returned(recording)).toEqual(['admin kill 0', 'admin power_off 0', 'admin kill 0']);
      expect(recording.device).toEqual([]);
    }
  });

  test('an instruction of the guest that it interrupts has no result', () => {
    const guest: Operation = { actor: 'vcpu0', op: 'pcistb', pcias: 2, offset: 0, len: 16 };
    const { outcome, calls, device } = run('pre', [guest, KILL], {}, [
      ...Array<string>(10).fill('vcpu0'),
      'admin1',
      'admin1',
    ]);
    expect(outcome).toBe('finished');
    expect(calls).toEqual([
      { actor: 'admin1', op: 'kill', ret: 0 },
      { actor: 'vcpu0', op: 'pcistb' },
    ]);
    // The pwrite under way is finished, the other of the two is not begun.
    expect(device.map(({ offset }) => offset)).toEqual([0, 4]);
  });
});

describe('after an unplug', () => {
  const USER: readonly Operation[] = [
    { actor: 'user0', op: 'region_write', pos: 16, count: 32, req: {} },
    { actor: 'user0', op: 'region_read', pos: 0, count: 16 },
    { actor: 'user0', op: 'bar_write', bar: 2, pos: 0, count: 4 },
    { actor: 'user0', op: 'bar_read', bar: 2, pos: 0, count: 4 },
    { actor: 'user0', op: 'memory_disable' },
    { actor: 'user0', op: 'memory_enable' },
  ];
  const GUEST: readonly Operation[] = [
    { actor: 'vcpu0', op: 'pcistb', pcias: 2, offset: 0, len: 16 },
    { actor: 'vcpu0', op: 'pcistg', pcias: 2, offset: 0, len: 4 },
    { actor: 'vcpu0', op: 'pcilg', pcias: 15, offset: 0, len: 4 },
  ];

  test.each(FINISHES)('users of %s get -EBADF, its guest finds no device', (state) => {
    const recording = then(state, [...USER, ...GUEST]);
    expect(returned(recording)).toEqual([
      'admin power_off 0',
      ...USER.map(({ op }) => `user0 ${op} -9`),
      ...GUEST.map(({ op }) => `vcpu0 ${op} -19`),
    ]);
    expect(recording.device.every(({ actor }) => actor === 'guest')).toBe(true);
  });
});

describe('a device that cannot be opened', () => {
  test.each([
    { state: 'pre', fault: 'config_init', enabled: false },
    { state: 'v1', fault: 'config_init', enabled: false },
    { state: 'v1', fault: 'register_region', enabled: true },
    { state: 'v2', fault: 'register_region', enabled: true },
  ])('$state, $fault fails: nobody has an fd, left enabled: $enabled', ({ state, fault, enabled }) => {
    const read: Operation = { actor: 'user0', op: 'bar_read', bar: 2, pos: 0, count: 4 };
    const recording = run(state, [POWER_OFF, read], { fault });
    expect(returned(recording)).toEqual(['admin power_off 0', 'user0 bar_read -9']);
    expect(properties(recording)).toEqual(enabled ? ['failed-open-leaves-device-disabled'] : []);
    expect(recording.exercised).toContain('failed-open-leaves-device-disabled');
  });

  test.each(['pre', 'v3', 'mainline'])('%s has no region whose registration could fail', (state) => {
    const read: Operation = { actor: 'user0', op: 'bar_read', bar: 2, pos: 0, count: 4 };
    expect(returned(run(state, [read], { fault: 'register_region' }))).toEqual(['user0 bar_read 4']);
  });

  test('v1 writes through a kmalloc that failed', () => {
    expect(properties(run('v1', [], { fault: 'kmalloc' }))).toEqual(['failed-allocation-is-an-error']);
  });
});

describe('reset on close (mainline)', () => {
  /** disable_slot has state_lock, not yet dev->mutex. */
  const inWindow = ['admin', 'admin', 'admin', 'admin', 'admin1'];

  test('tries state_lock, and goes on without a reset', () => {
    const recording = run('mainline', [POWER_OFF, KILL], {}, inWindow);
    expect(returned(recording)).toEqual(['admin1 kill 0', 'admin power_off 0']);
    expect(recording.steps.map(({ text }) => text)).toContain('trylock zdev->state_lock (failed)');
    expect(recording.violations).toEqual([]);
  });

  test('would deadlock if it waited', () => {
    const recording = run('mainline+mutant-blocking-reset', [POWER_OFF, KILL], {}, inWindow);
    expect(recording.waiting.map(({ actor, waitsFor, heldBy }) => ({ actor, waitsFor, heldBy }))).toEqual([
      { actor: 'admin', waitsFor: 'dev->mutex', heldBy: ['exit'] },
      { actor: 'exit', waitsFor: 'zdev->state_lock', heldBy: ['admin'] },
    ]);
    expect(properties(recording)).toContain('reset-on-close-does-not-block');
  });

  test('would go round for ever if it tried until it had the lock', () => {
    const recording = run('mainline+mutant-spin-reset', [POWER_OFF, KILL], {}, inWindow);
    expect(recording.outcome).toBe('livelock');
    // The first round, and none of the thousands that were executed.
    expect(recording.steps.map(({ actor, text }) => `${actor} ${text}`).slice(-2)).toEqual([
      'exit trylock dev->mutex',
      'exit trylock zdev->state_lock (failed)',
    ]);
    const violation = recording.violations.find(({ property }) => property === 'no-livelock')!;
    expect(violation.step).toBe(recording.steps.length - 1);
    expect(violation.actual).toEqual([
      'exit runs, and gets nowhere',
      'admin waits for lock dev->mutex, held by exit; holds zdev->state_lock, pci_rescan_remove_lock',
    ]);
    expect(properties(recording)).toEqual([
      'no-deadlock-on-hot-unplug',
      'sigkill-frees-the-device',
      'no-livelock',
    ]);
  });

  test('says nothing of that where the one that holds the lock gets no turn', () => {
    // admin holds state_lock and could go on.
    const recording = run('mainline+mutant-spin-reset', [POWER_OFF, KILL], {}, ['admin', 'admin', 'admin1']);
    expect(recording.outcome).toBe('step-limit');
    expect(recording.violations).toEqual([]);
  });
});
