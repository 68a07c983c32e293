/** Known wrong variants. Nobody posted them; they are kept so that every claim has a state that breaks it. */
import { ENOMEM } from '../../../harness/machine/errno.ts';
import type { CodePath } from '../../../harness/machine/step.ts';
import type { Thread } from '../../../harness/machine/thread.ts';
import type { Patch } from '../../../harness/model/patch.ts';
import type { MsixKernel, Operation } from '../kernel.ts';
import type { MsixWorld } from '../world.ts';
import { asMerged, probeBars } from './mainline.ts';

function mutant(
  name: string,
  subject: string,
  note: string,
  apply: Patch<MsixKernel>['apply'],
): Patch<MsixKernel> {
  return { id: `mutant-${name}`, subject, source: { status: 'mutant', note }, apply };
}

export const earlyRelease = mutant(
  'early-release',
  'dummy resources are released at munmap',
  'breaks the claim that mapped pages stay exclusive: another mapping may be there still',
  (kernel) => ({
    ...kernel,
    *__vm_munmap(t, w, map) {
      const ret = yield* kernel.__vm_munmap(t, w, map);
      yield w.driverLock.acquire;
      if (w.dummies !== null) yield* kernel.releaseDummies!(t, w);
      yield w.driverLock.release;
      return ret;
    },
  }),
);

export const noRelease = mutant(
  'no-release',
  'vfio_pci_disable leaves the dummy resources in the tree',
  'breaks the claim that none is left after the last close',
  ({ releaseDummies: _, ...kernel }) => kernel,
);

export const writableTable = mutant(
  'writable-table',
  'do_io_rw and ioeventfds do not leave out the MSI-X table',
  'breaks the claim that the table is out of reach of read, write and ioeventfd',
  (kernel) => ({ ...kernel, excludesTable: false }),
);

export const leakFile = mutant(
  'leak-file',
  'a mapping that munmap removes keeps its reference to the device file',
  'breaks the claim that the last use disables the function',
  (kernel) => ({
    ...kernel,
    *__vm_munmap(_t, w, map) {
      yield w.mmapSem.acquire;
      yield w.pageTables.write;
      w.pageTables.mappings.delete(map);
      yield w.mmapSem.release;
      return 0;
    },
  }),
);

export const undocumentedStar = mutant(
  'undocumented-star',
  'resource_alignment takes "*" for a number, as rfc4 4/7 has it, and no document says so',
  'breaks the claim that the parameter aligns whom it names',
  (kernel) => ({ ...kernel, alignment: { ...kernel.alignment, wildcards: true } }),
);

export const startalignWindow = mutant(
  'startalign-window',
  'IORESOURCE_STARTALIGN marks the windows of bridges, as before rfc4 2/7',
  'breaks the claim that an aligned BAR is not taken for a window',
  (kernel) => ({ ...kernel, alignment: { ...kernel.alignment, startalignMarksWindows: true } }),
);

export const anyStart = mutant(
  'any-start',
  'vfio_pci_probe_mmaps does not test that the BAR starts on a page',
  'breaks the claim that what is mapped starts on a page',
  (kernel) => ({
    ...kernel,
    *vfio_pci_probe_mmaps(t, w) {
      yield* probeBars(t, w, { ...asMerged, aligned: () => true });
    },
  }),
);

export const oldInfo = mutant(
  'old-info',
  'GET_REGION_INFO keeps the size rule of v4.5',
  'breaks the claim that the MMAP flag says what mmap does: a sub-page BAR can be mapped and has no flag',
  (kernel) => ({
    ...kernel,
    *infoSaysMmap(_t, w, bar) {
      return w.bars[bar]!.size >= w.settings.pageSize;
    },
  }),
);

export const offByOne = mutant(
  'off-by-one',
  'vfio_pci_probe_mmaps takes a BAR of one page for a sub-page BAR',
  'breaks the claim that ordinary BARs are treated alike by all states',
  (kernel) => ({
    ...kernel,
    *vfio_pci_probe_mmaps(t, w) {
      yield* probeBars(t, w, { ...asMerged, largeEnough: (size, pageSize) => size > pageSize });
    },
  }),
);

export const earlyProbe = mutant(
  'early-probe',
  'dummy resources are made before vfio_pci_igd_init, and its error path forgets them',
  'breaks the claim that an open that fails leaves nothing behind',
  (kernel) => ({
    ...kernel,
    *vfio_pci_enable(t, w) {
      if (w.bars.every((bar) => bar?.start !== null)) yield* kernel.vfio_pci_probe_mmaps!(t, w);
      return yield* kernel.vfio_pci_enable(t, w);
    },
    *vfio_pci_probe_mmaps() {},
    *releaseDummies(t, w) {
      // No open has succeeded where this fails: it is the error path that comes here.
      if (kernel.vfio_pci_igd_init!(w.settings) < 0) return;
      yield* kernel.releaseDummies!(t, w);
    },
  }),
);

export const leakLock = mutant(
  'leak-lock',
  'a hot add that finds no room returns with resource_lock held',
  'breaks lock-discipline and no-deadlock',
  (kernel) => ({
    ...kernel,
    *pciehp_enable_slot(t, w, slot, size) {
      const ret = yield* kernel.pciehp_enable_slot(t, w, slot, size);
      if (ret === -ENOMEM) yield w.resourceLock.acquire;
      return ret;
    },
  }),
);

/** mmap_sem, then driver_lock. */
const mmapUnderDriverLock = (kernel: MsixKernel, spins: boolean): MsixKernel['vfio_pci_mmap'] =>
  function* (t: Thread, w: MsixWorld, operation: Operation<'mmap'>, file: number): CodePath<number> {
    if (!spins) yield w.driverLock.acquire;
    else while ((yield w.driverLock.tryAcquire) === 0);
    const ret = yield* kernel.vfio_pci_mmap(t, w, operation, file);
    yield w.driverLock.release;
    return ret;
  };

/** driver_lock, then mmap_sem. */
function* openUnderMmapSem(t: Thread, w: MsixWorld): CodePath<number> {
  yield w.driverLock.acquire;
  yield w.mmapSem.acquire;
  const ret = w.refcnt === 0 ? yield* w.kernel.vfio_pci_enable(t, w) : 0;
  if (w.refcnt > 0) w.opens.push({ step: w.machine.steps, call: t.call!, ret, enabled: false, leaked: 0 });
  if (ret === 0) w.refcnt++;
  yield w.mmapSem.release;
  yield w.driverLock.release;
  return ret;
}

export const lockCycle = mutant(
  'lock-cycle',
  'vfio_pci_mmap takes driver_lock, and vfio_pci_open takes mmap_sem under it',
  'breaks no-deadlock',
  (kernel) => ({
    ...kernel,
    vfio_pci_mmap: mmapUnderDriverLock(kernel, false),
    vfio_pci_open: openUnderMmapSem,
  }),
);

export const lockSpin = mutant(
  'lock-spin',
  'the same, and vfio_pci_mmap tries driver_lock until it gets it',
  'breaks no-livelock: it goes round where the mutant that waits deadlocks',
  (kernel) => ({
    ...kernel,
    vfio_pci_mmap: mmapUnderDriverLock(kernel, true),
    vfio_pci_open: openUnderMmapSem,
  }),
);

export const noRangeCheck = mutant(
  'no-range-check',
  'vfio_pci_mmap does not look where the BAR ends',
  'breaks the claim that mapped pages belong to the function',
  (kernel) => ({
    ...kernel,
    // As far as a BAR could reach here.
    physLen: (_settings, size) => size * 64,
  }),
);
