/** Real recordings that the tests of this folder share. */
import type { Operation, WorldConfig } from '../harness/model/model.ts';
import { type Recording, record } from '../harness/scenario/recording.ts';
import { zpciIo } from '../models/zpci-io/series.ts';

export function recordingOf(
  state: string,
  ops: readonly Operation[],
  schedule: readonly string[] = [],
  world: WorldConfig = {},
): Recording {
  const model = zpciIo.model(state);
  if (model === null) throw new Error(`expected a state of zpci-io, got ${state}`);
  return record(model, { format: 1, model: model.id, world, ops, schedule }, 5000);
}

export function load(actor: string, gaddr: string, len: number): Operation {
  return {
    actor,
    op: 'region_write',
    pos: 16,
    count: 32,
    req: { flags: 1, gaddr, offset: 0, len, pcias: 0 },
  };
}

const powerOff: Operation = { actor: 'admin', op: 'power_off' };

/** user0 has checked its request and holds the lock; user1 overwrites the request and is refused. */
export function race(): Recording {
  const schedule = [...Array<string>(13).fill('user0'), ...Array<string>(9).fill('user1')];
  return recordingOf('v1', [load('user0', '0x10000', 8), load('user1', '0x11000', 4096)], schedule);
}

/** Three actors: admin, and the qemu and guest threads that its power-off starts. */
export function deadlock(): Recording {
  return recordingOf('v1+hp', [powerOff]);
}

/** More actors than columns. */
export function crowdedDeadlock(): Recording {
  const ops = [load('user0', '0x10000', 8), load('user1', '0x11000', 4096), powerOff];
  return recordingOf('v1+hp', ops, ['user0', 'user1']);
}

/** One actor, two operations. */
export function memoryDisabled(): Recording {
  return recordingOf('mainline', [
    { actor: 'user0', op: 'memory_disable' },
    { actor: 'user0', op: 'bar_write', bar: 0, pos: 0, count: 8 },
  ]);
}

/** One uninterrupted run, long enough to be shortened. */
export function longRun(): Recording {
  return recordingOf('v1', [load('user0', '0x10000', 8), load('user1', '0x11000', 4096)]);
}

export function everyRecording(): Recording[] {
  return [race(), deadlock(), crowdedDeadlock(), memoryDisabled(), longRun()];
}

/** The same recording with text in it that tries to take over the terminal. */
export function hostile(recording: Recording): Recording {
  const spoil = (text: string): string => `${text}\u001b[31m\u0000\u0007\n\u202e\u200f\u009b2J\u2028`;
  const { model } = recording;
  return {
    ...recording,
    model: { ...model, state: { ...model.state, about: spoil(model.state.about) } },
    scenario: {
      ...recording.scenario,
      world: { note: spoil('world') },
      ops: recording.scenario.ops.map((op) => ({ ...op, actor: spoil(op.actor), op: spoil(op.op) })),
    },
    calls: recording.calls.map((call) => ({ ...call, actor: spoil(call.actor), op: spoil(call.op) })),
    device: recording.device.map((reached) => ({ ...reached, actor: spoil(reached.actor) })),
    violations: recording.violations.map((violation) => ({
      ...violation,
      kind: spoil(violation.kind),
      message: spoil(violation.message),
      expected: violation.expected.map(spoil),
      actual: violation.actual.map(spoil),
    })),
    waiting: recording.waiting.map((wait) => ({
      ...wait,
      actor: spoil(wait.actor),
      waitsFor: spoil(wait.waitsFor),
      holds: wait.holds.map(spoil),
      heldBy: wait.heldBy.map(spoil),
    })),
    steps: recording.steps.map((step) => ({
      ...step,
      actor: spoil(step.actor),
      function: step.function === null ? null : spoil(step.function),
      text: spoil(step.text),
    })),
  };
}

/** Everything that a terminal obeys rather than shows, but for the line end. */
export const UNPRINTABLE: RegExp = /[\p{Cf}\p{Cs}\u2028\u2029]|(?!\n)\p{Cc}/u;

export function widestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => Array.from(line).length));
}

/** The section that begins with a title, up to the empty line before the next title. */
export function section(text: string, title: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line === title || line.startsWith(`${title} (`));
  if (start < 0) throw new Error(`expected a section "${title}" in:\n${text}`);
  const end = lines.findIndex((line, at) => at > start && /^[a-z-]/.test(line));
  return lines
    .slice(start, end < 0 ? undefined : end)
    .join('\n')
    .trimEnd();
}
