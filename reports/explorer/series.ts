/** The models that the page runs. */

import type { Model } from '../../harness/model/model.ts';
import type { Series } from '../../harness/model/series.ts';
import { series as msixMmap } from '../../models/msix-mmap/series.ts';
import { series as remoteVm } from '../../models/remote-vm/series.ts';
import { series as s2MemAttr } from '../../models/s2-memattr/series.ts';
import { series as vfioMmap } from '../../models/vfio-mmap/series.ts';
import { series as zpciIo } from '../../models/zpci-io/series.ts';

export const allSeries: readonly Series[] = [zpciIo, vfioMmap, msixMmap, s2MemAttr, remoteVm];

/** Null for a state that this page has not. */
export function modelOf(id: string): Model | null {
  const [name, state] = [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)];
  const series = allSeries.find((one) => one.name === name);
  try {
    return series?.model(state) ?? null;
  } catch {
    // A selection whose patches do not apply is none either.
    return null;
  }
}
