import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LookRequest, LookSaid, SentError } from './watch-protocol.ts';

/** Looks once at the sources as they are then, in a process of its own. */
export interface Looker {
  /** Ends with null, or with what kept it from coming to its end. */
  look(request: LookRequest, hear: (said: LookSaid) => void): Promise<SentError | null>;
  /** Whatever it is at. */
  close(): void;
}

/** Starts one that stands by, with `jobs` workers. `root`: of the checkout. */
export function startLooker(root: string, jobs: number): Looker {
  const child = fork(join(root, RUNNER), [String(jobs)], {
    execArgv: [],
    // What somebody has a model print while mending it is no result.
    stdio: ['ignore', STDERR, STDERR, 'ipc'],
  });
  let tell: (said: LookSaid) => void = () => {};
  const ended = new Promise<SentError | null>((resolve) => {
    child.on('message', (said: LookSaid) => {
      if (said.kind === 'done') resolve(null);
      else if (said.kind === 'failed') resolve(said.error);
      else tell(said);
    });
    child.on('error', ({ name, message, stack = '' }) => resolve({ name, message, stack }));
    child.on('exit', (code, signal) =>
      resolve({ name: 'Error', message: `the process that looks ended with ${signal ?? code}.`, stack: '' }),
    );
  });
  return {
    look(request, hear) {
      tell = hear;
      // Where it is not there any more, `ended` says why.
      child.send(request, () => {});
      return ended;
    },
    close() {
      tell = () => {};
      child.kill('SIGKILL');
    },
  };
}

const STDERR = 2;

/** The script of the process, from the root of the checkout. */
export const RUNNER = join('harness', 'cli', 'watch-runner.js');
