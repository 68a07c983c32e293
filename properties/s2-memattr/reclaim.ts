/** What becomes of a guest's writes when its device is taken away: S2-I16 of models/s2-memattr/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { supplierOf } from './describe.ts';
import type { Evidence, GuestAccess, PageFrame, ResettableDevice } from './evidence.ts';

const PAGE_FRAMES: Readonly<Record<ResettableDevice, PageFrame>> = {
  pci: 'PCI BAR',
  platform: 'platform MMIO',
};

export const guestWritesArriveBeforeReset: Property<Evidence> = {
  id: 'guest-writes-arrive-before-reset',
  claim:
    'writes of the guest before its stage-2 entry is taken away reach the device before a reset is complete',
  source: {
    status: 'posted',
    date: '2023-10-13',
    messageId: '20231013092954.GB13524@willie-the-truck',
    note: 'Will Deacon on v1: how is an MMIO region reclaimed that the guest has mapped Normal-NC?',
    invariant: 'S2-I16',
  },
  check({ evidence: { resets, guestAccesses } }, report) {
    let exercised = false;
    for (const { device, inFlight, step, thread } of resets) {
      for (const access of guestAccesses) if (isTakenAway(access, device)) exercised = true;
      if (inFlight.length === 0) continue;
      report('write-after-reset', step, () => ({
        message: `${thread.name} has reset the device, and ${inFlight.length === 1 ? 'a write' : `${inFlight.length} writes`} of the guest may still come.`,
        expected: ['no write on its way'],
        actual: inFlight.map(
          ({ thread: guest, request, type }) =>
            `${guest.name}'s write to ${request.page}, ${type}, on its way`,
        ),
      }));
    }
    return exercised;
  },
};

/** A write to that device through an entry that is gone by the end, or that the reset takes away by itself. */
function isTakenAway({ request, leaf, done }: GuestAccess, device: ResettableDevice): boolean {
  if (request.access !== 'write' || !done || leaf.pageFrame !== PAGE_FRAMES[device]) return false;
  const supplier = supplierOf(leaf);
  return supplier !== null && (supplier.gone || supplier.backing === 'pci');
}
