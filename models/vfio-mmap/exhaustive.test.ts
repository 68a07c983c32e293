import { type Race, testRaces, testReduction } from '../../harness/explore/reduction.fixture.ts';
import type { Operation } from '../../harness/model/model.ts';
import { by, disable, enable, map, read, touch, write } from './call-results.fixture.ts';
import { series as vfioMmap } from './series.ts';

const OFF: Operation = { actor: 'admin', op: 'power_off' };

/** What generated operations seldom are: races on one mapping, of what works by itself. */
const races: readonly Race[] = [
  { ops: [...by('user0', map(), write()), ...by('user1', disable, enable)] },
  { ops: [...by('user0', map(), write(), read()), ...by('user1', { op: 'reset' }, write())] },
  { ops: [...by('user0', map(), touch(), touch()), ...by('user1', disable)], world: { arch: 'x86' } },
  { ops: [...by('user0', map(), write()), ...by('user1', disable, enable)], world: { mio: true } },
  {
    ops: [...by('user0', map(), write()), ...by('user1', { op: 'munmap', map: 'm0', length: 0x1000 }, map())],
  },
  { ops: [...by('user0', map(), read()), ...by('user1', { op: 'mprotect', map: 'm0', prot: 'w' }, write())] },
  { ops: [...by('user0', map(), write(), { op: 'fork' }, write()), ...by('child0', disable, read())] },
  {
    ops: [...by('user0', map(), { op: 'fork' }), ...by('user1', write(), disable), ...by('child0', touch())],
  },
  { ops: [...by('user0', { op: 'close' }, { op: 'open' }, { op: 'reset' }), OFF] },
  { ops: [...by('user0', map(), { op: 'fork' }), ...by('child0', { op: 'close' }), OFF] },
];

/** Where memory is disabled, this one goes round to the step limit in most of its schedules. */
const ENDLESS = 'v3+mutant-retry-forever';
const ENDING = vfioMmap.states.map(({ id }) => id).filter((id) => id !== ENDLESS);

testReduction(vfioMmap);
testRaces(vfioMmap, ENDING, races);
