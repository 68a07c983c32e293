/** What the last user of the device gives back, and how power-off waits for it. */
import type { Execution, Property } from '../../harness/model/property.ts';
import { accessLine, mappedName } from './describe.ts';
import type { Evidence, ProcessEnd } from './evidence.ts';

type Judged = Execution<Evidence>;

const usesDevice = ({ hasDescriptor, mappedPages }: ProcessEnd): boolean =>
  hasDescriptor || mappedPages.some(({ mapping }) => mapping.bar !== null);

/** Whether nothing is under way any more but a power-off, which may wait for ever. */
export const isQuiet = ({ machine }: Judged): boolean =>
  machine.threads.every(({ alive, call }) => !alive || call?.work.name === 'power_off');

export const lastUserReleases: Property<Evidence> = {
  id: 'last-user-releases-the-device',
  claim:
    'the device is open as long as a process has a descriptor or a mapping of it, and no longer; then the kernel unmaps its BARs',
  source: {
    status: 'inferred',
    note: 'a VMA holds a reference to its file; vfio_device_fops_release() and vfio_pci_core_disable()',
  },
  check(execution, report) {
    if (!isQuiet(execution)) return false;
    const { processes, deviceEnabled, kernelMappings } = execution.evidence;
    const { steps } = execution.machine;
    const isUsed = processes.some(usesDevice);
    if (deviceEnabled !== isUsed) {
      report(isUsed ? 'closed-under-its-user' : 'stays-open-without-user', steps, () => ({
        message: isUsed
          ? 'A process still has the device, and vfio has shut it down.'
          : 'No process has a descriptor or a mapping of the device any more, and vfio has not shut it down.',
        expected: [isUsed ? 'the device is open' : 'the device is closed'],
        actual: [deviceEnabled ? 'the device is open' : 'the device is closed'],
      }));
    }
    if (deviceEnabled) return !isUsed;
    for (const { bar, undone } of kernelMappings) {
      if (undone >= 0) continue;
      report('kernel-mapping-left', steps, () => ({
        message: `The device is closed, and vfio has left BAR ${bar} mapped and requested.`,
        expected: [`BAR ${bar} unmapped and released`],
        actual: [`BAR ${bar} mapped`],
      }));
    }
    return true;
  },
};

export const powerOffAsksAndWaits: Property<Evidence> = {
  id: 'power-off-asks-and-waits',
  claim:
    'power-off asks user space to let go of a device that is in use, and takes it away only when nobody has it any more',
  source: {
    status: 'inferred',
    note: 'vfio_unregister_group_dev() and vfio_pci_core_request(): no timeout, no forced removal',
  },
  check(execution, report) {
    const { machine, outcome, evidence } = execution;
    const [removed] = evidence.deconfigurations;
    if (removed !== undefined) {
      if (evidence.processes.some(usesDevice)) {
        report('removed-under-its-user', removed.step, () => ({
          message: `${removed.call.thread.name} switched the slot off, and a process still has the device.`,
          expected: ['power-off waits for the last descriptor and mapping'],
          actual: evidence.processes.flatMap(({ process, hasDescriptor, mappedPages }) => [
            ...(hasDescriptor ? [`${process.name} has a descriptor`] : []),
            ...mappedPages.map(({ mapping }) => `${process.name} has ${mappedName(mapping)} mapped`),
          ]),
        }));
      }
      for (const access of evidence.accesses) {
        if (access.step < removed.step) continue;
        report('access-after-removal', access.step, () => ({
          message: `${access.thread.name} reached the function after its slot had been switched off.`,
          expected: ['no access'],
          actual: [accessLine(access)],
        }));
      }
      return true;
    }
    if (outcome !== 'deadlock' || !isQuiet(execution)) return false;
    const waiter = machine.threads.find(({ alive }) => alive);
    if (waiter === undefined) return false;
    if (evidence.requestsSent > 0) return true;
    report('waits-without-asking', machine.steps, () => ({
      message: `${waiter.name} waits for user space to let go of the device, and has not told it.`,
      expected: ['the eventfd of VFIO_PCI_REQ_ERR_IRQ_INDEX is signalled'],
      actual: ['it is not'],
    }));
    return true;
  },
};
