import { describe, expect, test } from 'vitest';
import { exploreAll } from '../../harness/explore/exhaustive.ts';
import { compileProgram } from '../../harness/machine/execute.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { type Body, by, disable, enable, map, read, run, touch, write } from './call-results.fixture.ts';
import { series as vfioMmap } from './series.ts';

const STEPS_MAX = 2000;
const ALL = { stepsMax: STEPS_MAX, schedulesMax: 50_000, preemptionsMax: null };

/** Every way in which the calls of some operations can come back, under all schedules. */
function ends(state: string, ops: readonly Operation[], world: WorldConfig = {}): string[] {
  const program = compileProgram(vfioMmap.model(state)!, world, ops);
  const seen = new Set<string>();
  const { complete } = exploreAll(program, new Uint8Array(STEPS_MAX), ALL, ({ machine, outcome }) => {
    const calls = [...machine.calls].sort((a, b) => a.work.operation - b.work.operation);
    seen.add(`${outcome} ${calls.map(({ ret, signal }) => signal ?? ret).join(' ')}`);
  });
  expect(complete).toBe(true);
  return [...seen].sort();
}

describe('a system call against memory disable', () => {
  const ops = [...by('user0', map(), write()), ...by('user1', disable)];

  test.each(['v3', 'v3+fault-fix', 'v7'])('on %s comes before it or after it', (state) => {
    expect(ends(state, ops)).toEqual(['finished 0 -22 0', 'finished 0 0 0']);
  });

  test('that memory enable follows: -EINVAL is possible still, by a zap between the fault and the second lookup', () => {
    const both = [...by('user0', map(), write()), ...by('user1', disable, enable)];
    for (const state of ['v3', 'v7']) {
      expect(ends(state, both)).toEqual(['finished 0 -22 0 0', 'finished 0 0 0 0']);
    }
  });

  test('on a MIO host is -ENXIO where it comes after it', () => {
    expect(ends('v7', ops, { mio: true })).toEqual(['finished 0 -6 0', 'finished 0 0 0']);
  });
});

describe('a CPU access against a reset', () => {
  test.each(['pre', 'v3+fault-fix', 'v7'])('on %s is delayed at most', (state) => {
    const ops = [...by('user0', map(), touch()), ...by('user1', { op: 'reset' })];
    expect(ends(state, ops, { arch: 'x86' })).toEqual(['finished 0 0 0']);
  });
});

describe('a system call against munmap', () => {
  test('works, or finds nothing there', () => {
    const ops = [...by('user0', map(), write()), ...by('user1', { op: 'munmap', map: 'm0' })];
    expect(ends('v3', ops)).toEqual(['finished 0 -22 0', 'finished 0 0 0']);
    expect(ends('v7', ops, { mio: true })).toEqual(['finished 0 -6 0', 'finished 0 0 0']);
  });
});

describe('two first uses of a BAR', () => {
  test('one can find the resource requested and the BAR not mapped yet', () => {
    const pread = { op: 'pread', bar: 4, pos: 0, count: 4 };
    const ops = [...by('user0', map()), ...by('user1', pread)];
    expect(ends('v3', ops)).toEqual(['finished -16 4', 'finished 0 -16', 'finished 0 4']);
  });
});

describe('a child', () => {
  const forked = [...by('user0', map(), write(), { op: 'fork' }, disable), ...by('child0', read())];

  test('on v3 still reaches the device after its parent disabled memory: open() zapped before the copy', () => {
    expect(ends('v3', forked)).toEqual(['finished 0 0 0 0 0']);
  });

  test.each(['v3+fault-fix', 'v7'])('on %s finds memory disabled', (state) => {
    expect(ends(state, forked)).toEqual(['finished 0 0 0 0 -22', 'finished 0 0 0 0 0']);
  });

  test('inherits what is mapped, and lets go of its own only', () => {
    const ops = [
      ...by('user0', map(), { op: 'fork' }, write()),
      ...by('child0', { op: 'munmap', map: 'm0' }, read(), { op: 'close' }, { op: 'reset' }),
    ];
    expect(ends('v7', ops)).toEqual(['finished 0 0 0 0 -22 0 -9']);
  });

  test('is there twice at most', () => {
    const fork = { op: 'fork' };
    expect(run('v3', by('user0', fork, fork, fork)).results).toEqual([0, 0, -11]);
  });
});

describe('power-off', () => {
  const off: Operation = { actor: 'admin', op: 'power_off' };

  test('waits until the owner has let go of descriptor and mappings', () => {
    expect(ends('v7', [...by('user0', map()), off])).toEqual(['finished -9 0', 'finished 0 0']);
  });

  test('a second one finds nothing to do', () => {
    expect(run('v7', [off, { ...off, actor: 'admin1' }]).results).toEqual([0, -5]);
  });

  test('waits for ever for a silent owner, and that is by design', () => {
    const { machine, outcome } = run('v3', [off], { owner: 'silent' });
    expect(outcome).toBe('deadlock');
    expect(machine.waitsByDesign).toBe(true);
  });

  test('waits for a child that has a descriptor or a mapping, too', () => {
    const forked = by('user0', map(), { op: 'fork' });
    const munmap = { op: 'munmap', map: 'm0' };
    const endsWith = (...bodies: readonly Body[]): boolean[] =>
      bodies.map((body) =>
        ends('v7', [...forked, ...by('child0', body), off]).some((end) => end.startsWith('deadlock')),
      );
    expect(endsWith({ op: 'close' }, munmap)).toEqual([true, true]);
    const both = [...forked, ...by('child0', munmap, { op: 'close' }), off];
    expect(ends('v7', both).every((end) => end.startsWith('finished'))).toBe(true);
  });

  test('while the writer waits, the device works, and no reset or new open does', () => {
    const pread = { op: 'pread', bar: 4, pos: 0, count: 4 };
    const ops = [
      off,
      ...by(
        'user0',
        pread,
        map(),
        write(),
        { op: 'reset' },
        { op: 'close' },
        { op: 'open' },
        { op: 'munmap', map: 'm0' },
      ),
    ];
    const { results, outcome } = run('v7', ops, { owner: 'silent' });
    expect(outcome).toBe('finished');
    expect(results).toEqual([0, 4, 0, 0, -11, 0, -19, 0]);
  });

  test('a reset that comes while power-off has begun gives up', () => {
    const ops = [...by('user0', { op: 'reset' }), off];
    expect(ends('v3', ops)).toEqual(['finished -11 0', 'finished -5 0', 'finished -9 0', 'finished 0 0']);
  });
});

describe('close and open', () => {
  const off: Operation = { actor: 'admin', op: 'power_off' };
  const reopened = by('user0', { op: 'close' }, { op: 'open' }, { op: 'reset' });

  test('a first open resets the function: without dev->mutex it fails, and another failure is remembered', () => {
    // -EAGAIN and no descriptor; -EINVAL of a reset that did not work when it was tried first.
    const found = ends('v7', [...reopened, off], { owner: 'silent' });
    expect(found).toContain('finished 0 -11 -9 0');
    expect(found.some((end) => end.startsWith('deadlock 0 0 -22'))).toBe(true);
  });

  test('off s390 no slot is asked, and nothing is remembered', () => {
    const found = ends('v7', [...reopened, off], { owner: 'silent', arch: 'x86' });
    expect(found).toContain('finished 0 -11 -9 0');
    expect(found.some((end) => end.includes('-22'))).toBe(false);
  });

  test('bring memory and the mappings of the kernel back', () => {
    const ops = by('user0', disable, { op: 'close' }, { op: 'open' }, map(), write(), { op: 'open' });
    expect(run('v7', ops).results).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
