import { type AuditCase, testAudit } from '../../harness/machine/audit.fixture.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { series as vfioMmap } from './series.ts';

const SEEDS = 8;

type Body = { readonly op: string; readonly [field: string]: Operation[string] };

const MAP: Body = { op: 'mmap', bar: 4, offset: 0, length: 0x4000, prot: 'rw', as: 'm0' };

/** One of each kind of operation, without its actor. */
const KINDS: readonly Body[] = [
  { op: 'region_info', bar: 1 },
  { op: 'mmap', bar: 4, offset: 0x1000, length: 0x2000, prot: 'rw', as: 'm1' },
  { op: 'touch', map: 'm0', offset: 0, access: 'store' },
  { op: 'mmio_read', map: 'm0', offset: 0x1000, length: 16 },
  { op: 'mmio_write', map: 'm0', offset: 0x3ff8, length: 8 },
  { op: 'pread', bar: 4, pos: 3, count: 6 },
  { op: 'pwrite', bar: 1, pos: 0x3fc, count: 8 },
  { op: 'mprotect', map: 'm0', prot: 'r' },
  { op: 'munmap', map: 'm0', offset: 0x1000, length: 0x1000 },
  { op: 'memory_disable' },
  { op: 'memory_enable' },
  { op: 'reset' },
  { op: 'close' },
  { op: 'open' },
  { op: 'fork' },
];

/** Other ways through the same code. */
const VARIANTS: readonly Body[] = [
  { op: 'mmap', bar: 4, offset: 0, length: 0x4000, prot: 'rw', file: 'mem', as: 'm0' },
  { op: 'mmap', bar: 0, offset: 0, length: 0x1000, prot: 'rw', as: 'm0' },
  { op: 'mmap', bar: 4, offset: 0, length: 0x5000, prot: 'rw', as: 'm0' },
  { op: 'munmap', map: 'm0' },
  { op: 'mmio_read', map: 'm1', offset: 0, length: 8 },
  { op: 'mmio_write', map: 'm0', offset: 0, length: 65, buffer: 'bad' },
  { op: 'mprotect', map: 'm0', prot: '' },
];

const by = (actor: string, ...bodies: readonly Body[]): Operation[] =>
  bodies.map((body) => ({ actor, ...body }));

const OFF: Operation = { actor: 'admin', op: 'power_off' };

const alone = [...KINDS, ...VARIANTS].map((body) => [...by('user0', MAP, body), ...by('user1', MAP, body)]);

/** Two at a time on a mapping that is there, and may be touched or not. */
const pairs = KINDS.flatMap((first, at) =>
  KINDS.slice(at).map((second) => [...by('user0', MAP, KINDS[2]!, first), ...by('user1', second)]),
);

/** Hot unplug while everybody is busy, and children that keep what they have. */
const crowds = [
  [...by('user0', MAP, KINDS[4]!, KINDS[3]!), ...by('user1', ...KINDS.slice(9, 13)), OFF],
  [...by('user0', MAP, { op: 'fork' }, { op: 'memory_disable' }), ...by('child0', KINDS[3]!, KINDS[2]!), OFF],
  [
    ...by('user0', MAP, { op: 'fork' }, { op: 'close' }),
    ...by('child0', { op: 'munmap', map: 'm0' }, { op: 'close' }),
    OFF,
  ],
  [
    ...by('user0', { op: 'close' }, { op: 'open' }, MAP),
    ...by('user1', { op: 'close' }, { op: 'open' }, MAP),
    OFF,
  ],
  [
    ...by('user0', MAP, { op: 'reset' }, { op: 'fork' }),
    ...by('user1', { op: 'fork' }, { op: 'fork' }),
    { ...OFF },
    { actor: 'admin1', op: 'power_off' },
  ],
];

const WORLDS: readonly WorldConfig[] = [
  { mio: true },
  { arch: 'x86' },
  { function: 'ism' },
  { function: 'ism', mio: true },
  { owner: 'silent' },
  { memory: 'disabled' },
  { fault: 'kmalloc' },
  {
    bars: [
      { bar: 4, size: 0x800 },
      { bar: 1, size: 0x100, type: 'io' },
    ],
  },
];

const CASES: readonly AuditCase[] = [
  ...[...alone, ...pairs, ...crowds].map((ops) => ({ world: {}, ops })),
  ...WORLDS.flatMap((world) => [...alone, ...crowds].map((ops) => ({ world, ops }))),
];

const STATES = [...vfioMmap.states.map(({ id }) => id), 'v3:2+3', 'v3:1+3', 'v7:1+2'];

/** Mutants whose locks are wrong on purpose, and one that goes round for ever. */
const SPINS = 'v3+mutant-retry-forever';
const BLAMED = ['v3+mutant-leak-mmap-lock', 'v3+mutant-memory-lock-first', SPINS];

testAudit(vfioMmap, STATES, CASES, SEEDS, (state, { machine, outcome }) => {
  if (outcome === 'finished' || state === SPINS) return null;
  if (outcome !== 'deadlock') return outcome;
  return machine.waitsByDesign || BLAMED.includes(state) ? null : outcome;
});
