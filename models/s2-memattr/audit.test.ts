import { type AuditCase, type Judge, testAudit } from '../../harness/machine/audit.fixture.ts';
import type { WorldConfig } from '../../harness/model/model.ts';
import { type Body, by, exec, mmap, munmap, read, write } from './call-results.fixture.ts';
import { series as s2MemAttr } from './series.ts';

const DISABLE: Body = { op: 'memory_disable' };
const ENABLE: Body = { op: 'memory_enable' };
const RESET: Body = { op: 'reset' };
const RESET_PLATFORM: Body = { op: 'reset', device: 'platform' };
const ALLOW: Body = { op: 'allow_nc' };
const GICV: Body = { op: 'map_gicv' };
const mprotect = (prot: string): Body => ({ op: 'mprotect', hva: 0, prot });
const logging = (on: boolean): Body => ({ op: 'set_memslot', slot: 0, logging: on });

const encoder = (...prots: readonly string[]): Body[] => prots.map((prot) => ({ op: 'set_prot_attr', prot }));

const of = (world: WorldConfig, ...ops: AuditCase['ops'][]): AuditCase => ({ world, ops: ops.flat() });

const CASES: readonly AuditCase[] = [
  of(
    {},
    by('vcpu0', read(), write()),
    by('user0', mmap('platform'), munmap(), mmap('ram')),
    by('vcpu1', write()),
  ),
  of({}, by('vcpu0', write(), exec(), read()), by('user0', DISABLE, ENABLE, RESET), by('user1', munmap())),
  of({ slot1: 'mem' }, by('vcpu0', write(), write('slot1')), by('vcpu1', write('slot1')), by('user0', ALLOW)),
  of(
    { slot0: 'ram', cacheDic: false },
    by('vcpu0', read(), exec(), write()),
    by('user0', logging(true), mmap('pci'), logging(false)),
    by('user1', mprotect('r'), mprotect('rw')),
  ),
  of({ slot0: 'platform' }, by('vcpu0', write(), read()), by('user0', munmap(), RESET_PLATFORM)),
  of(
    { fwb: false },
    by('vcpu0', write('slot0', 'normal-wb'), write()),
    by('user0', mmap('usemem'), mmap('vfio_ram')),
  ),
  of({}, by('vcpu0', read('gicv'), exec('gicv')), by('user0', GICV, ...encoder('D', 'DN', 'NX', 'DNX'))),
  of({ pkvm: true, bits: '32' }, by('vcpu0', write()), by('user0', GICV, { op: 'host_mmio' }, mmap('pci'))),
];

const judge: Judge = (state, { outcome, machine }) => {
  if (outcome === 'finished') return null;
  if (outcome === 'deadlock' && (machine.waitsByDesign || state.includes('mutant-leak-mmap-lock')))
    return null;
  if (state.includes('mutant-retry-forever')) return null;
  return outcome;
};

const SELECTIONS = ['v1:1', 'v1:2', 'v3:1', 'v9:1+2', 'v9:1+2+3', 'v9:1+2+4'];

testAudit(s2MemAttr, [...s2MemAttr.states.map(({ id }) => id), ...SELECTIONS], CASES, 25, judge);
