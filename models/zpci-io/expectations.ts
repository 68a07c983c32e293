/** Verdicts other than that a claim holds, and what in the code is behind them: README.md has them as a table. */
import type { Expectation } from '../../harness/model/expectation.ts';

/** Each mutant has all that the state below it breaks. */
const v1Mutants = [
  'v1+mutant-leak-pin',
  'v1+mutant-leak-lock',
  'v1+mutant-readable-request',
  'v1+mutant-direction-errno',
  'v1+mutant-foreign-fh',
];
const mainlineMutants = [
  'mainline+mutant-blocking-reset',
  'mainline+mutant-spin-reset',
  'mainline+mutant-ism-v2',
  'mainline+mutant-ism-v3',
];

/** Where the region works under zdev->lock. */
const underZdevLock = ['rfc', 'v1', 'v1+hp', ...v1Mutants];
/** The region as posted, whatever its lock. */
const sharedRequest = [...underZdevLock, 'v2-devlock', 'v2-min'];
const anyRegion = [...sharedRequest, 'v2'];
/** Where raw accesses to an ISM function go through vfio_pci_bar_rw: a region stands beside it. */
const barPath = ['pre', ...anyRegion];

const mutant = { status: 'mutant' } as const;
const coverLetter = {
  status: 'posted',
  date: '2021-01-19',
  messageId: '1611086550-32765-1-git-send-email-mjrosato@linux.ibm.com',
} as const;
/** Nobody in the thread said it. */
const textOfPatch4 = {
  status: 'inferred',
  messageId: '1611086550-32765-5-git-send-email-mjrosato@linux.ibm.com',
  note: 'read off v1 4/4',
} as const;
const textOfBarPath = { status: 'inferred', note: 'read off vfio_pci_rdwr.c' } as const;

// Several claims break by one and the same thing.

const underHotplugLock = {
  states: ['v1+hp'],
  verdict: 'violated',
  reason:
    'disable_slot holds zdev->lock while vfio waits for the last fd, and the VMM, which has it, waits for zdev->lock in vfio_pci_zdev_io_rw.',
  source: { status: 'posted', date: '2021-01-20', note: 'Niklas Schnelle 13:21, with a lock dump' },
} as const;
const underDeviceLock = {
  states: ['v2-devlock'],
  verdict: 'violated',
  reason:
    'device_release_driver holds dev->mutex while vfio waits for the last fd, and the VMM, which has it, waits for dev->mutex in vfio_pci_zdev_io_rw.',
  source: {
    status: 'inferred',
    note: 'the remover holds dev->mutex in the lock dump of Niklas Schnelle 2021-01-20 13:21; Alex Williamson rejects the lock 2021-01-21 20:50',
  },
} as const;
const leakedLock = {
  states: ['v1+mutant-leak-lock'],
  verdict: 'violated',
  reason:
    'A position from 48 on is answered with zdev->lock held, and the next request waits for it for ever.',
  source: mutant,
} as const;
const blockingReset = {
  states: ['mainline+mutant-blocking-reset'],
  verdict: 'violated',
  reason:
    'The reset on close waits for state_lock with dev->mutex held, while disable_slot has state_lock and waits for dev->mutex.',
  source: mutant,
} as const;
const spinningReset = {
  states: ['mainline+mutant-spin-reset'],
  verdict: 'violated',
  reason:
    'The reset on close tries state_lock again and again with dev->mutex held, while disable_slot has state_lock and waits for dev->mutex.',
  source: mutant,
} as const;
const cutOff = {
  states: ['mainline+mutant-spin-reset'],
  verdict: 'inconclusive',
  reason:
    'reset_slot goes round until disable_slot has had its turn, and executions in which it never has are cut off.',
  source: mutant,
} as const;
const rfcWithoutRegion = {
  states: ['rfc'],
  verdict: 'violated',
  reason:
    'QEMU of the RFC sends an ISM function without relaxed alignment through the BAR path, which makes PCISTG of 4 bytes.',
  source: { status: 'posted', date: '2020-12-09', note: 'companion of the kernel RFC 1607545670-1557-1' },
} as const;

