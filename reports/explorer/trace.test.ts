/** What the page reads off an execution, on real entries of the corpus and on small scenarios. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CorpusEntry } from '../../harness/corpus.ts';
import type { Model } from '../../harness/model/model.ts';
import type { Series } from '../../harness/model/series.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';
import { remoteVm } from '../../models/remote-vm/series.ts';
import { vfioMmap } from '../../models/vfio-mmap/series.ts';
import { zpciIo } from '../../models/zpci-io/series.ts';
import { crowdedDeadlock, deadlock, load, longRun, race, recordingOf } from '../recordings.fixture.ts';
import { divergence, type History, STEPS_MAX, type Trace, trace, valueAt } from './trace.ts';
import type { Bar } from './watcher.ts';

const CORPUS = join(import.meta.dirname, '..', '..', 'corpus');

function stateOf(series: Series, id: string): Model {
  const model = series.model(id);
  if (model === null) throw new Error(`expected a state of ${series.name}, got ${id}`);
  return model;
}

const again = ({ model, scenario }: { readonly model: Model; readonly scenario: Scenario }): Trace =>
  trace(model, scenario);

function entryTrace(series: Series, path: string): { readonly entry: CorpusEntry; readonly trace: Trace } {
  const entry = JSON.parse(readFileSync(join(CORPUS, path), 'utf8')) as CorpusEntry;
  return { entry, trace: trace(stateOf(series, entry.model.split('/')[1]!), entry.scenario) };
}

const barText = ({ kind, actor, object, what, from, to, isOpen }: Bar): string =>
  `${actor} ${kind} ${what} ${object} ${from}-${isOpen ? `${to}…` : to}`;
const edgeText = ({ kind, object, from, to }: Trace['edges'][number]): string =>
  `${kind} ${object}: ${from.actor}@${from.row} -> ${to.actor}@${to.row}`;
const historyOf = ({ histories }: Trace, object: string): History => {
  const found = histories.find((one) => one.object === object);
  if (found === undefined) throw new Error(`${object} never changes`);
  return found;
};

describe('a deadlock', () => {
  const shown = again(deadlock());

  test('has bars for what is held and waited for, up to the row of those who wait for ever', () => {
    expect(shown.recording.steps).toHaveLength(27);
    expect(shown.bars.map(barText)).toMatchInlineSnapshot(`
      [
        "admin holds lock zdev->lock 1-27…",
        "admin holds lock pci_rescan_remove_lock 3-27…",
        "admin holds lock dev->mutex 4-27…",
        "admin holds lock igate 6-8",
        "admin waits event last vfio reference dropped (fd closed) 9-27…",
        "qemu holds lock BQL 10-12",
        "guest holds lock BQL 14-27…",
        "guest waits lock zdev->lock 27-27…",
      ]
    `);
  });

  test('has edges from a signal to whom it starts, and round the cycle', () => {
    expect(shown.edges.map(edgeText)).toMatchInlineSnapshot(`
      [
        "start qemu: admin@7 -> qemu@9",
        "start guest: qemu@11 -> guest@13",
        "for-ever “last vfio reference dropped (fd closed)”: admin@27 -> guest@27",
        "for-ever zdev->lock: guest@27 -> admin@27",
      ]
    `);
  });

  test('says who could have taken each step', () => {
    expect(shown.runnable).toHaveLength(27);
    expect(shown.runnable[0]).toEqual(['admin']);
    shown.recording.steps.forEach(({ actor }, at) => {
      expect(shown.runnable[at]).toContain(actor);
    });
  });

  test('has the same steps as the recording of `exec`', () => {
    expect(shown.recording.steps).toEqual(deadlock().steps);
    expect(shown.leftScheduleAt).toBeNull();
  });
});

test('a wait for an event that comes ends with the step that made it come, and not with the last one before', () => {
  const shown = again(recordingOf('v3', [{ actor: 'admin', op: 'power_off' }]));
  expect(shown.recording.outcome).toBe('finished');
  expect(shown.bars.filter(({ kind }) => kind === 'waits').map(barText)).toEqual([
    'admin waits event last vfio reference dropped (fd closed) 8-38',
  ]);
  expect(shown.edges.map(edgeText)).toEqual([
    'start qemu: admin@6 -> qemu@8',
    'start guest: qemu@10 -> guest@12',
    'event last vfio reference dropped (fd closed): guest@37 -> admin@39',
  ]);
  expect(shown.recording.steps[37]!.text).toBe('vfio device: 0 references');
});

describe('locks', () => {
  test('that are waited for are handed over: the wait ends where the holder lets go', () => {
    const schedule = [...Array<string>(13).fill('user0'), 'user1'];
    const shown = again(
      recordingOf('v1', [load('user0', '0x10000', 8), load('user1', '0x10000', 8)], schedule),
    );
    expect(shown.bars.map(barText)).toEqual([
      'user0 holds lock zdev->lock 12-35',
      'user1 waits lock zdev->lock 25-36',
      'user1 holds lock zdev->lock 37-48',
    ]);
    expect(shown.edges.map(edgeText)).toEqual(['lock zdev->lock: user0@35 -> user1@37']);
    const { steps } = shown.recording;
    expect([24, 35, 37].map((at) => `${steps[at]!.actor} ${steps[at]!.text}`)).toEqual([
      'user1 read req.len/pcias = 0x0000000000080000',
      'user0 unlock zdev->lock',
      'user1 lock zdev->lock',
    ]);
  });

  test('are never held by two for writing at the same step', () => {
    for (const recording of [race(), crowdedDeadlock(), longRun()]) {
      const held = again(recording).bars.filter(({ kind, what }) => kind === 'holds' && what === 'lock');
      for (const one of held) {
        for (const other of held) {
          const clash =
            one.actor !== other.actor &&
            one.object === other.object &&
            one.from < other.to &&
            other.from < one.to;
          expect(clash).toBe(false);
        }
      }
    }
  });

  test('that are held for reading say so', () => {
    const { trace: shown } = entryTrace(
      vfioMmap,
      'vfio-mmap/v3+mutant-memory-lock-first/no-deadlock/c52f9216a381.json',
    );
    expect(shown.bars.map(barText)).toMatchInlineSnapshot(`
      [
        "user0 holds lock mmap_lock 2-8",
        "user0 holds lock for read mmap_lock 12-22…",
        "user0 holds lock for read memory_lock 14-22…",
        "user1 holds lock vma_lock 18-22…",
        "user1 waits lock memory_lock 21-22…",
        "user0 waits lock vma_lock 22-22…",
      ]
    `);
  });
});

describe('values', () => {
  const shown = again(race());

  test('are those of the machine after each step', () => {
    const counter = historyOf(shown, 'zdev->lock');
    expect(counter.initial).toBe('free');
    expect(valueAt(counter, -1)).toBe('free');
    for (const [at, step] of counter.steps.entries()) {
      expect(valueAt(counter, step - 1)).toBe(at === 0 ? 'free' : counter.values[at - 1]);
      expect(valueAt(counter, step)).toBe(counter.values[at]);
    }
    expect(valueAt(counter, STEPS_MAX)).toBe(counter.values.at(-1));
  });

  test('that a step wrote are what its words say', () => {
    let looked = 0;
    shown.recording.steps.forEach(({ text }, at) => {
      const wrote = /^write (?<object>[^=]+) = (?<value>.*)$/.exec(text)?.groups;
      if (wrote === undefined) return;
      const history = shown.histories.find(({ object }) => object === wrote.object);
      if (history === undefined) return;
      looked++;
      expect(valueAt(history, at)).toBe(wrote.value);
    });
    expect(looked).toBeGreaterThan(3);
  });

  test('that never change are left out', () => {
    expect(shown.histories.every(({ steps }) => steps.length > 0)).toBe(true);
    expect(shown.histories.map(({ object }) => object)).not.toContain('nothing');
  });
});

describe('executions without an end', () => {
  test('a livelock is shown up to the end of its first round', () => {
    const { entry, trace: shown } = entryTrace(
      zpciIo,
      'zpci-io/mainline+mutant-spin-reset/no-livelock/86eccee5cfc5.json',
    );
    const { length } = entry.expected.trace;
    expect(shown.recording.outcome).toBe('livelock');
    expect(shown.recording.steps).toHaveLength(length);
    expect(shown.runnable).toHaveLength(length);
    for (const { from, to } of shown.bars) expect(from <= to && to < length).toBe(true);
    for (const { steps } of shown.histories) expect(steps.at(-1)).toBeLessThan(length);
    for (const { to } of shown.edges) expect(to.row).toBeLessThan(length);
  });

  test('one that the step limit cut off breaks its claim all the same', () => {
    const { entry, trace: shown } = entryTrace(
      remoteVm,
      'remote-vm/merged+mutant-retry-forever/fixup-never-uses-freed-mm/8442e564856e.json',
    );
    expect(shown.recording.outcome).toBe('step-limit');
    expect(shown.recording.steps).toHaveLength(STEPS_MAX);
    expect(shown.recording.violations.map(({ property }) => property)).toContain(entry.property);
    for (const { to } of shown.bars) expect(to).toBeLessThan(STEPS_MAX);
  });

  test('fewer steps are shown where fewer are asked for', () => {
    const { model, scenario } = race();
    const shown = trace(model, { ...scenario, schedule: [] }, 5);
    expect(shown.recording.outcome).toBe('step-limit');
    expect(shown.recording.steps).toHaveLength(5);
    expect(shown.bars.every(({ to }) => to < 5)).toBe(true);
  });
});

describe('another state on the same scenario', () => {
  test('goes on by the default rule where the schedule does not fit, and says from where', () => {
    const { scenario } = race();
    const other = trace(stateOf(zpciIo, 'v3'), scenario);
    expect(other.leftScheduleAt).not.toBeNull();
    expect(other.recording.outcome).toBe('finished');
    expect(other.recording.scenario.schedule).toEqual(scenario.schedule!.slice(0, other.leftScheduleAt!));
  });

  test('a schedule that goes on after the last step is cut off there', () => {
    const { model, scenario, steps } = race();
    const whole = steps.map(({ actor }) => actor);
    const shown = trace(model, { ...scenario, schedule: [...whole, 'user0'] });
    expect(shown.leftScheduleAt).toBe(steps.length);
    expect(shown.recording.steps).toEqual(steps);
  });

  test('differs first where a step does, and not at all from itself', () => {
    const one = again(race());
    const other = trace(stateOf(zpciIo, 'v3'), race().scenario);
    const at = divergence(one, other)!;
    expect(divergence(one, one)).toBeNull();
    expect(divergence(other, one)).toBe(at);
    expect(one.recording.steps.slice(0, at).map(({ text }) => text)).toEqual(
      other.recording.steps.slice(0, at).map(({ text }) => text),
    );
    expect(one.recording.steps[at]).not.toEqual(other.recording.steps[at]);
  });

  test('that ends earlier differs where it ends', () => {
    const one = again(race());
    const { model, scenario } = race();
    expect(divergence(one, trace(model, scenario, 7))).toBe(7);
  });
});
