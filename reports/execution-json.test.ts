import { describe, expect, it } from 'vitest';
import { record } from '../harness/scenario/recording.ts';
import { series as remoteVm } from '../models/remote-vm/series.ts';
import { executionJson } from './execution-json.ts';
import { deadlock, everyRecording, race } from './recordings.fixture.ts';

describe('executionJson', () => {
  it('has the keys of the contract and no others', () => {
    const json = executionJson(race());
    expect(Object.keys(json)).toEqual([
      'format',
      'model',
      'provenance',
      'outcome',
      'calls',
      'device',
      'violations',
      'steps',
    ]);
    expect(json).toMatchObject({
      format: 1,
      model: 'zpci-io/v1',
      provenance: { label: 'posted 2021-01-19', status: 'posted' },
      outcome: 'finished',
      calls: [
        { actor: 'user1', op: 'region_write', ret: -5 },
        { actor: 'user0', op: 'region_write', ret: 32 },
      ],
      device: [{ actor: 'user0', insn: 'pcilg', pcias: 0, offset: 0, len: 4096 }],
    });
    for (const violation of json.violations) {
      expect(Object.keys(violation)).toEqual(['property', 'kind', 'step', 'message']);
    }
    expect(json.steps[0]).toEqual({ actor: 'user0', step: 'begin region_write' });
    expect(json.steps[12]).toEqual({ actor: 'user0', step: 'vfio_pci_zdev_io_rw: lock zdev->lock' });
  });

  it('has what user space was handed where that is something', () => {
    const json = executionJson(
      record(
        remoteVm.model('altB')!,
        {
          format: 1,
          model: 'remote-vm/altB',
          ops: [
            { actor: 'proca0', op: 'open', as: 'f0' },
            { actor: 'proca0', op: 'submit', fd: 'f0', cr: 'present' },
            { actor: 'proca0', op: 'poll', cr: 'present' },
          ],
        },
        1_000,
      ),
    );
    expect(json.seen).toEqual([{ actor: 'proca0', op: 'poll', cr: 'present', status: 1, body: 'complete' }]);
  });

  it('says who waits for whom in a deadlock, and gives a call that never returned no ret', () => {
    const json = executionJson(deadlock());
    expect(json.calls).toEqual([{ actor: 'admin', op: 'power_off' }]);
    expect(json.waiting).toEqual([
      {
        actor: 'admin',
        op: 'power_off',
        since: 0,
        waitsFor: 'last vfio reference dropped (fd closed)',
        edge: 'event',
        heldBy: ['guest'],
        holds: ['zdev->lock', 'pci_rescan_remove_lock', 'dev->mutex'],
      },
      {
        actor: 'guest',
        op: 'guest',
        since: 13,
        waitsFor: 'zdev->lock',
        edge: 'lock',
        heldBy: ['admin'],
        holds: ['BQL'],
      },
    ]);
  });

  it('is plain data', () => {
    for (const recording of everyRecording()) {
      const json = executionJson(recording);
      expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    }
  });
});
