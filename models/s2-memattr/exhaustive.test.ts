import { type Race, testRaces, testReduction } from '../../harness/explore/reduction.fixture.ts';
import { type Body, by, mmap, munmap, read, write } from './call-results.fixture.ts';
import { series as s2MemAttr } from './series.ts';

testReduction(s2MemAttr);

const DISABLE: Body = { op: 'memory_disable' };
const logging: Body = { op: 'set_memslot', slot: 0, logging: true };

/** What generated operations seldom are: races on one page. */
const races: readonly Race[] = [
  { ops: [...by('vcpu0', write()), ...by('user0', mmap('platform'))] },
  { ops: [...by('vcpu0', write()), ...by('vcpu1', write()), ...by('user0', { op: 'allow_nc' })] },
  { ops: [...by('vcpu0', read(), write()), ...by('user0', DISABLE, { op: 'memory_enable' })] },
  { ops: [...by('vcpu0', write()), ...by('user0', { op: 'reset' }, munmap())] },
  {
    ops: [...by('vcpu0', write()), ...by('vcpu1', read()), ...by('user0', munmap())],
    world: { slot0: 'platform' },
  },
  { ops: [...by('vcpu0', mmap('pci'), read(), write()), ...by('user0', logging)], world: { slot0: 'ram' } },
  {
    ops: [...by('vcpu0', write()), ...by('user0', munmap(), { op: 'reset', device: 'platform' })],
    world: { slot0: 'platform' },
  },
  { ops: [...by('vcpu0', write('slot1')), ...by('user0', DISABLE)], world: { slot1: 'mem' } },
];

/** Those whose faults differ; the others differ in the encoder. */
testRaces(
  s2MemAttr,
  [
    'pre',
    'v1',
    'v2',
    'v9',
    'post',
    'alt-follow',
    'alt-reject',
    'alt-ioctl',
    'alt-fd',
    'v9+mutant-seq-after-unlock',
    'v9+mutant-no-retry',
    'v9+mutant-relax-by-encoder',
    'alt-ioctl+mutant-make-without-break',
  ],
  races,
);
