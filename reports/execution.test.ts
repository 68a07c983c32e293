import { describe, expect, it } from 'vitest';
import { renderExecution } from './execution.ts';
import {
  deadlock,
  everyRecording,
  hostile,
  load,
  longRun,
  race,
  recordingOf,
  section,
  UNPRINTABLE,
  widestLine,
} from './recordings.fixture.ts';

const options = { color: false, width: 80 };

describe('renderExecution', () => {
  it('begins with the labelled state and the outcome', () => {
    expect(renderExecution(race(), options).split('\n')[0]).toBe(
      'zpci-io/v1 (posted 2021-01-19): finished after 34 steps',
    );
    expect(renderExecution(deadlock(), options).split('\n')[0]).toBe(
      'zpci-io/v1+hp (inferred 2021-01-20): deadlock after 27 steps',
    );
  });

  it('shows calls in the order of their returns, and what reached the device', () => {
    const text = renderExecution(race(), options);
    expect(section(text, 'calls')).toBe(
      'calls\n  user1  region_write  returned -5 (-EIO)\n  user0  region_write  returned 32',
    );
    expect(section(text, 'device')).toBe('device\n  user0  insn=pcilg pcias=0 offset=0 len=4096');
  });

  it('says so when a call never returned and nothing reached the device', () => {
    const text = renderExecution(deadlock(), options);
    expect(section(text, 'calls')).toBe('calls\n  admin  power_off  never returned');
    expect(section(text, 'device')).toBe('device\n  nothing reached the device');
    expect(section(text, 'deadlock')).toContain('cycle: admin -event-> guest -lock-> admin');
  });

  it('lists violations with their claims', () => {
    const text = section(renderExecution(race(), options), 'violations');
    expect(text).toContain('  request-executes-as-validated: load-longer-than-8, at step 30\n');
    expect(text).toContain('    claim  every executed request passed all checks');
  });

  it('says how many claims an execution without violation was held against', () => {
    const recording = recordingOf('v2', [load('user0', '0x10000', 4097)]);
    expect(recording.violations).toEqual([]);
    const { model, exercised } = recording;
    expect(exercised.length).toBeLessThan(model.properties.length);
    expect(renderExecution(recording, { color: false, width: 120 })).toContain(
      `no violation: ${model.properties.length} claims checked, ${exercised.length} of them exercised by this execution\n`,
    );
  });

  it('leaves no step out', () => {
    const recording = longRun();
    const numbered = section(renderExecution(recording, options), 'interleaving').match(/^[ >][ \d]\d /gm);
    expect(numbered).toHaveLength(recording.steps.length);
  });

  it('explains a stale schedule', () => {
    const recording = recordingOf('v1', [load('user0', '0x10000', 8)], ['user0', 'admin']);
    const text = renderExecution(recording, options).replace(/\n {2}/g, ' ');
    expect(text).toContain(': stale: step 1 expected admin, which cannot run there; could run: user0\n');
    expect(text).not.toContain('no violation');
  });

  it('exceeds no width and prints nothing that a terminal obeys', () => {
    for (const recording of everyRecording()) {
      for (const width of [24, 60, 80, 120]) {
        expect(widestLine(renderExecution(recording, { color: false, width }))).toBeLessThanOrEqual(width);
        expect(renderExecution(hostile(recording), { color: false, width })).not.toMatch(UNPRINTABLE);
      }
    }
  });

  it('lays out an execution longer than an argument list may be', () => {
    const recording = race();
    const steps = Array.from({ length: 150_000 }, (_, at) => recording.steps[at % recording.steps.length]!);
    const lines = renderExecution({ ...recording, steps }, options).split('\n');
    expect(lines.length).toBeGreaterThan(150_000);
  }, 30_000);
});
