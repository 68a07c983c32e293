/** Claims about the first open and the last close: MX-I3 and MX-I9 of models/msix-mmap/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { hex } from './describe.ts';
import type { Evidence } from './evidence.ts';

const dummies = (count: number): string => `${count} dummy resource${count === 1 ? '' : 's'}`;

export const lastCloseFreesThePage: Property<Evidence> = {
  id: 'last-close-frees-the-page',
  claim: 'after the last close no dummy resource is left, and a BAR that is hot added can have the space',
  source: {
    status: 'merged',
    date: 'v4.8',
    commit: '05f0c03fbac1819e86c9d5db4e208b68fc1b9b5e',
    note: 'vfio_pci_disable releases what vfio_pci_probe_mmaps requested',
    invariant: 'MX-I3',
  },
  requires: ['dummy resources'],
  check({ evidence: { closes, hotPlugs } }, report) {
    let left = false;
    for (const { dummiesLeft, step, call } of closes) {
      if (dummiesLeft === 0) continue;
      left = true;
      report('dummy-left-behind', step, () => ({
        message: `${call.thread.name} closed the last fd, and the rest of the page stays reserved.`,
        expected: [dummies(0)],
        actual: [dummies(dummiesLeft)],
      }));
    }
    if (left) {
      for (const { what, start, roomWithoutDummies, opened, step, call, device, size } of hotPlugs) {
        if (what !== 'add' || start !== null || !roomWithoutDummies || opened) continue;
        report('no-room-after-last-close', step, () => ({
          message: `${call.thread.name} adds ${device}, and nobody has the assigned function open.`,
          expected: [`BAR 0 of ${hex(size)} bytes gets an address`],
          actual: ['no room: what is free is reserved by dummy resources'],
        }));
      }
    }
    return closes.length > 0;
  },
};

export const failedOpenLeavesNothing: Property<Evidence> = {
  id: 'failed-open-leaves-nothing',
  claim: 'a first open that fails leaves nothing reserved, and walks no list that was never initialised',
  source: {
    status: 'merged',
    date: 'v5.11',
    commit: '16b8fe4caf499ae8e12d2ab1b1324497e36a7b83',
    invariant: 'MX-I9',
  },
  check({ evidence: { opens, oops } }, report) {
    let exercised = false;
    for (const { ret, enabled, leaked, step } of opens) {
      if (ret >= 0 || !enabled) continue;
      exercised = true;
      if (leaked === 0) continue;
      report('dummy-leaked', step, () => ({
        message: `The first open returned ${ret} and left part of a page reserved.`,
        expected: [`ret ${ret}, ${dummies(0)}`],
        actual: [`ret ${ret}, ${dummies(leaked)}`],
      }));
    }
    if (oops !== null) {
      exercised = true;
      report('walks-uninitialised-list', oops.step, () => ({
        message: `${oops.function} walks the list of dummy resources before anything initialised it.`,
        expected: ['the error of vfio_pci_igd_init'],
        actual: [`NULL pointer dereference in ${oops.function}`],
      }));
    }
    return exercised;
  },
};
