import { describe, expect, test } from 'vitest';
import { HandMade, type Path } from './hand-made.fixture.ts';
import { Mutex } from './locks.ts';
import { Process } from './process.ts';
import { Cell } from './shared.ts';

/** V is a thread of the process with two calls of three steps each, K kills the process. */
function victim() {
  const made = new HandMade();
  const process = new Process(made.machine, 'the VMM');
  const cell = new Cell(made.machine, 'cell', 0);
  const call: Path = function* () {
    yield cell.read;
    yield cell.read;
    return 0;
  };
  const thread = made.member(process, 'V', call, call);
  made.actor('K', function* () {
    yield process.kill;
    return 0;
  });
  return { made, process, thread };
}

const returned = ({ machine }: HandMade) => machine.returned.map((call) => call.work.name);

describe('SIGKILL', () => {
  test('a thread in user space is gone at once', () => {
    const { made, thread } = victim();
    // V is between its two calls.
    expect(made.run('V V V K K')).toBe('finished');
    expect(thread.alive).toBe(false);
    expect(returned(made)).toEqual(['V.0', 'K.0']);
    expect(made.schedule).toBe('V V V K K');
  });

  test('a thread in the kernel finishes its call and then is gone', () => {
    const { made, thread, process } = victim();
    expect(made.run('V V K K', 4)).toBe('step-limit');
    expect(thread.alive).toBe(true);
    expect(process.show()).toBe('killed, not gone');

    const again = victim();
    expect(again.made.run('V V K K V')).toBe('finished');
    expect(returned(again.made)).toEqual(['K.0', 'V.0']);
    expect(again.process.show()).toBe('exited');
  });

  test('a process that nobody killed runs', () => {
    const { process } = victim();
    expect(process.show()).toBe('running');
  });

  test('a thread that kills its own process finishes that call', () => {
    const made = new HandMade();
    const process = new Process(made.machine, 'the VMM');
    const call: Path = function* () {
      yield process.kill;
      return 0;
    };
    made.member(process, 'V', call, call);
    expect(made.run()).toBe('finished');
    expect(returned(made)).toEqual(['V.0']);
  });

  test('a wait for the process ends when its last thread is out of the kernel', () => {
    const run = (schedule: string) => {
      const { made, process } = victim();
      made.actor('X', function* () {
        yield process.wait;
        return 0;
      });
      return made.run(schedule);
    };
    expect(run('X V K K X')).toBe('stale');
    expect(run('X V K K V V X')).toBe('finished');
    expect(run('X K K X')).toBe('finished');
  });

  test('a thread started in a killed process never runs', () => {
    const { made, process } = victim();
    let ran = false;
    made.actor('S', function* () {
      yield process.wait;
      made.machine.spawn('late', process, function* () {
        ran = true;
        return 0;
      });
      return 0;
    });
    expect(made.run('K K S')).toBe('finished');
    expect(made.machine.threads.map((thread) => thread.name)).toContain('late');
    expect(ran).toBe(false);
  });

  test('a killed thread of the kernel lets go of its locks on the way out', () => {
    const made = new HandMade();
    const process = new Process(made.machine, 'the VMM');
    const mutex = new Mutex(made.machine, 'mutex');
    const locked: Path = function* () {
      yield mutex.acquire;
      yield mutex.release;
      return 0;
    };
    made.member(process, 'V', locked);
    made.actor('B', locked);
    made.actor('K', function* () {
      yield process.kill;
      return 0;
    });
    expect(made.run('V V K K V B B B')).toBe('finished');
    expect(made.machine.misuses).toEqual([]);
  });
});
