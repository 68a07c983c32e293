import { testRaces, testReduction } from '../../harness/explore/reduction.fixture.ts';
import { by, close, only, open, poll, submit } from './call-results.fixture.ts';
import { series } from './series.ts';

testReduction(series);

testRaces(
  series,
  ['pre', 'v1', 'v2', 'v3', 'v4', 'altB', 'merged+evl-mutex', 'merged+mmget', 'v2+mutant-no-drain'],
  [
    { ops: [...by('proca0', open('f0'), submit('f0', 'lazy')), ...by('proca1', poll('lazy'), poll('lazy'))] },
    { ops: [...by('proca', open('f0'), close('f0')), ...by('procb', open('f1'), submit('f1', 'lazy'))] },
    { ops: by('proca', open('f0'), submit('f0', 'lazy'), only('exit')) },
    { ops: [...by('proca0', open('f0'), open('f1'), close('f0')), ...by('proca1', close('f1'))] },
    {
      ops: [
        ...by('proca', open('f0'), submit('f0', 'fuse'), close('f0')),
        ...by('procb', open('f1', 1), submit('f1', 'lazy')),
      ],
    },
    { ops: [...by('proca', open('f0'), only('exit')), ...by('procb', open('f1'), submit('f1', 'lazy'))] },
    {
      ops: [
        ...by('proca', open('f1', 1), only('fork')),
        ...by('child0', open('f0'), submit('f1', 'lazy'), only('exit')),
      ],
    },
    { ops: [...by('proca', open('f0'), submit('f0', 'fuse')), ...by('procb', open('f1'), close('f1'))] },
    {
      ops: by('proca', open('f0'), submit('f0', 'lazy', { what: 'batch', member: 'hole' })),
      world: { prs: 'absent' },
    },
    {
      ops: [
        ...by('proca', open('f0'), submit('f0', 'lazy'), close('f0')),
        { actor: 'admin', op: 'user_drv_remove' },
      ],
      world: { prs: 'absent' },
    },
    {
      ops: [
        ...by('proca', open('f0'), submit('f0', 'fuse')),
        ...by('procb', open('f1', 1), submit('f1', 'present'), only('uffd_answer')),
      ],
      world: { prs: 'enabled' },
    },
  ],
);
