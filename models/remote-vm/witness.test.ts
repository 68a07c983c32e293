/** What the facts call witness traces: whether a state can show them, and what its neighbours do instead. */
import { describe, expect, test } from 'vitest';
import { by, can, close, only, open, pass, poll, type Results, run, submit } from './call-results.fixture.ts';

const staleBody = ({ evidence: { polls } }: Results): boolean =>
  polls.some(({ status, statusOf, bodyOf }) => status !== 0 && bodyOf !== statusOf);
const usesFreedMm = ({ evidence }: Results): boolean =>
  evidence.fixups.some(({ usedFreedMm }) => usedFreedMm);
const writesElsewhere = ({ evidence }: Results): boolean =>
  evidence.writes.some(({ mm, descriptor }) => mm !== descriptor.mm);
const refused = ({ evidence }: Results): boolean => evidence.items.some(({ dropped }) => dropped);

describe('the status before the body (SVA-H4)', () => {
  const ops = [...by('proca0', open('f0'), submit('f0', 'lazy')), ...by('proca1', poll('lazy'))];
  test.each([
    ['pre', false],
    ['v1', true],
    ['v2', true],
    ['v3', true],
    ['v4', false],
    ['merged', false],
    ['smpwmb', false],
  ])('%s: %s', (state, expected) => expect(can(state, ops, staleBody)).toBe(expected));

  test('without a barrier it takes a machine that orders stores weakly', () => {
    expect(can('merged+mutant-no-barrier', ops, staleBody)).toBe(false);
    expect(can('merged+mutant-no-barrier', ops, staleBody, { stores: 'weak' })).toBe(true);
    expect(can('merged', ops, staleBody, { stores: 'weak' })).toBe(false);
  });

  test('without a barrier the status is still not stored where the body was not', () => {
    const cross = by('proca', open('f0'), submit('f0', 'cross'));
    const [fixup] = run('merged+mutant-no-barrier', cross, { stores: 'weak' }).evidence.fixups;
    expect(fixup).toMatchObject({ copied: 15, statusWritten: false });
  });

  test('a record over the end of a page: the status is there, and not all of the body', () => {
    const cross = by('proca', open('f0'), submit('f0', 'cross'));
    const [early] = run('v2', cross).evidence.fixups;
    expect(early).toMatchObject({ copied: 16, statusWritten: true });
    const [late] = run('v4', cross).evidence.fixups;
    expect(late).toMatchObject({ copied: 15, statusWritten: false });
  });
});

describe('a PASID that comes back', () => {
  const other = [...by('proca', open('f0'), submit('f0', 'lazy'), only('exit')), ...by('procb', open('f1'))];

  test.each([
    ['v2+mutant-no-drain', true],
    ['v2', false],
    ['v4', false],
  ])('what is not drained is written into another process (SVA-H5): %s %s', (state, expected) =>
    expect(can(state, other, writesElsewhere)).toBe(expected),
  );

  describe('release drains one wq only', () => {
    const inherited = [
      ...by('proca', open('f1', 1), only('fork')),
      ...by('child0', open('f0'), submit('f1', 'lazy'), only('exit')),
    ];

    test.each([
      ['v1', 0, true],
      ['v2', 0, true],
      ['v3', 0, false],
      ['v3', 1, true],
      ['v4', 0, false],
      ['v4', 1, true],
      ['merged+evl-mutex', 1, true],
      ['merged+own-portals', 1, false],
    ])(
      '%s: what its process submitted to another is written to whoever has its PASID and opens wq %d: %s',
      (state, wq, expected) =>
        expect(can(state, [...inherited, ...by('procb', open('f0', wq))], writesElsewhere)).toBe(expected),
    );

    test.each([
      ['v2', true],
      ['v3', false],
      ['v4', false],
    ])('%s looks the mm up and takes its reference in two steps: %s', (state, expected) =>
      expect(can(state, inherited, usesFreedMm)).toBe(expected),
    );

    test('the same through a descriptor that was passed', () => {
      const passed = [
        ...by('procb', open('f1', 1), pass('f1', 'proca')),
        ...by('proca', open('f0'), submit('f1', 'lazy'), only('exit')),
      ];
      expect(can('v2', passed, usesFreedMm)).toBe(true);
      expect(can('merged+own-portals', passed, ({ evidence }) => evidence.fixups.length > 0)).toBe(false);
    });
  });

  test.each([
    ['v2', false],
    ['v3', true],
    ['v4', true],
    ['merged+remove-first', false],
  ])('the context of a freed mm is found under it (SVA-H6): %s %s', (state, expected) => {
    const ops = [...by('proca', open('f0'), only('exit')), ...by('procb', open('f1'), submit('f1', 'lazy'))];
    expect(can(state, ops, usesFreedMm)).toBe(expected);
  });
});

