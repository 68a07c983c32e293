/** Families of scenarios that `verify` explores to the end: what reviewers of the series argued about. */
import type { OperationBody, SmallWorld } from '../../harness/model/small-world.ts';

const submission = (
  req: { readonly [field: string]: number | string },
  pos = 16,
  count = 32,
): OperationBody => ({
  op: 'region_write',
  pos,
  count,
  req,
});

/** Requests on both sides of each check that a version makes: alignment, length, page, address space, wholeness. */
const requests: readonly OperationBody[] = [
  submission({ flags: 1, gaddr: '0x10000', offset: 0, len: 8, pcias: 2 }),
  submission({ flags: 1, gaddr: '0x10ff8', offset: 7, len: 1, pcias: 2 }),
  submission({ flags: 1, gaddr: '0x10000', offset: 0, len: 9, pcias: 2 }),
  submission({ flags: 1, gaddr: '0x10ffd', offset: 0, len: 8, pcias: 2 }),
  submission({ flags: 1, gaddr: '0x20000', offset: 0, len: 8, pcias: 2 }),
  submission({ flags: 2, gaddr: '0x11008', offset: 8, len: 64, pcias: 0 }),
  submission({ flags: 2, gaddr: '0x12000', offset: '0x1000', len: 4096, pcias: 0 }),
  submission({ flags: 2, gaddr: '0x12000', offset: 0, len: 4097, pcias: 0 }),
  submission({ flags: 2, gaddr: '0x20000', offset: 0, len: 16, pcias: 2 }),
  submission({ flags: 2, gaddr: '0x30000', offset: 0, len: 16, pcias: 2 }),
  submission({ flags: 2, gaddr: '0x10000', offset: 0, len: 0, pcias: 2 }),
  submission({ flags: 2, gaddr: '0x10000', offset: 0, len: 16, pcias: 15 }),
  submission({ flags: 0, gaddr: '0x10000', offset: 0, len: 8, pcias: 2 }),
  submission({ flags: 2, gaddr: '0x10000', offset: 0, len: 16, pcias: 2 }, 24, 8),
];

const access = (op: 'bar_write' | 'bar_read', bar: number, pos: number, count: number): OperationBody => ({
  op,
  bar,
  pos,
  count,
});

/** The same for accesses to a BAR, which is what there is without a region. */
const accesses: readonly OperationBody[] = [
  access('bar_write', 2, 0, 16),
  access('bar_write', 2, 8, 8),
  access('bar_write', 2, 3, 2),
  access('bar_write', 0, 0x1000, 4096),
  access('bar_write', 0, 0, 4097),
  access('bar_write', 2, 0xff8, 16),
  access('bar_write', 2, 0xffff, 4),
  access('bar_write', 1, 0, 8),
  access('bar_read', 2, 0, 8),
  access('bar_read', 2, 4, 4),
  access('bar_read', 2, 4, 8),
  access('bar_read', 2, 0xfffc, 8),
  access('bar_read', 2, 0, 0),
  access('bar_read', 1, 0, 8),
];

/** What a guest executes while the host powers the slot off. */
const instructions: readonly OperationBody[] = [
  { op: 'pcistb', pcias: 2, offset: 0, len: 16 },
  { op: 'pcistb', pcias: 0, offset: '0x1000', len: 128 },
  { op: 'pcistg', pcias: 2, offset: 0, len: 8 },
  { op: 'pcilg', pcias: 2, offset: 0, len: 8 },
  { op: 'pcilg', pcias: 2, offset: 3, len: 1 },
];

const writers = (choices: readonly OperationBody[]): SmallWorld['actors'] => {
  const operations = [choices, choices];
  return [
    { name: 'user0', operations },
    { name: 'user1', operations },
  ];
};

const unplug = (role: 'user' | 'vcpu', choices: readonly OperationBody[]): SmallWorld['actors'] => {
  const operations = [choices];
  return [
    { name: `${role}0`, operations },
    { name: `${role}1`, operations },
    { name: 'admin', operations: [[{ op: 'power_off' }]] },
  ];
};

export const smallWorlds: readonly SmallWorld[] = [
  {
    id: 'two-writers',
    about: `two writers with two requests each, out of ${requests.length} on both sides of every check`,
    requires: ['region'],
    actors: writers(requests),
  },
  {
    id: 'two-bar-writers',
    about: `two users with two BAR accesses each, out of ${accesses.length} on both sides of every check`,
    requires: ['derived driver'],
    actors: writers(accesses),
  },
  {
    id: 'unplug-requests',
    about: `power-off against two requests in flight, out of ${requests.length}, and the guest's teardown`,
    requires: ['region'],
    actors: unplug('user', requests),
  },
  {
    id: 'unplug-bar',
    about: `power-off against two BAR accesses in flight, out of ${accesses.length}, and the guest's teardown`,
    requires: ['derived driver'],
    actors: unplug('user', accesses),
  },
  {
    id: 'unplug-guest',
    about: `power-off against two guest instructions in flight, out of ${instructions.length}, and the guest's teardown`,
    actors: unplug('vcpu', instructions),
  },
];
