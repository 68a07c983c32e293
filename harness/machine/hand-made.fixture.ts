import { Replay } from '../explore/replay.ts';
import { Machine, type Outcome, type Strategy } from './machine.ts';
import type { Process } from './process.ts';
import type { AccessLog } from './shared.ts';
import type { CodePath } from './step.ts';
import type { Thread } from './thread.ts';

export type Path = (thread: Thread) => CodePath<number | null>;

const STEPS_MAX = 1000;

/** A machine whose actors run code paths written in a test: no series, no scenario. */
export class HandMade {
  readonly machine: Machine;

  constructor(audit: AccessLog | null = null, stepsMax = STEPS_MAX) {
    this.machine = new Machine(new Uint8Array(stepsMax), audit);
  }

  /** An actor with one operation for each path. */
  actor(name: string, ...paths: readonly Path[]): Thread {
    return this.member(null, name, ...paths);
  }

  /** The same, as a thread of a process. */
  member(process: Process | null, name: string, ...paths: readonly Path[]): Thread {
    const work = paths.map((argument, operation) => ({ operation, name: `${name}.${operation}`, argument }));
    return this.machine.addActor(name, process, work);
  }

  /** `'A A B'` is followed to the letter, then the default rule goes on. */
  run(schedule: string | Strategy = '', limit = this.machine.schedule.length): Outcome {
    const strategy =
      typeof schedule === 'string' ? new Replay(schedule.split(' ').filter((name) => name !== '')) : schedule;
    return this.machine.run(strategy, (thread, call) => (call.work.argument as Path)(thread), limit);
  }

  /** Who took each step, as `run` takes it. */
  get schedule(): string {
    return this.machine.takers().join(' ');
  }
}
