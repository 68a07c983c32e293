import { type AuditCase, testAudit } from '../../harness/machine/audit.fixture.ts';
import type { Operation, WorldConfig } from '../../harness/model/model.ts';
import { by, close, only, open, pass, poll, submit } from './call-results.fixture.ts';
import { series } from './series.ts';

const SEEDS = 6;

/** What a process that has a wq open can ask for. */
const KINDS = [
  open('f1'),
  submit('f0', 'lazy'),
  submit('f0', 'cross'),
  submit('f0', 'fuse'),
  submit('f0', 'hole', { what: 'drain', rcr: false }),
  submit('f0', 'lazy', { what: 'batch', member: 'hole' }),
  submit('f0', 'lazy', { what: 'batch', member: 'lazy', rcr: false }),
  poll('lazy'),
  { op: 'munmap', cr: 'lazy' },
  only('uffd_answer'),
  close('f0'),
  pass('f0', 'procb'),
  only('fork'),
  only('exit'),
];

const REMOVE: Operation = { actor: 'admin', op: 'user_drv_remove' };

const alone = KINDS.map((kind) => by('proca', open('f0'), kind, close('f0')));

const pairs = KINDS.flatMap((first, at) =>
  KINDS.slice(at).map((second) => [...by('proca0', open('f0'), first), ...by('proca1', second)]),
);

const crowds: readonly (readonly Operation[])[] = [
  [
    ...by('proca', open('f0'), pass('f0', 'procb'), submit('f0', 'lazy'), only('exit')),
    ...by('procb0', close('f0'), open('f1')),
    ...by('procb1', open('f2'), submit('f2', 'uffd')),
  ],
  [
    ...by('proca', open('f0'), only('fork'), submit('f0', 'lazy'), only('exit')),
    ...by('child0', open('f1'), submit('f0', 'lazy'), submit('f1', 'uffd'), close('f0'), only('exit')),
    ...by('procb', open('f0', 1), submit('f0', 'readonly'), close('f0')),
  ],
  [
    ...by('proca', open('f0'), submit('f0', 'lazy'), close('f0')),
    ...by('procb', open('f0'), submit('f0', 'fuse'), submit('f0', 'lazy'), only('exit')),
    REMOVE,
  ],
];

const WORLDS: readonly WorldConfig[] = [
  { prs: 'enabled' },
  { wq0: 'dedicated', ring: 2 },
  { interrupts: 'stay', stores: 'weak' },
  { fault: 'kmem' },
  { fault: 'set_pasid', wq0: 'dedicated' },
  { fault: 'ida' },
  { fault: 'device_add' },
];

const CASES: readonly AuditCase[] = [
  ...[...alone, ...pairs, ...crowds].map((ops) => ({ world: {}, ops })),
  ...WORLDS.flatMap((world) => [...alone, ...crowds].map((ops) => ({ world, ops }))),
];

/** Who wait for ever in other ways than for a page that nobody provides. */
const STUCK = ['merged+mutant-leak-uc-lock', 'merged+mutant-lock-cycle', 'merged+mutant-retry-forever'];

testAudit(
  series,
  series.states.map(({ id }) => id),
  CASES,
  SEEDS,
  (state, { machine, outcome, world }) => {
    if (outcome === 'finished' || STUCK.includes(state)) return null;
    if (outcome === 'deadlock' && machine.waitsByDesign) return null;
    const { settings } = world as unknown as { readonly settings: { readonly fault: string } };
    // put_device with wq_lock held.
    return outcome === 'deadlock' && settings.fault === 'device_add' ? null : outcome;
  },
);
