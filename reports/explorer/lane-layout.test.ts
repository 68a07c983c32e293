/** Where steps and bars stand. */
import { describe, expect, test } from 'vitest';
import { crowdedDeadlock, deadlock, everyRecording } from '../recordings.fixture.ts';
import { actorsOf, barTracks, laneLayout, rowsBetween } from './lane-layout.ts';
import { trace } from './trace.ts';

const again = ({ model, scenario }: ReturnType<typeof deadlock>) => trace(model, scenario);
const layoutOf = (recording: ReturnType<typeof deadlock>, columns = 30) => {
  const shown = again(recording);
  return laneLayout(
    shown,
    actorsOf(shown).map(() => columns),
  );
};

describe('rows', () => {
  test('follow each other without gaps, as high as their lines', () => {
    for (const recording of everyRecording()) {
      const { rows, height } = layoutOf(recording);
      let top = 0;
      for (const row of rows) {
        expect(row.top).toBe(top);
        expect(row.height).toBe(Math.max(...[...row.lines.values()].map(({ length }) => length)));
        top += row.height;
      }
      expect(height).toBe(top);
      const endless = recording.waiting.length > 0 ? 1 : 0;
      expect(rows).toHaveLength(recording.steps.length + endless);
    }
  });

  test('have all the words of their steps, each in the lane of its actor', () => {
    const recording = crowdedDeadlock();
    const { rows, actors } = layoutOf(recording, 20);
    recording.steps.forEach(({ actor, text }, at) => {
      const lines = rows[at]!.lines.get(actors.indexOf(actor))!;
      const words = lines.filter(({ kind }) => kind === 'text').map((line) => line.text.trim());
      expect(words.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      expect(rows[at]!.lines.size).toBe(1);
      for (const line of lines) expect(line.text.length).toBeLessThanOrEqual(20);
    });
  });

  test('name a function where an actor comes to it, and not again', () => {
    const { rows } = layoutOf(deadlock());
    const named = rows.flatMap(({ lines }) =>
      [...lines.values()].flat().filter(({ kind }) => kind === 'function'),
    );
    expect(named.map(({ text }) => text)).toEqual([
      'disable_slot',
      'vfio_del_group_dev',
      'vfio_pci_request',
      'vfio_req_notifier_handler',
      'zpci_deconfigure_device',
      'ksys_pwrite64',
      'vfio_pci_zdev_io_rw',
    ]);
  });

  test('between two heights are all that are seen there', () => {
    const { rows, height } = layoutOf(deadlock(), 15);
    for (let from = 0; from < height; from += 3) {
      const to = from + 10;
      const [first, last] = rowsBetween(rows, from, to);
      const seen = rows.flatMap((row, at) => (row.top <= to && row.top + row.height > from ? [at] : []));
      expect([first, last]).toEqual([seen[0], seen.at(-1)]);
    }
    expect(rowsBetween(rows, -50, height + 50)).toEqual([0, rows.length - 1]);
  });
});

test('bars that overlap stand side by side, and as close as they can', () => {
  const shown = again(deadlock());
  const { bars, tracks } = barTracks(shown.bars, actorsOf(shown));
  for (const one of bars) {
    for (const other of bars) {
      if (one === other || one.lane !== other.lane || one.track !== other.track) continue;
      expect(one.to < other.from || other.to < one.from).toBe(true);
    }
  }
  // igate is let go of before the wait for the last reference begins.
  expect(tracks).toEqual([4, 1, 2]);
});
