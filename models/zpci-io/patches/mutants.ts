/**
 * Known wrong variants. Nobody posted them (the two of vfio/ism reproduce one defect of a posted version each); they
 * are kept so that every claim has a state that breaks it.
 */
import { EBADF, EFAULT, EINVAL, EIO } from '../../../harness/machine/errno.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import { pci_stop_and_remove_bus_device_locked } from '../hotplug.ts';
import type { ZpciKernel } from '../kernel.ts';
import { HEADER_SIZE, REGION_SIZE } from '../layout.ts';
import { copyToUser } from '../user-copy.ts';

function mutant(
  name: string,
  subject: string,
  note: string,
  apply: Patch<ZpciKernel>['apply'],
): Patch<ZpciKernel> {
  return { id: `mutant-${name}`, subject, source: { status: 'mutant', note }, apply };
}

export const leakPin = mutant(
  'leak-pin',
  'vfio_pci_zdev_io_rw without its put_page',
  'breaks pins-balanced',
  (kernel) => ({ ...kernel, put_page: () => {} }),
);

export const leakLock = mutant(
  'leak-lock',
  'vfio_pci_zdev_io_rw returns -EINVAL with zdev->lock held',
  'breaks lock-discipline',
  (kernel) => ({
    ...kernel,
    *vfio_pci_zdev_io_rw(t, w, pos, access) {
      if (pos < REGION_SIZE) return yield* kernel.vfio_pci_zdev_io_rw!(t, w, pos, access);
      yield w.zdev.lock.acquire;
      return -EINVAL;
    },
  }),
);

export const readableRequest = mutant(
  'readable-request',
  'vfio_pci_zdev_io_rw lets a read run on from the header into the request',
  'breaks header-reads-return-the-header',
  (kernel) => ({
    ...kernel,
    *vfio_pci_zdev_io_rw(t, w, pos, access) {
      const count = Math.min(access.count, REGION_SIZE - pos);
      if (access.iswrite || pos >= HEADER_SIZE || pos + count <= HEADER_SIZE) {
        return yield* kernel.vfio_pci_zdev_io_rw!(t, w, pos, access);
      }
      const actual = yield* copyToUser(w.region!, access, count);
      if (actual === null) return -EFAULT;
      w.deliveries.push({
        step: w.machine.steps,
        call: t.call!,
        what: 'header',
        expected: [],
        actual,
      });
      return count;
    },
  }),
);

export const directionErrno = mutant(
  'direction-errno',
  'vfio_pci_zdev_io_rw answers a write to the header with -EINVAL',
  'breaks region-errnos-are-as-documented',
  (kernel) => ({
    ...kernel,
    *vfio_pci_zdev_io_rw(t, w, pos, access) {
      if (access.iswrite && pos < HEADER_SIZE) return -EINVAL;
      return yield* kernel.vfio_pci_zdev_io_rw!(t, w, pos, access);
    },
  }),
);

export const foreignHandle = mutant(
  'foreign-fh',
  'the function handle is built from the request',
  'breaks instruction-targets-own-function',
  (kernel) => ({
    ...kernel,
    __zpci_store_block: (t, w, source) =>
      kernel.__zpci_store_block(t, w, { ...source, fh: source.fh + source.pcias }),
  }),
);

export const blockingReset = mutant(
  'blocking-reset',
  'reset_slot waits for state_lock instead of trying it',
  'breaks reset-on-close-does-not-block: the lesson of v1+hp in its mainline form',
  (kernel) => ({
    ...kernel,
    *reset_slot(_t, w) {
      w.resetsTried++;
      yield w.zdev.stateLock.acquire;
      yield w.zdev.state.read;
      w.resetsDone++;
      yield w.zdev.stateLock.release;
      return 0;
    },
  }),
);

export const spinReset = mutant(
  'spin-reset',
  'reset_slot tries state_lock again and again, with cond_resched() in between',
  'breaks no-livelock: it goes round where the mutant that waits deadlocks',
  (kernel) => ({
    ...kernel,
    *reset_slot(_t, w) {
      w.resetsTried++;
      // cond_resched() gives others their turn, as every step does here.
      while ((yield w.zdev.stateLock.tryAcquire) === 0);
      yield w.zdev.state.read;
      w.resetsDone++;
      yield w.zdev.stateLock.release;
      return 0;
    },
  }),
);

/** copy_to_user(buf, &tmp, len) of the 8-byte register: on big endian those are its high-order bytes. */
const wrongEnd = (register: readonly number[], len: number): number[] => register.slice(0, len);

export const ismV2 = mutant(
  'ism-v2',
  'vfio/ism v2: reads copy the wrong end of the u64, writes lack the 4 KiB check',
  'defects of vfio/ism v2 as reviewed in 17f20481115758d63e0a839fa9ac6af561f70b6b.camel@',
  (kernel) => ({
    ...kernel,
    ism_narrow: wrongEnd,
    ism_stays_in_page: () => true,
  }),
);

export const ismV3 = mutant(
  'ism-v3',
  'vfio/ism v3: reads copy the wrong end of the u64',
  'endian defect of vfio/ism v3, found by Alex Williamson 2026-03-10 (quoted in 6c13dd5e0b7650abc008aa3b8981786f094efc73.camel@)',
  (kernel) => ({ ...kernel, ism_narrow: wrongEnd }),
);

export const lostStore = mutant(
  'lost-store',
  'vfio_zpci_ism_rw loses the error of a store, as iowrite does',
  'breaks success-has-its-effect and causes-give-an-error',
  (kernel) => ({
    ...kernel,
    *vfio_zpci_ism_rw(t, w, access) {
      const ret = yield* kernel.vfio_zpci_ism_rw!(t, w, access);
      return access.iswrite && ret === -EIO ? access.count : ret;
    },
  }),
);

export const noReference = mutant(
  'no-reference',
  'pwrite takes no reference to the file, as if no other thread had it',
  'breaks device-is-used-while-open',
  (kernel) => ({
    ...kernel,
    *ksys_pwrite64(t, w, access) {
      yield w.file.refs.adjust;
      return w.file.refs.held ? yield* w.kernel.vfio_device_fops_rw(t, w, access) : -EBADF;
    },
  }),
);

export const handleLeft = mutant(
  'handle-left',
  'disable_slot deconfigures the function and does not disable it before',
  'breaks unplug-does-its-work',
  (kernel) => ({
    ...kernel,
    *disable_slot(t, w) {
      yield w.zdev.state.read;
      if (w.zdev.state.value !== 'configured') return -EIO;
      yield* pci_stop_and_remove_bus_device_locked(t, w);
      yield w.zdev.state.write;
      w.zdev.state.value = 'standby';
      w.slot.standby ??= w.machine.steps;
      return 0;
    },
  }),
);
