import { describe, expect, it } from 'vitest';
import type { LockOrderSummary } from '../harness/campaign/result.ts';
import type { PredictedDeadlock } from '../harness/machine/lock-order-cycles.ts';
import { lockOrderText, predictedLines } from './lock-order.ts';
import { printPage, sections } from './page.ts';
import { UNPRINTABLE, widestLine } from './recordings.fixture.ts';

const use = (lock: string, shared = false) => ({ lock, shared });
const by = [{ actor: 'A', operation: 'op', process: null, after: null }];

const abba: PredictedDeadlock = {
  locks: ['dev->mutex', 'zdev->state_lock'],
  threads: [
    {
      actor: 'exit',
      operation: 'exit',
      held: use('dev->mutex'),
      asks: use('zdev->state_lock'),
      holds: [use('dev->mutex')],
    },
    {
      actor: 'admin',
      operation: 'power_off',
      held: use('zdev->state_lock'),
      asks: use('dev->mutex'),
      holds: [use('pci_rescan_remove_lock'), use('zdev->state_lock')],
    },
  ],
  writers: [],
};

const readers: PredictedDeadlock = {
  locks: ['a'],
  threads: [
    {
      actor: 'user0',
      operation: 'read',
      held: use('a', true),
      asks: use('a', true),
      holds: [use('a', true)],
    },
  ],
  writers: [{ lock: 'a', actor: 'user1', operation: 'write' }],
};

const summary = (changes: Partial<LockOrderSummary>): LockOrderSummary => ({
  locks: ['a', 'b', 'c'],
  asks: [
    { holds: [use('a'), use('b')], asks: use('c'), by },
    { holds: [use('b')], asks: use('c'), by },
    { holds: [], asks: use('a'), by },
  ],
  closed: [],
  predicted: [],
  ...changes,
});

const text = (lockOrder: LockOrderSummary, width = 80): string =>
  printPage(sections(...predictedLines(lockOrder, 'zpci-io/x (mutant)', width)), { color: false, width });

describe('the order of locks', () => {
  it('is one line where it has no cycle', () => {
    expect(lockOrderText(summary({}))).toBe('3 locks, nested in 2 orders, no cycle');
    expect(predictedLines(summary({}), 'x', 80)).toEqual([]);
  });

  it('tells cycles that deadlocked from those that could', () => {
    expect(lockOrderText(summary({ closed: [['a', 'b']] }))).toBe(
      '3 locks, nested in 2 orders, 1 cycle that deadlocked',
    );
    expect(lockOrderText(summary({ closed: [['a', 'b']], predicted: [abba, readers] }))).toBe(
      '3 locks, nested in 2 orders, 1 cycle that deadlocked, 2 deadlocks predicted, see below',
    );
  });
});

describe('a predicted deadlock', () => {
  it('says that nothing happened, then speaks as lockdep does', () => {
    expect(text(summary({ predicted: [abba] }))).toMatchInlineSnapshot(`
      "predicted by the order of locks in this model; no execution that was
        explored closed it
      ======================================================
      WARNING: possible circular locking dependency detected
      zpci-io/x (mutant)
      ------------------------------------------------------
      admin (power_off) is trying to acquire lock:
       (dev->mutex)

      but task is already holding lock:
       (pci_rescan_remove_lock)
       (zdev->state_lock)

      the existing dependency chain (in reverse order) is:
      -> #1 (dev->mutex):
             admin (power_off) asks for it, holding: pci_rescan_remove_lock;
               zdev->state_lock
      -> #0 (zdev->state_lock):
             exit asks for it, holding: dev->mutex

      possible unsafe locking scenario:

             CPU0                              CPU1
             ----                              ----
             lock(dev->mutex);
                                               lock(zdev->state_lock);
             lock(zdev->state_lock);
                                               lock(dev->mutex);

       *** DEADLOCK ***
      "
    `);
  });

  it('has a column for the writer that readers wait behind', () => {
    expect(text(summary({ predicted: [readers] }))).toMatchInlineSnapshot(`
      "predicted by the order of locks in this model; no execution that was
        explored closed it
      ======================================================
      WARNING: possible circular locking dependency detected
      zpci-io/x (mutant)
      ------------------------------------------------------
      user0 (read) is trying to acquire lock:
       (a, for reading)

      but task is already holding lock:
       (a, for reading)

      the existing dependency chain (in reverse order) is:
      -> #0 (a, for reading):
             user0 (read) asks for it, holding: a, for reading
      and readers of a wait behind a writer: user1 (write)

      possible unsafe locking scenario:

             CPU0                              CPU1
             ----                              ----
             rlock(a);
                                               lock(a);
             rlock(a);

       *** DEADLOCK ***
      "
    `);
  });

  it('fits a mail and any narrower page', () => {
    for (const width of [24, 40, 60, 80, 120]) {
      const printed = text(summary({ predicted: [abba, readers] }), width);
      expect(widestLine(printed)).toBeLessThanOrEqual(Math.min(75, width));
      expect(printed).not.toMatch(UNPRINTABLE);
    }
  });
});