describe('a wq opened twice by one process (SVA-H7)', () => {
  const ops = by(
    'proca',
    open('f0'),
    open('f1'),
    close('f0'),
    submit('f1', 'lazy'),
    poll('lazy'),
    close('f1'),
  );

  test.each(['v3', 'v4'])('%s: the second has no context once the first is closed', (state) => {
    const { evidence } = run(state, ops);
    expect(evidence.fixups.map(({ copied }) => copied)).not.toContain(32);
    expect(evidence.messages.map(({ about }) => about)).toContain('cmpxchg failed');
  });

  test('closing one marks the entries of the other, in every version', () => {
    const busy = by('proca', open('f0'), open('f1'), submit('f1', 'lazy'), close('f0'));
    const drained = ({ evidence }: Results): boolean => evidence.descriptors.some((one) => one.drained);
    for (const state of ['v1', 'v2', 'v3', 'v4', 'merged+evl-mutex']) {
      expect(can(state, busy, drained)).toBe(true);
    }
  });
});

test.each([
  ['v2', false],
  ['v3', false],
  ['v4', true],
  ['merged+mmget', false],
])('memory is touched with mm_users at 0 (SVA-H8): %s %s', (state, expected) => {
  const ops = by('proca', open('f0'), submit('f0', 'lazy'), only('exit'));
  expect(can(state, ops, ({ evidence }) => evidence.fixups.some((one) => one.touchesWithoutUsers > 0))).toBe(
    expected,
  );
});

describe('a page that does not come (SVA-H9)', () => {
  const stuck =
    (kind: string) =>
    ({ outcome, machine }: Results): boolean =>
      outcome === 'deadlock' &&
      machine.deadlock!.stuck.some(
        ({ thread }) => thread.name === 'procb' && thread.call!.work.name === kind,
      );
  const ops = (cr: string) => [
    ...by('proca', open('f0'), submit('f0', cr)),
    ...by('procb', open('f1'), close('f1')),
  ];

  test.each([
    ['v2', 'fuse', false, true],
    ['v2', 'uffd', false, false],
    ['v3', 'fuse', true, true],
    ['v3', 'uffd', false, false],
    ['v4', 'fuse', true, true],
    ['v4', 'uffd', true, true],
    ['altA', 'fuse', false, false],
  ])('%s, %s: open waits for ever %s, close %s', (state, cr, opens, closes) => {
    expect(can(state, ops(cr), stuck('open'))).toBe(opens);
    expect(can(state, ops(cr), stuck('close'))).toBe(closes);
  });
});

describe('a close under evl->lock whose page does not come (SVA-H9, SVA-H20)', () => {
  const waitsForLog = ({ machine }: Results): boolean =>
    machine.deadlock?.stuck.some(({ awaits }) => awaits === 'a free slot of the event log') ?? false;
  const slow = by('proca', open('f0'), submit('f0', 'fuse'), close('f0'));

  test.each([
    ['merged', false],
    ['merged+evl-mutex', true],
    ['merged+own-portals', true],
    ['mended', false],
  ])('%s: a submitter to the other wq waits for a slot for ever: %s', (state, expected) => {
    const ops = [...slow, ...by('procb', open('f1', 1), submit('f1', 'lazy'), submit('f1', 'lazy'))];
    expect(can(state, ops, waitsForLog, { ring: 2 })).toBe(expected);
  });

  test.each([
    ['merged', false],
    ['merged+evl-mutex', true],
    ['mended', false],
  ])('%s: a close of the other wq never returns: %s', (state, expected) => {
    const ops = [...slow, ...by('procb', open('f1', 1), close('f1'))];
    const stuck = ({ machine }: Results): boolean =>
      machine.deadlock?.stuck.some(({ thread }) => thread.name === 'procb') ?? false;
    expect(can(state, ops, stuck)).toBe(expected);
  });
});

test('whoever drains a workqueue waits for its workers, and for no interrupt thread', () => {
  const ops = [
    ...by('proca', open('f0'), submit('f0', 'fuse'), close('f0')),
    ...by('procb', open('f1', 1), submit('f1', 'lazy')),
  ];
  const waitsFor =
    (name: RegExp) =>
    ({ machine }: Results): boolean =>
      machine.deadlock?.stuck.some(
        ({ awaits, on }) => awaits === 'wq0 workqueue is empty' && on.some((one) => name.test(one.name)),
      ) ?? false;
  expect(can('merged+evl-mutex', ops, waitsFor(/^worker/))).toBe(true);
  expect(can('merged+evl-mutex', ops, waitsFor(/^irq/))).toBe(false);
});

