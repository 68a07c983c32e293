import { Waitable } from './events.ts';
import { clear, type ObjectTable } from './shared.ts';
import { Access, type Step, stepOf } from './step.ts';
import type { Thread } from './thread.ts';

/**
 * A user process: the threads that die together at SIGKILL. Waiting for it means waiting until the last of them
 * has left the kernel, as the exit path does before it closes the files.
 */
export class Process extends Waitable {
  killed = false;
  readonly threads: Thread[];
  /** `kill(pid, SIGKILL)`. */
  get kill(): Step {
    return stepOf(this.id, Access.signal);
  }

  constructor(table: ObjectTable, name: string) {
    const threads: Thread[] = [];
    super(table, name, { event: `last thread of ${name} gone`, wakers: () => threads });
    this.threads = threads;
  }

  ready(): boolean {
    return this.threads.every((thread) => !thread.alive);
  }

  /** Forgets its threads too: the machine adds those that a scenario names again. */
  reset(): void {
    this.killed = false;
    clear(this.threads);
  }

  show(): string {
    return this.killed ? (this.ready() ? 'exited' : 'killed, not gone') : 'running';
  }
}