export const expectations: readonly Expectation[] = [
  // Hot unplug, SIGKILL and close.
  { property: 'no-deadlock', ...underHotplugLock },
  { property: 'no-deadlock', ...underDeviceLock },
  { property: 'no-deadlock-on-hot-unplug', ...underHotplugLock },
  { property: 'no-deadlock-on-hot-unplug', ...underDeviceLock },
  { property: 'io-never-waits-for-remover', ...underHotplugLock },
  { property: 'io-never-waits-for-remover', ...underDeviceLock },
  {
    property: 'sigkill-frees-the-device',
    states: ['v1+hp', 'v2-devlock'],
    verdict: 'violated',
    reason:
      'vfio_pci_zdev_io_rw waits uninterruptibly for the lock of the remover, so that a killed VMM never closes the fd that the remover waits for.',
    source: textOfPatch4,
  },
  { property: 'lock-discipline', ...leakedLock },
  { property: 'no-deadlock', ...leakedLock },
  { property: 'no-deadlock-on-hot-unplug', ...leakedLock },
  { property: 'sigkill-frees-the-device', ...leakedLock },
  { property: 'reset-on-close-does-not-block', ...blockingReset },
  { property: 'no-deadlock', ...blockingReset },
  { property: 'no-deadlock-on-hot-unplug', ...blockingReset },
  { property: 'sigkill-frees-the-device', ...blockingReset },
  { property: 'no-livelock', ...spinningReset },
  { property: 'no-deadlock-on-hot-unplug', ...spinningReset },
  { property: 'sigkill-frees-the-device', ...spinningReset },
  { property: 'reset-on-close-does-not-block', ...cutOff },
  { property: 'no-deadlock', ...cutOff },
  { property: 'io-never-waits-for-remover', ...cutOff },

  // A request that all callers share, checked before the lock and read again after it.
  {
    property: 'request-belongs-to-caller',
    states: sharedRequest,
    verdict: 'violated',
    reason:
      'vfio_pci_zdev_io_rw copies into the one region->req before it takes its lock and reads it again after that, so that what another writer has put there executes.',
    source: { ...textOfPatch4, note: 'read off v1 4/4; Matthew Rosato states the intent 2021-01-20 17:40' },
  },
  {
    property: 'request-executes-as-validated',
    states: sharedRequest,
    verdict: 'violated',
    reason:
      'All checks come before the lock, and another writer can change region->req between them and the instruction.',
    source: textOfPatch4,
  },
  {
    property: 'request-executes-as-validated',
    states: ['pre'],
    verdict: 'inconclusive',
    reason: 'There are no requests: the BAR path makes its instructions itself.',
    source: textOfBarPath,
  },
  {
    property: 'access-stays-in-pinned-page',
    states: sharedRequest,
    verdict: 'violated',
    reason:
      'After the checks gaddr is read once for the page and once more for the offset in it, and another writer can make that an offset from which the access runs past the page.',
    source: textOfPatch4,
  },
  {
    property: 'request-needs-all-its-bytes',
    states: sharedRequest,
    verdict: 'violated',
    reason:
      'Every write from position 16 on executes, with what earlier writes or kmalloc left where it has no bytes.',
    source: textOfPatch4,
  },

  // The page of the user.
  {
    property: 'no-store-to-unwritable-page',
    states: sharedRequest,
    verdict: 'violated',
    reason:
      'get_user_pages_fast is called without FOLL_WRITE, so that a PCILG stores into a read-only page or the zero page through the direct map.',
    source: textOfPatch4,
  },
  {
    property: 'loaded-page-is-dirtied',
    states: sharedRequest,
    verdict: 'violated',
    reason: 'The page that a PCILG stored to is put without set_page_dirty.',
    source: textOfPatch4,
  },
  {
    property: 'no-user-fault-under-arch-lock',
    states: underZdevLock,
    verdict: 'violated',
    reason:
      "get_user_pages_fast faults the user's page in under zdev->lock, which lasts as long as a userfaultfd likes.",
    source: textOfPatch4,
  },
  {
    property: 'no-user-fault-under-arch-lock',
    states: ['v2-devlock'],
    verdict: 'violated',
    reason:
      "get_user_pages_fast faults the user's page in under dev->mutex, which lasts as long as a userfaultfd likes.",
    source: textOfPatch4,
  },
  {
    property: 'pins-balanced',
    states: ['v1+mutant-leak-pin'],
    verdict: 'violated',
    reason: 'vfio_pci_zdev_io_rw does without its put_page.',
    source: mutant,
  },

  // What a region does not ask.
  {
    property: 'zero-length-never-executes',
    states: anyRegion,
    verdict: 'violated',
    reason:
      'Length 0 fails the page check at a page-aligned gaddr only, where the place of its last byte wraps.',
    source: textOfPatch4,
  },
  {
    property: 'only-bar-address-spaces',
    states: anyRegion,
    verdict: 'violated',
    reason: 'req.pcias goes into the instruction as it is, and 15 is config space.',
    source: textOfPatch4,
  },
  {
    property: 'instruction-stays-in-4k-block',
    states: anyRegion,
    verdict: 'violated',
    reason: 'req.offset goes into the instruction as it is, with no look at 4 KiB blocks or at the BAR.',
    source: textOfPatch4,
  },
  {
    property: 'instruction-stays-in-4k-block',
    states: ['mainline+mutant-ism-v2'],
    verdict: 'violated',
    reason: 'ism_vfio_pci_do_io_w has no test for 4 KiB blocks, as in vfio/ism v2.',
    source: { ...mutant, note: 'reviewed in 17f20481115758d63e0a839fa9ac6af561f70b6b.camel@' },
  },
  {
    property: 'no-access-while-memory-disabled',
    states: anyRegion,
    verdict: 'violated',
    reason:
      'vfio_pci_zdev_io_rw takes no memory_lock and does not look at PCI_COMMAND_MEMORY, as vfio_pci_bar_rw does.',
    source: textOfPatch4,
  },
  {
    property: 'no-access-while-memory-disabled',
    states: ['mainline', ...mainlineMutants],
    verdict: 'violated',
    reason: 'ism_vfio_pci_rw takes no memory_lock and does not look at PCI_COMMAND_MEMORY.',
    source: {
      status: 'inferred',
      date: 'v7.1-rc1',
      commit: 'bf4197be96d0',
      note: 'read off vfio/ism as merged',
    },
  },
  {
    property: 'msix-table-unreachable',
    states: anyRegion,
    verdict: 'violated',
    reason:
      'A request names BAR and offset of the instruction, past the test for the MSI-X table in vfio_pci_bar_rw.',
    source: {
      status: 'posted',
      date: '2021-01-20',
      note: 'Matthew Rosato 14:02: the region is safe only for functions without MSI-X',
    },
  },
  {
    property: 'instruction-targets-own-function',
    states: ['v1+mutant-foreign-fh'],
    verdict: 'violated',
    reason: "req.pcias is added to the function handle, which makes it another function's.",
    source: mutant,
  },

  // Open, and reads of the header.
  {
    property: 'failed-open-leaves-device-disabled',
    states: anyRegion,
    verdict: 'violated',
    reason:
      'vfio_pci_enable returns an error of vfio_pci_zdev_io_init at once, past the disable_exit that its siblings go to.',
    source: textOfPatch4,
  },
  {
    property: 'failed-allocation-is-an-error',
    states: anyRegion,
    verdict: 'violated',
    reason:
      'vfio_pci_zdev_io_init writes the header through what kmalloc returned, unchecked (48 bytes: hardly reachable).',
    source: textOfPatch4,
  },
  {
    property: 'header-reads-return-the-header',
    states: ['v1+mutant-readable-request'],
    verdict: 'violated',
    reason: 'A read that begins in the header runs on into the request.',
    source: mutant,
  },
  {
    property: 'region-errnos-are-as-documented',
    states: ['v1+mutant-readable-request'],
    verdict: 'violated',
    reason: 'A read that begins in the header and ends beyond it succeeds, where v1 has -EFAULT.',
    source: mutant,
  },
  {
    property: 'region-errnos-are-as-documented',
    states: ['v1+mutant-direction-errno'],
    verdict: 'violated',
    reason: 'A write to the header is -EINVAL, where v1 has -EFAULT.',
    source: mutant,
  },

  // The BAR path.
  {
    property: 'one-instruction-per-guest-store',
    states: ['pre'],
    verdict: 'violated',
    reason: 'QEMU makes stores of 8 bytes of a PCISTB, and do_io_rw makes two PCISTG of 4 bytes of each.',
    source: coverLetter,
  },
  { property: 'one-instruction-per-guest-store', ...rfcWithoutRegion },
  {
    property: 'one-instruction-per-guest-store',
    states: sharedRequest.filter((state) => state !== 'rfc'),
    verdict: 'violated',
    reason:
      "A guest's PCISTB executes the request of a second writer on the same fd; with the guest as the only one it is one instruction.",
    source: textOfPatch4,
  },
  {
    property: 'no-store-substitution',
    states: ['pre'],
    verdict: 'violated',
    reason: 'do_io_rw stores 4 bytes at most, by iowrite32, and that is a PCISTG.',
    source: {
      status: 'posted',
      date: '2021-01-27',
      note: 'Matthew Rosato 18:27: "no PCISTG allowed"',
    },
  },
  { property: 'no-store-substitution', ...rfcWithoutRegion },
  {
    property: 'no-mio-on-classic-function',
    states: barPath,
    verdict: 'violated',
    reason:
      'zpci_load and zpci_store, which the BAR path ends in, choose MIO instructions by the host and not by the function; a region leaves that path as it is.',
    source: coverLetter,
  },
  {
    property: 'stores-do-not-interleave',
    states: barPath,
    verdict: 'violated',
    reason:
      'do_io_rw makes two stores of one of 8 bytes and holds nothing between them; a region leaves that path as it is.',
    source: textOfBarPath,
  },
  {
    property: 'failed-submission-executes-nothing',
    states: ['pre', 'v2'],
    verdict: 'violated',
    reason:
      'do_io_rw gives up with -EFAULT or -EIO at the second half of a store, with the first half at the device.',
    source: textOfBarPath,
  },
  {
    property: 'failed-submission-executes-nothing',
    states: sharedRequest,
    verdict: 'violated',
    reason:
      'A request that was refused stays in region->req for another call to execute, and do_io_rw can fail after the first half of a store.',
    source: textOfPatch4,
  },

  // What calls return and have done.
  {
    property: 'guest-access-is-carried-out',
    states: barPath,
    verdict: 'violated',
    reason:
      'QEMU makes one access of the lowest set bit of the length of a PCISTG or PCILG, so that of three bytes the device sees one, and a position from 1 TiB on names another region of the fd; a zPCI region leaves PCISTG as it is.',
    source: {
      status: 'inferred',
      note: 'size_memop in zpci_read_bar and zpci_write_bar, s390-pci-inst.c of QEMU; VFIO_PCI_OFFSET_SHIFT',
    },
  },
  {
    property: 'errors-have-a-cause',
    states: ['v1+mutant-direction-errno'],
    verdict: 'violated',
    reason: 'A write to the header is -EINVAL, for which v1 has only positions beyond the region.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: ['v1+mutant-readable-request'],
    verdict: 'violated',
    reason: 'A read that begins in the header and ends beyond it succeeds, where v1 has -EFAULT.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: ['mainline+mutant-ism-v2'],
    verdict: 'violated',
    reason: 'ism_vfio_pci_do_io_w has no test for 4 KiB blocks, so that a store across two succeeds.',
    source: mutant,
  },
  {
    property: 'causes-give-an-error',
    states: ['v3+mutant-lost-store'],
    verdict: 'violated',
    reason: 'A store that the device ends with an error is counted as done.',
    source: mutant,
  },
  {
    property: 'success-has-its-effect',
    states: ['v3+mutant-lost-store'],
    verdict: 'violated',
    reason: 'A store that PCI_COMMAND_MEMORY or the device refused is counted as done.',
    source: mutant,
  },
  {
    property: 'device-is-used-while-open',
    states: ['v3+mutant-no-reference'],
    verdict: 'violated',
    reason: 'A store has no reference to the file, so that a close frees the device under it.',
    source: mutant,
  },
  {
    property: 'instruction-targets-own-function',
    states: ['v3+mutant-no-reference'],
    verdict: 'violated',
    reason:
      'A close does not wait for a store without a reference, which then goes out with the handle that disable_slot has given up.',
    source: mutant,
  },
  {
    property: 'unplug-does-its-work',
    states: ['v3+mutant-handle-left'],
    verdict: 'violated',
    reason: 'disable_slot puts the slot into standby without zpci_disable_device, and the handle stays.',
    source: mutant,
  },

  // Loads of vfio/ism.
  {
    property: 'short-read-returns-low-bytes',
    states: ['mainline+mutant-ism-v2', 'mainline+mutant-ism-v3'],
    verdict: 'violated',
    reason:
      'copy_to_user begins at the first byte of the loaded u64, which on big endian is its high-order end.',
    source: { ...mutant, date: '2026-03-10', note: 'Alex Williamson on vfio/ism v3' },
  },
];