describe('work that is refused while somebody drains', () => {
  const ops = [...by('proca', open('f0'), close('f0')), ...by('procb', open('f1'), submit('f1', 'lazy'))];
  test.each([
    ['v1', true],
    ['v2', true],
    ['merged', true],
    ['merged+evl-mutex', false],
    ['mended', false],
  ])('%s: %s', (state, expected) => expect(can(state, ops, refused)).toBe(expected));
});

describe('batches', () => {
  const batch = (more: object) =>
    by('proca', open('f0'), submit('f0', 'lazy', { what: 'batch', ...more }), poll('lazy'));

  test('a batch says success although its member is lost (SVA-H15)', () => {
    const lies = ({ evidence }: Results): boolean =>
      evidence.writes.some(({ descriptor, status }) => descriptor.what === 'batch' && status === 1);
    const ops = batch({ member: 'hole' });
    expect(can('merged', ops, lies)).toBe(true);
    expect(can('merged', ops, lies, { interrupts: 'stay' })).toBe(false);
    expect(can('merged+evl-mutex+ordered-wq', ops, lies)).toBe(false);
  });

  test.each([
    ['v1', true],
    ['v2', false],
    ['merged', false],
    ['merged+free-item', true],
  ])('an item of which nothing is copied is freed (SVA-H12): %s %s', (state, freed) => {
    const { items } = run(state, batch({ rcr: false })).evidence;
    expect(items.every((item) => item.freed)).toBe(freed);
  });
});

describe('errors of open', () => {
  const unbinds = (state: string, world: object): number =>
    run(state, by('proca', open('f0')), { ...world }).evidence.files[0]!.unbinds;

  test.each([
    ['pre', 1],
    ['v1', 2],
    ['v2:1+2+3+4+5+6+7+8+9+10+11', 1],
    ['v2', 2],
    ['v3', 2],
    ['merged', 2],
    ['merged+1', 1],
  ])('idxd_wq_set_pasid fails (SVA-H10): %s unbinds %d times', (state, times) =>
    expect(unbinds(state, { wq0: 'dedicated', fault: 'set_pasid' })).toBe(times),
  );

  test('ida_alloc fails (SVA-H11): open succeeds', () => {
    const ops = by('proca', open('f0'), close('f0'));
    expect(run('merged+1', ops, { fault: 'ida' })).toMatchObject({ results: [0, 0] });
    expect(run('merged+1', ops, { fault: 'ida' }).evidence.crashes).toMatchObject([
      { kind: 'freed-context' },
    ]);
    expect(run('merged+open-errors', ops, { fault: 'ida' }).results).toEqual([-12, -9]);
  });

  test('ida_alloc fails (SVA-H11): the portal is mapped through what was freed', () => {
    const { results, evidence } = run('v2', by('proca', open('f0'), submit('f0', 'lazy')), { fault: 'ida' });
    expect(results).toEqual([0, 'SIGSEGV']);
    expect(evidence.crashes).toMatchObject([{ kind: 'freed-context' }]);
  });

  test('device_add fails (SVA-H11): open waits for itself', () => {
    expect(run('v2', by('proca', open('f0')), { fault: 'device_add' }).outcome).toBe('deadlock');
  });
});

test.each([
  ['merged', true],
  ['merged+checked-wq', false],
])('the driver goes while the ring holds an entry (SVA-H16): %s crashes: %s', (state, expected) => {
  const ops = [
    ...by('proca', open('f0'), submit('f0', 'lazy'), close('f0')),
    { actor: 'admin', op: 'user_drv_remove' },
  ];
  const crashes = ({ evidence }: Results): boolean =>
    evidence.crashes.some(({ kind }) => kind === 'null-workqueue');
  expect(can(state, ops, crashes)).toBe(expected);
});

describe('what user space gets', () => {
  test('munmap of what is not mapped succeeds, and a poll there does not', () => {
    const gone = by(
      'proca',
      { op: 'munmap', cr: 'present' },
      { op: 'munmap', cr: 'present' },
      poll('present'),
    );
    expect(run('merged', gone).results).toEqual([0, 0, 'SIGSEGV']);
  });

  test('a name that is taken is refused before the driver hears of it', () => {
    const { results, evidence } = run('merged', by('proca', open('f0'), open('f0')));
    expect(results).toEqual([0, -24]);
    expect(evidence.files).toHaveLength(1);
  });

  test('a driver is unbound once: unbind_store', () => {
    expect(run('merged', by('admin', only('user_drv_remove'), only('user_drv_remove'))).results).toEqual([
      0, -19,
    ]);
  });

  test('a name is free again where open failed', () => {
    const twice = by('proca', open('f0'), open('f0'));
    expect(run('merged+1', twice, { wq0: 'dedicated', fault: 'set_pasid' }).results).toEqual([-5, -5]);
  });
});

