/** Claims about what user space sees of open, read and write: Z17, Z18, Z24, Z27 and D16 of models/zpci-io/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { operationOf } from './describe.ts';
import type { Delivery, Evidence, FileAccess } from './evidence.ts';

const bytes = (values: readonly number[]): string =>
  values.length === 0 ? 'nothing' : values.map((value) => value.toString(16).padStart(2, '0')).join(' ');

const same = ({ expected, actual }: Delivery): boolean =>
  expected.length === actual.length && expected.every((byte, i) => byte === actual[i]);

function deliveredRight(what: Delivery['what'], kind: string): Property<Evidence>['check'] {
  return ({ evidence }, report) => {
    let exercised = false;
    for (const delivery of evidence.deliveries) {
      if (delivery.what !== what) continue;
      exercised = true;
      if (same(delivery)) continue;
      report(kind, delivery.step, () => ({
        message: `${delivery.call.thread.name}'s ${delivery.call.work.name} got other bytes than it should.`,
        expected: [bytes(delivery.expected)],
        actual: [bytes(delivery.actual)],
      }));
    }
    return exercised;
  };
}

export const headerReadsReturnTheHeader: Property<Evidence> = {
  id: 'header-reads-return-the-header',
  claim: 'a read of the region returns the bytes of {0, maxstbl, 0, 0} and never a byte of a request',
  source: { status: 'inferred', note: 'from the text of v1 4/4', invariant: 'Z17' },
  requires: ['region'],
  check: deliveredRight('header', 'not-the-header'),
};

export const shortReadReturnsLowBytes: Property<Evidence> = {
  id: 'short-read-returns-low-bytes',
  claim: 'a read of fewer than 8 bytes returns the low-order bytes of the loaded register',
  source: {
    status: 'posted',
    date: '2026-03-10',
    note: 'Alex Williamson on vfio/ism v3',
    invariant: 'Z27',
  },
  requires: ['derived driver'],
  check: deliveredRight('load', 'wrong-bytes'),
};

export const regionErrnos: Property<Evidence> = {
  id: 'region-errnos-are-as-documented',
  claim: 'a read beyond the header is -EFAULT, a write to it is -EFAULT, a position from 48 on is -EINVAL',
  source: { status: 'inferred', note: 'from the text of v1 4/4', invariant: 'Z18' },
  requires: ['region'],
  check({ machine, evidence }, report) {
    if (evidence.open.ret < 0) return false;
    let exercised = false;
    for (const call of machine.returned) {
      const operation = operationOf(call);
      if (operation?.kind !== 'region_write' && operation?.kind !== 'region_read') continue;
      const expected = documentedReturn(operation.access);
      // The fd may be closed by then (-EBADF).
      if (expected === null || call.ret === -9) continue;
      exercised = true;
      if (call.ret === expected) continue;
      report(operation.kind === 'region_read' ? 'read-errno' : 'write-errno', call.returned, () => ({
        message: `${call.thread.name}: ${operation.kind} at ${operation.access.pos}, ${operation.access.count} bytes.`,
        expected: [`ret ${expected}`],
        actual: [`ret ${call.ret}`],
      }));
    }
    return exercised;
  },
};

/** What the region's rules of direction and position say; null where it depends on the request. */
function documentedReturn({ pos, count, iswrite, buffer }: FileAccess): number | null {
  if (count === 0) return 0;
  if (pos >= 48) return -22;
  const clipped = Math.min(count, 48 - pos);
  if (iswrite) return pos < 16 ? -14 : null;
  if (pos + clipped > 16) return -14;
  return buffer === 'ok' ? clipped : null;
}

export const failedOpenLeavesDeviceDisabled: Property<Evidence> = {
  id: 'failed-open-leaves-device-disabled',
  claim: 'if open fails, the device is disabled again and no region stays registered',
  source: { status: 'inferred', note: 'v1 4/4 in vfio_pci_enable: return ret, not goto', invariant: 'Z24' },
  check({ evidence: { open, oops } }, report) {
    if (open.ret >= 0 || oops !== null) return false;
    if (open.enabled || open.regions > 0) {
      report('device-left-enabled', 0, () => ({
        message: `open returned ${open.ret} and left the device enabled, with its saved state leaked.`,
        expected: [`ret ${open.ret}, device disabled`],
        actual: [`ret ${open.ret}, device enabled, ${open.regions} regions registered`],
      }));
    }
    return true;
  },
};

export const failedAllocationIsAnError: Property<Evidence> = {
  id: 'failed-allocation-is-an-error',
  claim: 'an allocation that fails ends in an errno, not in a null pointer',
  source: {
    status: 'inferred',
    note: 'v1 4/4 does not check its kmalloc (48 bytes: hardly reachable)',
    invariant: 'D16',
  },
  check({ evidence: { facts, oops } }, report) {
    if (oops !== null) {
      report('null-dereference', 0, () => ({
        message: `${oops} wrote through the result of a kmalloc that had failed.`,
        expected: ['-ENOMEM'],
        actual: [`NULL pointer dereference in ${oops}`],
      }));
    }
    return facts.allocationsFail;
  },
};
