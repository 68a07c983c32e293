/** The states of the series, in the order of its history, and the mutants after them. */
import type { Patch } from '../../harness/model/patch.ts';
import type { StateSpec } from '../../harness/model/series.ts';
import type { Source } from '../../harness/model/source.ts';
import { bothUninitialised, bothWarn, deviceWins, type Encoder, strict } from './encoder.ts';
import type { MemAttrKernel } from './kernel.ts';
import * as alternatives from './patches/alternatives.ts';
import { supportCacheablePfnmap } from './patches/cacheable-pfnmap.ts';
import * as mutants from './patches/mutants.ts';
import { normalNcBit } from './patches/normal-nc-bit.ts';
import { flagAllGpuMemory, flagReservedGpuMemory } from './patches/nvgrace.ts';
import { determineTypeFromVma, deviceIsNormalNc } from './patches/v1.ts';
import { normalNcForAllDevices } from './patches/v2.ts';
import { normalNcForVfioPci } from './patches/v3.ts';
import { conveyFlag, honourFlag, introduceFlag } from './patches/vma-flag.ts';

type Patches = readonly Patch<MemAttrKernel>[];

type Four<T> = readonly [T, T, T, T];

/** The four patches of v5 to v9. */
const fourPatches = (encoder: Encoder, subjects: Four<string>, sources: Four<Source>): Patches => [
  normalNcBit('1/4', subjects[0], encoder, sources[0]),
  introduceFlag('2/4', subjects[1], sources[1]),
  honourFlag('3/4', subjects[2], ['1/4', '2/4'], sources[2]),
  conveyFlag('4/4', subjects[3], ['2/4'], sources[3]),
];

const BIT = 'kvm: arm64: introduce new flag for non-cacheable IO memory';
const FLAG = 'mm: introduce new flag to indicate wc safe';
const HONOUR = 'kvm: arm64: set io memory s2 pte as normalnc for vfio pci device';
const CONVEY = 'vfio: convey kvm that the vfio-pci device is wc safe';
const POSTED: Four<string> = [BIT, FLAG, HONOUR, CONVEY];

const posted = (date: string, messageId: string): Source => ({ status: 'posted', date, messageId });

/** Patches 1 to 4 of a thread, whose messages are numbered from its cover letter on. */
const series = (date: string, thread: string): Four<Source> => [
  posted(date, `${thread}-2-ankita@nvidia.com`),
  posted(date, `${thread}-3-ankita@nvidia.com`),
  posted(date, `${thread}-4-ankita@nvidia.com`),
  posted(date, `${thread}-5-ankita@nvidia.com`),
];

const v3: Patches = [
  normalNcBit('1/2', BIT, deviceWins, posted('2023-12-08', '20231208164709.23101-2-ankita@nvidia.com')),
  normalNcForVfioPci,
];

const V4 = '2023-12-18';
const v4: Patches = [
  normalNcBit('1/3', BIT, bothWarn, posted(V4, '20231218090719.22250-2-ankita@nvidia.com')),
  honourFlag(
    '2/3',
    `${HONOUR}s`,
    ['1/3'],
    {
      ...posted(V4, '20231218090719.22250-3-ankita@nvidia.com'),
      note: 'with the flag in mm.h, which is a patch of its own from v5 on',
    },
    true,
  ),
  conveyFlag('3/3', CONVEY, ['2/3'], posted(V4, '20231218090719.22250-4-ankita@nvidia.com')),
];

const V5 = '2023-12-21';
const v5 = fourPatches(
  bothUninitialised,
  [BIT, FLAG, `${HONOUR}s`, CONVEY],
  series(V5, '20231221154002.32622'),
);

const V6 = '2024-02-07';
const v6 = fourPatches(bothUninitialised, POSTED, series(V6, '20240207204652.22954'));

const V7 = '2024-02-11';
const v7 = fourPatches(strict, POSTED, series(V7, '20240211174705.31992'));

const V8 = '2024-02-20';
const v8 = fourPatches(strict, POSTED, series(V8, '20240220072926.6466'));

const merged = (patch: number, commit: string): Source => ({
  status: 'merged',
  date: 'v6.9',
  messageId: `20240224150546.368-${patch + 1}-ankita@nvidia.com`,
  commit,
});
const v9 = fourPatches(
  strict,
  [
    'KVM: arm64: Introduce new flag for non-cacheable IO memory',
    'mm: Introduce new flag to indicate wc safe',
    'KVM: arm64: Set io memory s2 pte as normalnc for vfio pci device',
    'vfio: Convey kvm that the vfio-pci device is wc safe',
  ],
  [
    merged(1, 'c034ec84e879'),
    merged(2, '5c656fcdd6c6'),
    merged(3, '8c47ce3e1d2c'),
    merged(4, 'a39d3a966a09'),
  ],
);

const alternativeTo = (patch: Patch<MemAttrKernel>): StateSpec<MemAttrKernel> => ({
  id: patch.id,
  source: patch.source,
  about: `The rule of v3 replaced by one that was proposed in review and never posted: ${patch.subject}.`,
  patches: v3,
  extras: [patch],
});

