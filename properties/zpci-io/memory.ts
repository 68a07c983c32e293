/** Claims about user memory: Z7, Z8, Z16, Z25 of models/zpci-io/README.md. */
import { PAGE_SIZE } from '../../harness/machine/memory.ts';
import type { Property } from '../../harness/model/property.ts';
import type { Evidence } from './evidence.ts';

const loaded = ({ instructions }: Evidence): boolean =>
  instructions.some(({ insn, status }) => insn.startsWith('pcilg') && status === 0);

export const noStoreToUnwritablePage: Property<Evidence> = {
  id: 'no-store-to-unwritable-page',
  claim: 'the kernel never stores to a user page that its caller could not write',
  source: {
    status: 'inferred',
    note: 'v1 4/4 calls get_user_pages_fast without FOLL_WRITE',
    invariant: 'Z7',
  },
  check({ evidence }, report) {
    for (const { page, step, call } of evidence.stores) {
      if (page.writable) continue;
      report(page.role === 'zero page' ? 'store-to-zero-page' : 'store-to-read-only-page', step, () => ({
        message: `${call.thread.name}'s PCILG stored 8 bytes to ${page.role === 'zero page' ? 'the shared zero page' : 'a page mapped read-only'}, around the page tables.`,
        expected: ['-EIO from get_user_pages, no store'],
        actual: [`8 bytes stored to page 0x${(page.number * PAGE_SIZE).toString(16)} (${page.role})`],
      }));
    }
    return loaded(evidence);
  },
};

export const loadedPageIsDirtied: Property<Evidence> = {
  id: 'loaded-page-is-dirtied',
  claim: 'a user page that a PCILG modified is marked dirty before it is put',
  source: { status: 'inferred', note: 'v1 4/4 has put_page without set_page_dirty', invariant: 'Z8' },
  check({ evidence }, report) {
    for (const { page, step, call } of evidence.stores) {
      // A call that is still under way may mark it yet.
      const underWay = call.thread.call === call && call.thread.path !== null;
      if (page.dirty || !page.writable || underWay) continue;
      report('modified-page-left-clean', step, () => ({
        message: `${call.thread.name}'s PCILG changed a page that reclaim may now drop.`,
        expected: ['set_page_dirty before put_page'],
        actual: [`page 0x${(page.number * PAGE_SIZE).toString(16)} modified and put clean`],
      }));
    }
    return loaded(evidence);
  },
};

export const pinsBalanced: Property<Evidence> = {
  id: 'pins-balanced',
  claim: 'every page that get_user_pages pinned is put again, on every path',
  source: { status: 'inferred', note: 'from the text of v1 4/4', invariant: 'Z16' },
  requires: ['region'],
  check({ machine, outcome, evidence: { pins } }, report) {
    if (outcome === 'finished' && pins.taken !== pins.dropped) {
      report('pin-leaked', machine.steps - 1, () => ({
        message: `${pins.taken} pages pinned, ${pins.dropped} put.`,
        expected: [`${pins.taken} pages put`],
        actual: [`${pins.dropped} pages put`],
      }));
    }
    return pins.taken > 0;
  },
};

export const noFaultUnderArchLock: Property<Evidence> = {
  id: 'no-user-fault-under-arch-lock',
  claim: 'user memory is not faulted in while an arch or device lock is held',
  source: {
    status: 'inferred',
    note: 'v1 4/4 calls get_user_pages_fast under zdev->lock: userfaultfd can hold it for ever',
    invariant: 'Z25',
  },
  check({ evidence }, report) {
    for (const { step, thread, under } of evidence.faultsUnderLock) {
      report('fault-under-lock', step, () => ({
        message: `${thread.name} faults user memory in while it holds ${under}.`,
        expected: ['no arch or device lock held'],
        actual: [`${under} held`],
      }));
    }
    return evidence.faultIns > 0;
  },
};
