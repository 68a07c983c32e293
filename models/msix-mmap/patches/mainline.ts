/** What was merged, from v4.6 to v5.11. */
import { EEXIST, EINVAL } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import { documenting, type MsixGate, type MsixKernel, type Operation } from '../kernel.ts';
import { ASSIGNED } from '../layout.ts';
import { alignUp, type Resource } from '../resources.ts';
import type { MsixSettings } from '../settings.ts';
import { useBarmap } from '../vfio-pci.ts';
import type { MsixWorld } from '../world.ts';

/**
 * The "[1]" that rfc2 to rfc4 say they are based on: users can be told which pages of the BAR can be mapped. The commit
 * defines the capability; the subject is of the one that makes use of it.
 */
export const sparseMmap: Patch<MsixKernel> = {
  id: 'sparse-mmap',
  subject: 'vfio/pci: Include sparse mmap capability for MSI-X table regions',
  source: { status: 'merged', date: 'v4.6', commit: 'ff63eb638d63' },
  apply: (kernel) => ({ ...kernel, regionCapability: 'sparse' }),
};

/**
 * CONFIG_VFIO_PCI_IGD is of x86 only. What fails is the OpRegion: its signature is not found. (Without an address for
 * it the error is -ENODEV, which later kernels pass over: vfio_pci.c of 5.10.13 does.)
 */
export const igd: Patch<MsixKernel> = {
  id: 'igd',
  subject: 'in our words: Intel graphics has regions of its own, whose setup can fail',
  source: {
    status: 'merged',
    date: 'v4.6',
    note: 'read in vfio_pci.c of v4.8 and vfio_pci_igd.c; the release was not looked up',
  },
  apply: (kernel) => ({
    ...kernel,
    documented: documenting(kernel, 'regions of an Intel graphics function'),
    vfio_pci_igd_init: ({ arch, igdFails }) => (igdFails && arch === 'x86' ? -EINVAL : 0),
  }),
};

export const wholePages = ({ pageSize }: MsixSettings, size: number): number => alignUp(size, pageSize);

/** Sub-page BARs: the rest of the page is reserved from the first open to the last close. */
export const probeMmaps: Patch<MsixKernel> = {
  id: 'probe-mmaps',
  subject: 'vfio-pci: Allow to mmap sub-page MMIO BARs if the mmio page is exclusive',
  source: { status: 'merged', date: 'v4.8', commit: '05f0c03fbac1819e86c9d5db4e208b68fc1b9b5e' },
  apply: (kernel) => ({
    ...kernel,
    *vfio_pci_probe_mmaps(t, w) {
      yield* probeBars(t, w, asMerged);
    },
    releaseDummies,
    *mayMapBar(_t, w, bar) {
      return w.barMmapSupported[bar]!;
    },
    physLen: wholePages,
  }),
};

/** The two tests that mutants get wrong. */
export interface ProbeTests {
  readonly largeEnough: (size: number, pageSize: number) => boolean;
  readonly aligned: (start: number, pageSize: number) => boolean;
}

export const asMerged: ProbeTests = {
  largeEnough: (size, pageSize) => size >= pageSize,
  aligned: (start, pageSize) => start % pageSize === 0,
};

/** vfio_pci_probe_mmaps(), under driver_lock. Its kzalloc does not fail here. */
export function* probeBars(t: Thread | null, w: MsixWorld, tests: ProbeTests): CodePath<void> {
  // INIT_LIST_HEAD; where that is done in vfio_pci_probe, the list is empty by now.
  w.dummies = [];
  const { pageSize } = w.settings;
  for (const bar of w.bars) {
    if (bar === null) continue;
    const call = t?.call ?? null;
    const start = bar.start!;
    if (tests.largeEnough(bar.size, pageSize) || !tests.aligned(start, pageSize)) {
      w.barMmapSupported[bar.bar] = tests.largeEnough(bar.size, pageSize);
      w.decide(call, bar.bar, w.barMmapSupported[bar.bar]!, null);
      continue;
    }
    const end = start + bar.size;
    const dummy: Resource = {
      kind: 'dummy',
      name: 'vfio sub-page reserved',
      device: ASSIGNED,
      start: end,
      size: start - (start % pageSize) + pageSize - end,
      hardware: 0,
    };
    yield w.resourceLock.acquire;
    yield w.tree.write;
    // __request_resource() walks and changes the list of children under it.
    w.machine.assertHeld(w.resourceLock);
    // Of no size only with a wrong test: request_resource() refuses what ends before it starts.
    const requested = dummy.size > 0 && w.tree.list.request(dummy);
    if (requested) {
      w.dummies.push(dummy);
      w.dummiesReserved++;
    }
    w.barMmapSupported[bar.bar] = requested;
    w.decide(call, bar.bar, requested, w.tree.list);
    yield w.resourceLock.release;
  }
}

/** list_for_each_entry_safe() on a list head of zeroes follows a null pointer. What comes after that is not modelled. */
export function* releaseDummies(_t: Thread | null, w: MsixWorld): CodePath<void> {
  if (w.dummies === null) {
    w.oops = { step: w.machine.steps, function: 'vfio_pci_disable' };
    return;
  }
  for (let dummy = w.dummies.pop(); dummy !== undefined; dummy = w.dummies.pop()) {
    yield w.resourceLock.acquire;
    yield w.tree.write;
    w.machine.assertHeld(w.resourceLock);
    w.tree.list.release(dummy);
    w.dummiesReserved--;
    yield w.resourceLock.release;
  }
}

