/** Claims about the MSI-X table: MX-I5 to MX-I7 and MX-I16 of models/msix-mmap/README.md. */
import type { Property } from '../../harness/model/property.ts';
import type { Evidence, Mmap, TableWrite } from './evidence.ts';

const what = ({ vector, part }: TableWrite): string => `the ${part} of vector ${vector}`;

/** Whether somebody asked for a writable mapping of the table. */
function askedForTable(mmaps: readonly Mmap[]): boolean {
  for (const { table, write } of mmaps) if (table && write) return true;
  return false;
}

export const noVectorWrittenThroughMmap: Property<Evidence> = {
  id: 'no-vector-written-through-mmap',
  claim: 'user space cannot change an MSI-X vector through a mapping',
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 cover letter, of the kernel before it: the table should not be accessed directly, for security reasons',
    invariant: 'MX-I5',
  },
  check({ evidence: { tableWrites, mmaps } }, report) {
    for (const write of tableWrites) {
      if (write.via !== 'mmap') continue;
      report('vector-written', write.step, () => ({
        message: `${write.call.thread.name} stored to the MSI-X table.`,
        expected: ['the table is not mapped'],
        actual: [`${what(write)} written by the user`],
      }));
    }
    return askedForTable(mmaps);
  },
};

export const writtenVectorIsFiltered: Property<Evidence> = {
  id: 'written-vector-is-filtered',
  claim: "where user space can change a vector through a mapping, hardware filters that function's MSIs",
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 cover letter: safe if the host bridge ensures that a device can only shoot the MSIs assigned to it',
    invariant: 'MX-I6',
  },
  check({ evidence: { facts, tableWrites, interrupts, mmaps } }, report) {
    if (!facts.filtersMsi) {
      for (const write of tableWrites) {
        // The mask decides whether an MSI is sent, not where to.
        if (write.via !== 'mmap' || write.part === 'control') continue;
        report('unfiltered-vector-written', write.step, () => ({
          message: `${write.call.thread.name} chose ${what(write)}, and the function's host bridge lets every MSI pass.`,
          expected: ['an MSI-X table that is not mapped, or a bridge that filters'],
          actual: [`${what(write)} written by the user, no filter`],
        }));
      }
    }
    for (const { message, masked, filtered, vector, step } of interrupts) {
      if (message !== 'user' || masked || filtered) continue;
      report('forged-interrupt', step, () => ({
        message: `The function raised vector ${vector}, and the MSI went where the user chose.`,
        expected: ['address and data from the host, or the MSI filtered'],
        actual: ['address and data from the user, the MSI not filtered'],
      }));
    }
    return askedForTable(mmaps);
  },
};

export const noVectorWrittenThroughFile: Property<Evidence> = {
  id: 'no-vector-written-through-the-file',
  claim: 'user space cannot change an MSI-X vector by pwrite or VFIO_DEVICE_IOEVENTFD',
  source: {
    status: 'merged',
    date: 'v4.5',
    note: 'vfio_pci_rdwr.c leaves the table out, before and after v4.16 made it mappable',
    invariant: 'MX-I7',
  },
  check({ evidence: { tableWrites, tableAccesses } }, report) {
    for (const write of tableWrites) {
      if (write.via === 'mmap') continue;
      report(write.via === 'pwrite' ? 'pwrite-reaches-table' : 'ioeventfd-reaches-table', write.step, () => ({
        message: `${write.call.thread.name}'s ${write.via} reached the MSI-X table.`,
        expected: [write.via === 'pwrite' ? 'the bytes are dropped' : 'ret -22'],
        actual: [`${what(write)} written by the user`],
      }));
    }
    for (const { via } of tableAccesses) if (via !== 'pread') return true;
    return false;
  },
};

export const msixGateAsksOwnPath: Property<Evidence> = {
  id: 'msix-gate-asks-own-path',
  claim:
    "whether the MSI-X table may be mapped is decided by what the function's own host bridge does with MSIs",
  source: {
    status: 'posted',
    date: '2016-01-15',
    note: 'changelog of RFC v3: a host bridge attribute in the place of CONFIG_EEH',
    invariant: 'MX-I16',
  },
  requires: ['msix gate'],
  check({ evidence: { gates } }, report) {
    for (const { allowed, ownPath, by, asked, step, call } of gates) {
      if (allowed === ownPath) continue;
      report(allowed ? 'allowed-against-own-bridge' : 'refused-against-own-bridge', step, () => ({
        message: `${call.thread.name}'s ${asked}: ${by} decides, whatever the function is behind.`,
        expected: [`table mappable: ${ownPath ? 'yes' : 'no'}, as its own host bridge has it`],
        actual: [`table mappable: ${allowed ? 'yes' : 'no'}, by ${by}`],
      }));
    }
    return gates.length > 0;
  },
};

export const gateIsClosedWhereNothingFilters: Property<Evidence> = {
  id: 'gate-is-closed-where-nothing-filters',
  claim: 'the MSI-X table may not be mapped on a machine of which no part says that it filters MSIs',
  source: {
    status: 'posted',
    date: '2016-03-07',
    note: 'RFC v4 6/7 by its subject: "if IOMMU_CAP_INTR_REMAP was set"; the changelog has msi_filtered for that in RFC v3',
  },
  requires: ['msix gate'],
  check({ evidence: { gates, facts } }, report) {
    const { arch, filtersMsi, otherFiltersMsi, intrRemap } = facts;
    const filters = filtersMsi || otherFiltersMsi || (arch !== 'powernv' && intrRemap);
    for (const { allowed, by, asked, step, call } of gates) {
      if (filters || !allowed) continue;
      report('open-where-nothing-filters', step, () => ({
        message: `${call.thread.name}'s ${asked}: ${by} says yes, and neither a host bridge nor the IOMMU does.`,
        expected: ['table mappable: no'],
        actual: ['table mappable: yes'],
      }));
    }
    return !filters && gates.length > 0;
  },
};
