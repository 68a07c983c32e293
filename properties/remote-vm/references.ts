/** Claims about the address space that a fixup works on: SVA-I3 to I5, SVA-H17 and H23 of models/remote-vm/README.md. */
import type { Property } from '../../harness/model/property.ts';
import { descriptorName, somebodyExits } from './describe.ts';
import type { Evidence } from './evidence.ts';

export const mmUsersAreBalanced: Property<Evidence> = {
  id: 'mm-users-are-balanced',
  claim: 'every mm_users reference that a fixup takes is dropped exactly once',
  source: {
    status: 'proposed in review',
    date: '2023-03-01',
    messageId: 'f1f6e3b9-a1cb-cebe-d173-a42cec7febd1@intel.com',
    note: 'the wrapper as sketched there returns the mm with its reference, and nobody calls mmput (SVA-H2)',
    invariant: 'SVA-I3',
  },
  requires: ['fixup'],
  check({ evidence }, report) {
    let exercised = false;
    for (const { descriptor, mm, usersTaken, usersDropped, copied, step, thread } of evidence.fixups) {
      if (copied === null) continue;
      exercised = true;
      if (usersTaken === usersDropped) continue;
      report(usersTaken > usersDropped ? 'reference-leaked' : 'reference-dropped-twice', step, () => ({
        message: `${thread.name} handles ${descriptorName(descriptor)} and is through with ${mm?.name ?? 'no mm'}.`,
        expected: ['as many references dropped as taken'],
        actual: [`mm_users: ${usersTaken} taken, ${usersDropped} dropped`],
      }));
    }
    return exercised;
  },
};

export const fixupNeedsMmUsers: Property<Evidence> = {
  id: 'fixup-needs-mm-users',
  claim: 'a fixup never touches user memory of an address space whose mm_users is 0',
  source: {
    status: 'posted',
    date: '2023-03-13',
    messageId: '20230313170219.1956012-9-fenghua.yu@intel.com',
    note: 'v3 asks mmget_not_zero; v4 does not any more (SVA-H8), and kthread_use_mm takes mm_count only',
    invariant: 'SVA-I4',
  },
  requires: ['fixup'],
  check({ machine, evidence }, report) {
    for (const { descriptor, mm, touchesWithoutUsers, step, thread } of evidence.fixups) {
      if (touchesWithoutUsers === 0) continue;
      report('touched-without-users', step, () => ({
        message: `${thread.name} copies the record of ${descriptorName(descriptor)} into ${mm?.name ?? 'an mm'}, whose last user has gone.`,
        expected: ['no page faulted in, nothing stored'],
        actual: [`${touchesWithoutUsers} stores and page faults with mm_users 0`],
      }));
    }
    return evidence.fixups.length > 0 && somebodyExits(machine);
  },
};

export const fixupNeverUsesFreedMm: Property<Evidence> = {
  id: 'fixup-never-uses-freed-mm',
  claim: 'a fixup never dereferences an address space whose mm_count has reached 0',
  source: {
    status: 'inferred',
    note: 'from v3 on the context stays in upasid_xa after the unbind, which may drop the last reference (SVA-H6); nobody raised it',
    invariant: 'SVA-I5',
  },
  requires: ['fixup'],
  check({ machine, evidence }, report) {
    for (const { descriptor, mm, usedFreedMm, step, thread } of evidence.fixups) {
      if (!usedFreedMm) continue;
      report('freed-mm-used', step, () => ({
        message: `${thread.name} handles ${descriptorName(descriptor)} and finds an mm that was freed.`,
        expected: ['no address space, or one with mm_count above 0'],
        actual: [`${mm?.name ?? 'an mm'} with mm_count 0`],
      }));
    }
    return evidence.fixups.length > 0 && somebodyExits(machine);
  },
};

export const exitMmapRunsInNoWorker: Property<Evidence> = {
  id: 'exit-mmap-runs-in-no-fault-worker',
  claim:
    'a fixup never drops the last reference to the users of an address space, and so never runs exit_mmap',
  source: {
    status: 'inferred',
    note: 'v1 to v3 end with mmput, in v3 with uc_lock held (SVA-H17); nobody raised it, and v4 takes no such reference',
  },
  requires: ['fixup'],
  check({ machine, evidence }, report) {
    for (const { descriptor, mm, ranExitMmap, step, thread } of evidence.fixups) {
      if (!ranExitMmap) continue;
      report('last-mmput-in-worker', step, () => ({
        message: `${thread.name} is through with ${descriptorName(descriptor)} and drops its reference.`,
        expected: [`${mm?.name ?? 'the mm'} has another user, or is torn down by somebody else`],
        actual: [`exit_mmap of ${mm?.name ?? 'the mm'} in ${thread.name}`],
      }));
    }
    return evidence.fixups.length > 0 && somebodyExits(machine);
  },
};

export const missIsToldApart: Property<Evidence> = {
  id: 'missing-address-space-is-told-apart',
  claim:
    'where a PASID leads to no address space in use, the driver can tell that from a copy that wrote nothing',
  source: {
    status: 'inferred',
    note: 'iommu_access_remote_vm returns 0 for both (SVA-H23); nobody raised it. Before and after it the driver does the look-up itself',
  },
  requires: ['fixup'],
  check({ evidence }, report) {
    let exercised = false;
    for (const { descriptor, miss, usedFreedMm, copied, step, thread } of evidence.fixups) {
      // What comes of freed memory is another claim's.
      if (copied === null || miss === null || usedFreedMm) continue;
      exercised = true;
      if (miss === 'told') continue;
      report('looks-like-nothing-copied', step, () => ({
        message: `${thread.name} is to write the record of ${descriptorName(descriptor)}, whose address space has gone.`,
        expected: ['an error'],
        actual: [`${copied} bytes copied`],
      }));
    }
    return exercised;
  },
};