/** From v4.9 on; which release had which was not looked up. */
export const alignmentFixes: Patch<MsixKernel> = {
  id: 'alignment-fixes',
  subject: 'in our words: alignment requests leave alone PROBE_ONLY machines, fixed BARs and VF BARs',
  source: { status: 'merged', date: 'v4.12', note: 'several commits, as they stand in pci.c by then' },
  apply: (kernel) => ({
    ...kernel,
    alignment: { ...kernel.alignment, heedsProbeOnly: true, merged: true, startalignMarksWindows: false },
  }),
};

/** The hook. */
export const defaultAlignment: Patch<MsixKernel> = {
  id: 'default-alignment',
  subject: 'PCI: Add pcibios_default_alignment() for arch-specific alignment control',
  source: { status: 'merged', date: 'v4.12', commit: '0a701aa6378496ea54fb065c68b41d918e372e94' },
  apply: (kernel) => ({ ...kernel, pcibios_default_alignment: () => 0 }),
};

/** Its one user. */
export const powernvAlignment: Patch<MsixKernel> = {
  id: 'powernv-alignment',
  subject: 'powerpc/powernv: Override pcibios_default_alignment() to force PCI devices to be page aligned',
  source: { status: 'merged', date: 'v4.12', commit: '382746376993' },
  requires: ['default-alignment'],
  apply: (kernel) => ({
    ...kernel,
    pcibios_default_alignment: ({ arch, pageSize }) => (arch === 'powernv' ? pageSize : 0),
  }),
};

/** Nothing is asked. */
export const ALWAYS: MsixGate = {
  by: null,
  allows: () => true,
  ownPath: () => true,
  opensFile: false,
};

/** The read/write path and, later, ioeventfds keep leaving the table out. */
export const mappableTable: Patch<MsixKernel> = {
  id: 'mappable-table',
  subject: 'vfio-pci: Allow mapping MSIX BAR',
  source: { status: 'merged', date: 'v4.16', commit: 'a32295c612c57990d17fb0f41e7134394b2f35f6' },
  apply: (kernel) => ({
    ...kernel,
    msixGate: ALWAYS,
    regionCapability: 'msix mappable',
  }),
};

export const dummyListAtProbe: Patch<MsixKernel> = {
  id: 'dummy-list-at-probe',
  subject: 'vfio/pci: Move dummy_resources_list init in vfio_pci_probe()',
  source: { status: 'merged', date: 'v5.11', commit: '16b8fe4caf499ae8e12d2ab1b1324497e36a7b83' },
  apply: (kernel) => ({ ...kernel, dummyListMadeAtProbe: true }),
};

/** Not in the vfio_pci.c of v4.8 and before; in one of about v4.17 and in v5.10. Registered ones are only told apart by place and width here, all with one value. */
export const ioeventfds: Patch<MsixKernel> = {
  id: 'ioeventfd',
  subject: 'in our words: stores to BARs on behalf of an eventfd',
  source: {
    status: 'merged',
    date: 'v5.11',
    note: 'in vfio_pci_rdwr.c by then; its commit was not looked up',
  },
  apply: (kernel) => ({
    ...kernel,
    documented: documenting(kernel, 'VFIO_DEVICE_IOEVENTFD'),
    vfio_pci_ioeventfd,
  }),
};

function* vfio_pci_ioeventfd(t: Thread, w: MsixWorld, operation: Operation<'ioeventfd'>): CodePath<number> {
  const { bar: index, pos, count } = operation;
  const bar = w.bars[index]!;
  if (![1, 2, 4, 8].includes(count)) return -EINVAL;
  if (bar === null || pos + count > bar.size) return -EINVAL;
  const table = w.hasTable(index, pos, count);
  const ret = table && w.kernel.excludesTable ? -EINVAL : yield* registerIoeventfd(t, w, operation);
  if (table) {
    const step = w.machine.steps;
    w.tableAccesses.push({ step, call: t.call!, via: 'ioeventfd', ret });
    if (ret === 0) {
      const vector = Math.floor((pos - w.settings.table!.offset) / 16);
      w.tableWrites.push({ step, call: t.call!, via: 'ioeventfd', vector, part: 'address' });
    }
  }
  return ret;
}

function* registerIoeventfd(
  t: Thread,
  w: MsixWorld,
  { bar, pos, count }: Operation<'ioeventfd'>,
): CodePath<number> {
  const ret = yield* w.kernel.vfio_pci_setup_barmap(t, w, bar);
  if (ret < 0) return ret;
  const { ioeventfds, ioeventfdsLock } = w.vdev;
  const place = `BAR ${bar} ${pos} ${count}`;
  yield ioeventfdsLock.acquire;
  yield ioeventfds.read;
  // The list is walked and added to under it, and changes nowhere else.
  w.machine.assertHeld(ioeventfdsLock);
  const known = ioeventfds.places.has(place);
  if (!known) {
    yield* useBarmap(t, w, bar);
    yield ioeventfds.write;
    w.machine.assertHeld(ioeventfdsLock);
    ioeventfds.places.add(place);
    w.ioeventfdsAdded.push({ step: w.machine.steps, call: t.call!, bar, pos, count });
  }
  yield ioeventfdsLock.release;
  return known ? -EEXIST : 0;
}