const mutantOf = (
  of: string,
  patches: Patches,
  patch: Patch<MemAttrKernel>,
  extras: Patches = [],
): StateSpec<MemAttrKernel> => ({
  id: `${of}+${patch.id}`,
  source: patch.source,
  about: `${of} with a known wrong change: ${patch.subject}.`,
  patches,
  extras: [...extras, patch],
});

export const states: readonly StateSpec<MemAttrKernel>[] = [
  {
    id: 'pre',
    aliases: ['base'],
    source: { status: 'merged', date: 'v6.8' },
    about: 'Before the series: every page frame that is no memory is Device-nGnRE, as is GICV.',
    patches: [],
  },
  {
    id: 'v1',
    source: posted('2023-09-07', '20230907181459.18145-3-ankita@nvidia.com'),
    about: "The type follows the VMM's mapping, and who asks for Device gets Normal-NC: GICV too.",
    patches: [determineTypeFromVma, deviceIsNormalNc],
  },
  {
    id: 'v2',
    source: normalNcForAllDevices.source,
    about: 'A bit for Normal-NC, which every page frame that is no memory gets, and GICV.',
    patches: [normalNcForAllDevices],
  },
  {
    id: 'v3',
    source: posted('2023-12-08', '20231208164709.23101-3-ankita@nvidia.com'),
    about: 'Normal-NC for VMAs with a flag that vfio-pci sets.',
    patches: v3,
  },
  {
    id: 'v4',
    source: posted(V4, '20231218090719.22250-2-ankita@nvidia.com'),
    about: 'v3 with the vfio part in a patch of its own; both bits warn and are Device again.',
    patches: v4,
  },
  {
    id: 'v5',
    source: posted(V5, '20231221154002.32622-2-ankita@nvidia.com'),
    about: 'The encoder becomes a switch, whose default warns and writes what it did not initialise.',
    patches: v5,
  },
  {
    id: 'v6',
    source: posted(V6, '20240207204652.22954-2-ankita@nvidia.com'),
    about: 'The same code as v5.',
    patches: v6,
  },
  {
    id: 'v7',
    source: posted(V7, '20240211174705.31992-2-ankita@nvidia.com'),
    about: 'Both bits, and Normal-NC with X, are refused; the flag is called VM_ALLOW_ANY_UNCACHED.',
    patches: v7,
  },
  {
    id: 'v8',
    source: posted(V8, '20240220072926.6466-1-ankita@nvidia.com'),
    about: 'v7 with longer comments.',
    patches: v8,
  },
  {
    id: 'v9',
    aliases: ['merged', 'mainline'],
    source: {
      status: 'merged',
      date: 'v6.9',
      commit: '8c47ce3e1d2c',
      note: 'posted 2024-02-24; with c034ec84e879, 5c656fcdd6c6 and a39d3a966a09',
    },
    about: 'As merged: the code of v7.',
    patches: v9,
  },
  {
    id: 'merged+nvgrace-v1',
    source: flagAllGpuMemory.source,
    about: 'v9 and a flag for all memory that nvgrace-gpu maps, cacheable as it may be mapped in the VMM.',
    patches: v9,
    extras: [flagAllGpuMemory],
  },
  {
    id: 'merged+nvgrace',
    source: flagReservedGpuMemory.source,
    about: 'v9 and a flag for what nvgrace-gpu maps write-combining.',
    patches: v9,
    extras: [flagReservedGpuMemory],
  },
  {
    id: 'post',
    source: supportCacheablePfnmap.source,
    about: 'Later: what the VMM maps cacheable is Normal for the guest, where FWB and DIC allow it.',
    patches: v9,
    extras: [flagReservedGpuMemory, supportCacheablePfnmap],
  },
  alternativeTo(alternatives.followStage1),
  alternativeTo(alternatives.rejectMismatches),
  alternativeTo(alternatives.optIn),
  alternativeTo(alternatives.safeRanges),
  alternativeTo(alternatives.backByFile),
  mutantOf('v9', v9, mutants.seqAfterUnlock),
  mutantOf('v9', v9, mutants.noRetry),
  mutantOf('v9', v9, mutants.vmaAfterUnlock),
  mutantOf('v9', v9, mutants.flagInInt),
  mutantOf('v9', v9, mutants.equalsFlag),
  mutantOf('v9', v9, mutants.relaxByEncoder),
  mutantOf('v9', v9, mutants.guestChooses),
  mutantOf('v9', v9, mutants.forceWriteBack),
  mutantOf('v9', v9, mutants.flagsBeforeCheck),
  mutantOf('v9', v9, mutants.dirtyUnmarked),
  mutantOf('v9', v9, mutants.endBeforeStart),
  mutantOf('v9', v9, mutants.leakMmapLock),
  mutantOf('v9', v9, mutants.retryForever),
  mutantOf('v6', v6, mutants.noExecGuard),
  mutantOf('alt-ioctl', v3, mutants.makeWithoutBreak, [alternatives.optIn]),
  mutantOf('alt-ioctl', v3, mutants.breakWithoutTlbi, [alternatives.optIn]),
];
