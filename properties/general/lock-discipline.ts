import type { Property } from '../../harness/model/property.ts';

/** What lockdep and might_sleep would complain about at once. */
export const lockDiscipline: Property<unknown> = {
  id: 'lock-discipline',
  claim:
    'every lock is released by its owner before it returns to user space and held where code relies on it, and nobody sleeps under a spinlock',
  source: { status: 'inferred', note: 'a demand on every kernel' },
  check({ machine }, report) {
    for (const misuse of machine.misuses) {
      report(misuse.kind, misuse.step, () => ({
        message: `${misuse.thread.name}: ${misuse.kind.replaceAll('-', ' ')} (${misuse.object}).`,
        expected: [
          misuse.kind === 'lock-not-held'
            ? 'the lock is held where code relies on it'
            : 'locks are taken and released in pairs',
        ],
        actual: [`${misuse.thread.name}: ${misuse.kind.replaceAll('-', ' ')}: ${misuse.object}`],
      }));
    }
    return machine.returned.length > 0;
  },
};
