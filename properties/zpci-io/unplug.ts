/** Claims about hot unplug, SIGKILL and close: Z1 to Z3, Z26 of models/zpci-io/README.md. */
import type { Deadlock, StuckThread } from '../../harness/machine/deadlock.ts';
import type { Property } from '../../harness/model/property.ts';
import { describeLivelock, describeStuckThread, threadNames } from '../general/describe.ts';
import { operationOf } from './describe.ts';
import type { Evidence } from './evidence.ts';

const cycle = (deadlock: Deadlock): string[] => deadlock.stuck.map(describeStuckThread);

export const noDeadlockOnHotUnplug: Property<Evidence> = {
  id: 'no-deadlock-on-hot-unplug',
  claim: 'power-off with a cooperative guest, whose teardown accesses the device, always returns',
  source: { status: 'posted', date: '2021-01-20', note: 'Niklas Schnelle 13:21', invariant: 'Z1' },
  liveness: true,
  check({ machine, outcome, evidence }, report) {
    if (!evidence.facts.guestCooperates) return false;
    let exercised = false;
    for (const call of machine.calls) {
      if (operationOf(call)?.kind !== 'power_off') continue;
      exercised = true;
      const { deadlock, livelock } = machine;
      if (outcome === 'livelock' && livelock !== null && call.ret === null) {
        report('power-off-livelocks', livelock.step, () => ({
          message: `${call.thread.name}'s power-off does not return: ${threadNames(livelock.spinning)} cannot get on.`,
          expected: [`${call.thread.name}: power_off returns`],
          actual: describeLivelock(livelock),
        }));
        break;
      }
      if (outcome !== 'deadlock' || deadlock === null || call.ret !== null) continue;
      if (!deadlock.stuck.some(({ thread }) => thread === call.thread)) continue;
      report('power-off-never-returns', deadlock.step, () => ({
        message: `${call.thread.name}'s power-off waits for ever.`,
        expected: [`${call.thread.name}: power_off returns`],
        actual: cycle(deadlock),
      }));
      break;
    }
    return exercised;
  },
};

export const ioNeverWaitsForRemover: Property<Evidence> = {
  id: 'io-never-waits-for-remover',
  claim: "no I/O path blocks on a lock whose holder waits for that user's fd to be closed",
  source: { status: 'posted', date: '2021-01-21', note: 'Alex Williamson 20:50', invariant: 'Z2' },
  liveness: true,
  check({ machine, evidence }, report) {
    const { deadlock } = machine;
    if (deadlock !== null) {
      const remover = deadlock.stuck.find(({ awaits }) => awaits === evidence.released.cause.event);
      const waiter = deadlock.stuck.find(
        ({ edge, on, thread }) => edge === 'lock' && thread.process === evidence.vmm && isOn(on, remover),
      );
      if (waiter !== undefined) {
        report('io-waits-for-remover', deadlock.step, () => ({
          message: `${waiter.thread.name} waits for ${waiter.awaits}, and its holder for the fd that only ${waiter.thread.name}'s process can close.`,
          expected: ['device accesses go on while the remove path waits'],
          actual: cycle(deadlock),
        }));
      }
    }
    // Somebody must want to access the device meanwhile: a cooperative guest's teardown does.
    const kinds = new Set(machine.calls.map((call) => operationOf(call)?.kind));
    const otherAccess = [...kinds].some((kind) => kind !== 'power_off' && kind !== 'kill');
    return kinds.has('power_off') && (evidence.facts.guestCooperates || otherAccess);
  },
};

function isOn(on: StuckThread['on'], remover: StuckThread | undefined): boolean {
  return remover !== undefined && on.includes(remover.thread);
}

export const sigkillFreesTheDevice: Property<Evidence> = {
  id: 'sigkill-frees-the-device',
  claim: 'SIGKILL to the VMM always leads to the close of its fd, and the host goes on',
  source: { status: 'inferred', note: 'v1 4/4 waits for zdev->lock uninterruptibly', invariant: 'Z3' },
  liveness: true,
  check({ machine, outcome, evidence }, report) {
    const { deadlock, livelock } = machine;
    if (outcome === 'livelock' && livelock !== null && evidence.vmm.killed) {
      report('host-livelocks', livelock.step, () => ({
        message: `The VMM got SIGKILL, and ${threadNames(livelock.spinning)} cannot get on.`,
        expected: ['the VMM exits, its fd is closed, every thread of the host finishes'],
        actual: describeLivelock(livelock),
      }));
    }
    if (outcome === 'deadlock' && deadlock !== null && evidence.vmm.killed) {
      const zombie = deadlock.stuck.find(({ thread }) => thread.process === evidence.vmm);
      const stuck = zombie ?? deadlock.stuck[0]!;
      report(zombie === undefined ? 'host-does-not-go-on' : 'vmm-cannot-be-killed', deadlock.step, () => ({
        message: `The VMM got SIGKILL, and ${stuck.thread.name} waits for ever.`,
        expected: ['the VMM exits, its fd is closed, every thread of the host finishes'],
        actual: cycle(deadlock),
      }));
    }
    return evidence.vmm.killed;
  },
};

export const resetOnCloseDoesNotBlock: Property<Evidence> = {
  id: 'reset-on-close-does-not-block',
  claim: 'the function reset on close never waits for the lock that disable_slot holds',
  source: { status: 'merged', date: 'v6.9', commit: 'bcb5d6c76903', invariant: 'Z26' },
  liveness: true,
  requires: ['reset lock'],
  check({ machine, evidence }, report) {
    const { deadlock } = machine;
    const lock = evidence.resetLock?.name;
    // A close comes here with dev->mutex held; a second power-off that queues for the lock does not.
    const closer = deadlock?.stuck.find(
      ({ awaits, holds }) => awaits === lock && holds.includes('dev->mutex'),
    );
    if (deadlock !== null && closer !== undefined) {
      report('close-waits-for-state-lock', deadlock.step, () => ({
        message: `${closer.thread.name} resets the function on close and waits for ${lock}.`,
        expected: [`reset_slot returns -EIO where ${lock} is taken`],
        actual: cycle(deadlock),
      }));
    }
    return evidence.resetsTried > 0;
  },
};
