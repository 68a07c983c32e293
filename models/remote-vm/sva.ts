/** PASIDs, and the binding of address spaces to the device. */
import { SharedObject } from '../../harness/machine/shared.ts';
import { Access, type CodePath, type Step, stepOf } from '../../harness/machine/step.ts';
import type { Thread } from '../../harness/machine/thread.ts';
import type { OpenFile } from '../../properties/remote-vm/evidence.ts';
import type { Mm } from './address-space.ts';
import { IOMMU_FIRST_GLOBAL_PASID } from './layout.ts';
import type { RemoteVmWorld } from './world.ts';

/** iommu_sva_pasid: the lowest free one is the next, so that numbers come back soon. */
export class Pasids extends SharedObject {
  readonly #owners: (Mm | null)[] = [];

  get read(): Step {
    return stepOf(this.id, Access.read);
  }
  get update(): Step {
    return stepOf(this.id, Access.update);
  }

  alloc(mm: Mm): number {
    const free = this.#owners.indexOf(null);
    const at = free < 0 ? this.#owners.length : free;
    this.#owners[at] = mm;
    return IOMMU_FIRST_GLOBAL_PASID + at;
  }

  free(mm: Mm): void {
    const at = this.#owners.indexOf(mm);
    if (at >= 0) this.#owners[at] = null;
  }

  find(pasid: number): Mm | null {
    return this.#owners[pasid - IOMMU_FIRST_GLOBAL_PASID] ?? null;
  }

  reset(): void {
    if (this.#owners.length > 0) this.#owners.length = 0;
  }

  show(): string {
    return this.#owners.map((mm) => mm?.name ?? 'free').join(', ');
  }
}

/** An address space keeps its PASID for life; the first binding holds mm_count for all. */
export function* iommu_sva_bind_device(_t: Thread, w: RemoteVmWorld, mm: Mm, file: OpenFile): CodePath<void> {
  yield w.iommuSvaLock.acquire;
  let { pasid } = mm.sva;
  if (pasid < 0) {
    yield w.pasids.update;
    // lockdep_assert_held in iommu_alloc_mm_data since v6.8; before, iommu_sva_alloc_pasid takes it for this.
    w.machine.assertHeld(w.iommuSvaLock);
    pasid = w.pasids.alloc(mm);
  }
  yield mm.sva.update;
  // The users of a domain are a plain int, under iommu_sva_lock here and in iommu_sva_unbind_device.
  w.machine.assertHeld(w.iommuSvaLock);
  mm.sva.pasid = pasid;
  mm.sva.users++;
  file.pasid = pasid;
  file.binds++;
  if (mm.sva.users === 1) {
    yield mm.count.update;
    mm.count.value++;
  }
  yield w.iommuSvaLock.release;
}

export function* iommu_sva_unbind_device(t: Thread, w: RemoteVmWorld, file: OpenFile): CodePath<void> {
  const mm = w.mmOf(file.mm);
  yield w.iommuSvaLock.acquire;
  file.unbinds++;
  if (file.unbinds > file.binds) {
    w.crash(t, 'unbind-of-freed-handle');
  } else {
    yield mm.sva.update;
    w.machine.assertHeld(w.iommuSvaLock);
    mm.sva.users--;
    file.inDeviceAtUnbind += w.countInDevice(file);
    if (mm.sva.users === 0) {
      yield* w.kernel.mmdrop(t, w, mm);
      // iommu_domain_free: until then nobody else may find the domain.
      w.machine.assertHeld(w.iommuSvaLock);
    }
  }
  yield w.iommuSvaLock.release;
}
