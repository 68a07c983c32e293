/** Claims about open and close, and what an unplug does to the device between them. */
import type { Call } from '../../harness/machine/thread.ts';
import type { Execution, Property } from '../../harness/model/property.ts';
import { instructionLine, operationOf } from './describe.ts';
import type { Evidence } from './evidence.ts';

export const deviceIsUsedWhileOpen: Property<Evidence> = {
  id: 'device-is-used-while-open',
  claim:
    'open enables the device, whoever accesses it has a reference to the open file, and the last close resets and disables it',
  source: {
    status: 'inferred',
    note: 'vfio_pci_enable and vfio_pci_disable; fdget of a file that threads share (fs/file.c)',
  },
  check({ machine, evidence }, report) {
    const { open, offersRegion, instructions, commandWrites, lastClose, resetLock, resetsDone } = evidence;
    if (open.ret < 0) return false;
    if (!open.enabled) {
      report('open-without-enable', 0, () => ({
        message: 'open returned success and has not enabled the device.',
        expected: ['ret 0, device enabled, or an error'],
        actual: ['ret 0, device not enabled'],
      }));
    }
    if (offersRegion && open.regions === 0) {
      report('open-without-region', 0, () => ({
        message: 'open returned success and has not registered the region.',
        expected: ['ret 0, 1 region, or an error'],
        actual: ['ret 0, 0 regions'],
      }));
    }
    for (const instruction of instructions) {
      if (instruction.holdsFile) continue;
      report('access-without-reference', instruction.step, () => ({
        message: `${instruction.thread.name} accessed the device, which a close may have freed.`,
        expected: ['a reference to the open file, from before the access until after it'],
        actual: [`no reference, ${instructionLine(instruction)}`],
      }));
    }
    for (const { call, step, enable, holdsFile } of commandWrites) {
      if (holdsFile) continue;
      report('access-without-reference', step, () => ({
        message: `${call.thread.name} wrote PCI_COMMAND of the device, which a close may have freed.`,
        expected: ['a reference to the open file, from before the access until after it'],
        actual: [`no reference, PCI_COMMAND_MEMORY ${enable ? 'set' : 'clear'}`],
      }));
    }
    if (lastClose?.enabled === true) {
      report('left-enabled-by-close', lastClose.step, () => ({
        message: 'The last close dropped its reference to the device before it had disabled it.',
        expected: ['device disabled, then the reference dropped'],
        actual: ['reference dropped, device enabled'],
      }));
    }
    // Whoever removes the driver has the locks that a reset only tries to take.
    if (lastClose !== null && resetLock !== null && resetsDone === 0 && !machine.calls.some(isPowerOff)) {
      report('not-reset-by-close', lastClose.step, () => ({
        message: 'The last close left the function as its user had it, and nobody kept it from the reset.',
        expected: ['function reset'],
        actual: ['function not reset'],
      }));
    }
    return instructions.length > 0 || commandWrites.length > 0 || lastClose !== null;
  },
};

const isPowerOff = (call: Call): boolean => operationOf(call)?.kind === 'power_off';

export const unplugDoesItsWork: Property<Evidence> = {
  id: 'unplug-does-its-work',
  claim:
    'a power-off asks the user of the device to let go, and when it returns 0 nobody has the device, its handle is given up and its slot in standby',
  source: {
    status: 'merged',
    date: 'v5.11',
    note: 's390_pci_hpc.c, vfio_del_group_dev and vfio_pci_request; step 1 of the unplug flow',
  },
  check(execution, report) {
    const { machine, evidence } = execution;
    let exercised = false;
    for (const call of machine.returned) {
      if (call.ret !== 0 || !isPowerOff(call)) continue;
      // state_lock makes it one change of state.
      if (exercised && evidence.resetLock !== null) {
        report('powered-off-twice', call.returned, () => ({
          message: `${call.thread.name} has powered off what another power-off had powered off.`,
          expected: ['-EIO: the slot is in standby already'],
          actual: ['ret 0, once more'],
        }));
      }
      exercised = true;
      const left = leftBehind(call, evidence);
      if (left === null) continue;
      report(left, call.returned, () => ({
        message: `${call.thread.name}'s power-off returned 0 too early.`,
        expected: ['no reference to the device, handle 0, slot in standby'],
        actual: [
          evidence.released.show(),
          evidence.slot.disabled === null ? 'handle still there' : 'handle 0',
          evidence.slot.standby === null ? 'slot configured' : 'slot in standby',
        ],
      }));
    }
    const { removal, unplugRequests } = evidence;
    if (removal === null || !hasWaited(execution)) return exercised;
    if (removal.inUse && unplugRequests === 0) {
      report('user-not-asked', removal.step, () => ({
        message: 'The driver is removed from a device in use, and nobody has told the user.',
        expected: ['req_trigger signalled'],
        actual: ['req_trigger not signalled'],
      }));
    }
    return exercised || removal.inUse;
  },
};

function leftBehind(call: Call, { slot, released, removal, lastClose }: Evidence): string | null {
  if (removal === null || released.count > 0) return 'device-still-in-use';
  // Of two power-offs the other one may have given it up.
  if (slot.disabled === null || slot.disabled > call.returned) return 'handle-left';
  if (removal.inUse && (lastClose === null || lastClose.step > call.returned)) return 'device-still-in-use';
  return slot.standby === null || slot.standby > call.returned ? 'still-configured' : null;
}

/** Whether the execution came so far that somebody asked for the last reference: to its end, or to the wait for that. */
function hasWaited({ machine, outcome, evidence }: Execution<Evidence>): boolean {
  if (outcome === 'finished') return true;
  return machine.deadlock?.stuck.some(({ awaits }) => awaits === evidence.released.cause.event) === true;
}