describe('who waits for the device to be through with what', () => {
  const world = { prs: 'enabled' };
  test.each([
    [0, true],
    [1, false],
  ])('the removal of the driver from wq 0, for a descriptor of wq %d: %s', (wq, expected) => {
    const ops = [
      ...by('proca', open('f0', wq), submit('f0', 'fuse')),
      { actor: 'admin', op: 'user_drv_remove' },
    ];
    const waits = ({ machine }: Results): boolean =>
      machine.deadlock?.stuck.some(({ thread }) => thread.name === 'admin') ?? false;
    expect(can('merged', ops, waits, world)).toBe(expected);
  });

  test('the release of a shared wq for those of its PASID, of a dedicated one for its own', () => {
    const ops = by('proca', open('f0'), open('f1', 1), submit('f1', 'fuse'), close('f0'));
    expect(run('merged', ops, world).results).toEqual([0, 0, 0, null]);
    expect(run('merged', ops, { ...world, wq0: 'dedicated' }).results).toEqual([0, 0, 0, 0]);
  });
});

describe('prefixes', () => {
  const prefix = (version: string, length: number): string =>
    `${version}:${Array.from({ length }, (_, at) => at + 1).join('+')}`;
  const ops = by('proca', open('f0'), submit('f0', 'lazy'), poll('lazy'), close('f0'));

  test.each([
    [prefix('v2', 2), 'in SWERROR', 0],
    [prefix('v2', 7), 'logged', 0],
    [prefix('v2', 8), 'logged', 0],
    [prefix('v2', 9), 'logged', 1],
    [prefix('v4', 8), 'logged', 0],
    [prefix('v4', 9), 'logged', 1],
  ])('%s: the fault is %s, with %d fixups', (state, ended, fixups) => {
    const { evidence } = run(state, ops.slice(0, 2), { prs: 'absent' });
    expect(evidence.descriptors).toMatchObject([{ ended }]);
    expect(evidence.fixups).toHaveLength(fixups);
  });

  test('page requests are on until there is a knob', () => {
    const ended = (state: string) => run(state, ops).evidence.descriptors.map((one) => one.ended);
    expect(ended(prefix('v4', 15))).toEqual(['written by the device']);
    expect(ended('v4')).toEqual(['logged']);
  });

  test('altA leaves the user waiting, altB has nothing to fix', () => {
    expect(run('altA', ops).results).toEqual([0, 0, 0, 0]);
    expect(run('altB', ops).results).toEqual([0, 0, 1, 0]);
  });
});

test('the sketch keeps a reference for ever', () => {
  const ops = by('proca', open('f0'), submit('f0', 'lazy'));
  const [fixup] = run('sketch', ops).evidence.fixups;
  expect(fixup).toMatchObject({ usersTaken: 1, usersDropped: 0 });
});

describe('the last reference to the users of an mm', () => {
  const ops = by('proca', open('f0'), submit('f0', 'lazy'), only('exit'));
  test.each([
    ['v1', true],
    ['sketch', false],
    ['v2', true],
    ['v3', true],
    ['v4', false],
    ['merged+mmget', true],
  ])('%s drops it in a worker (SVA-H17): %s', (state, expected) =>
    expect(can(state, ops, ({ evidence }) => evidence.fixups.some((one) => one.ranExitMmap))).toBe(expected),
  );
});

describe('a process that has gone (SVA-H23)', () => {
  const ops = by('proca', open('f0'), submit('f0', 'lazy'), only('exit'));
  const returns =
    (miss: string, copied: number) =>
    ({ evidence }: Results): boolean =>
      evidence.fixups.some((one) => one.miss === miss && one.copied === copied);
  test.each([
    ['v1', 'told', 0],
    ['v2', 'silent', 0],
    ['v2+errno', 'told', -2],
    ['v3', 'told', 0],
  ])('%s: the driver is %s, and gets %d', (state, miss, copied) =>
    expect(can(state, ops, returns(miss, copied))).toBe(true),
  );

  test('v4 does not notice', () => {
    expect(can('v4', ops, ({ evidence }) => evidence.fixups.some((one) => one.miss !== null))).toBe(false);
  });
});

test.each([
  ['merged', true],
  ['merged+evl-mutex', false],
])('a batch succeeds although the work of its member was refused: %s %s', (state, expected) => {
  const ops = [
    ...by('proca', open('f0'), submit('f0', 'lazy', { what: 'batch', member: 'lazy' })),
    ...by('procb', open('f0'), close('f0')),
  ];
  const lies = ({ evidence }: Results): boolean =>
    evidence.writes.some(
      ({ status, part, descriptor: { member } }) =>
        member !== null &&
        part === 'status' &&
        status === 1 &&
        evidence.items.some((item) => item.descriptor === member && item.dropped),
    );
  expect(can(state, ops, lies)).toBe(expected);
});
