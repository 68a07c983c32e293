import { describeEnd } from '../harness/machine/errno.ts';
import type { Recording } from '../harness/scenario/recording.ts';
import { count } from './count.ts';
import { deadlockCycle } from './deadlock-cycle.ts';
import { interleaving } from './interleaving.ts';
import { recordText } from './operation-text.ts';
import {
  beside,
  type Line,
  labelled,
  type PageOptions,
  paragraph,
  printPage,
  sections,
  span,
  titled,
} from './page.ts';
import { plain } from './plain.ts';
import { everyStep } from './shown-steps.ts';
import { stateName } from './state-name.ts';
import { widest, wrap } from './wrap.ts';

/** One execution, whatever came of it: what `exec` prints. Nothing is left out. */
export function renderExecution(recording: Recording, options: PageOptions): string {
  const { model, steps, waiting, violations } = recording;
  const { width } = options;
  const markedAt = violations.length === 0 ? null : Math.min(violations[0]!.step, steps.length - 1);
  return printPage(
    sections(
      [
        ...paragraph(`${stateName(model)}: ${outcomeText(recording)}`, width, 'strong'),
        ...paragraph(model.state.about, width, 'plain', 0),
      ],
      titled('calls', callLines(recording, width)),
      titled('device', deviceLines(recording, width)),
      seenLines(recording, width),
      violationLines(recording, width),
      deadlockCycle(waiting, steps, width),
      titled('interleaving', interleaving(everyStep(steps), waiting, markedAt, width)),
    ),
    options,
  );
}

function outcomeText({ outcome, stale, steps, waitsByDesign }: Recording): string {
  switch (outcome) {
    case 'finished':
      return `finished after ${count(steps.length, 'step')}`;
    case 'deadlock':
      return `${waitsByDesign ? 'waits for ever, as the kernel has it,' : 'deadlock'} after ${count(steps.length, 'step')}`;
    case 'livelock':
      return `livelock: goes round for ever, shown up to the end of its first round (${count(steps.length, 'step')})`;
    case 'step-limit':
      return `stopped at the step limit, after ${count(steps.length, 'step')}`;
    case 'stale':
      return stale === null
        ? 'stale: the schedule does not fit'
        : `stale: step ${stale.step} expected ${stale.expected}, which cannot run there; could run: ${stale.runnable.join(', ')}`;
    default:
      return outcome satisfies never;
  }
}

function callLines({ calls }: Recording, width: number): Line[] {
  const nameWidth = widest(calls.map(({ actor }) => actor));
  const opWidth = widest(calls.map(({ op }) => op));
  return calls.flatMap((call) =>
    beside(call.actor, nameWidth, `${plain(call.op).padEnd(opWidth)}  ${describeEnd(call)}`, width),
  );
}

function deviceLines({ device }: Recording, width: number): Line[] {
  if (device.length === 0) return [[span('  nothing reached the device', 'faint')]];
  const nameWidth = widest(device.map(({ actor }) => actor));
  return device.flatMap(({ actor, ...fields }) => beside(actor, nameWidth, recordText(fields), width));
}

function seenLines({ seen }: Recording, width: number): Line[] {
  if (seen.length === 0) return [];
  const nameWidth = widest(seen.map(({ actor }) => actor));
  return titled(
    'seen by user space',
    seen.flatMap(({ actor, ...fields }) => beside(actor, nameWidth, recordText(fields), width)),
  );
}

function violationLines({ model, violations, exercised, outcome }: Recording, width: number): Line[] {
  // A stale schedule ends nowhere that means anything, and no claim was judged.
  if (outcome === 'stale') return [];
  if (violations.length === 0) {
    const text = `no violation: ${count(model.properties.length, 'claim')} checked, ${exercised.length} of them exercised by this execution`;
    return paragraph(text, width, 'good');
  }
  const lines: Line[] = [[span('violations', 'strong')]];
  for (const { property, kind, step, message } of violations) {
    const claim = model.properties.find(({ id }) => id === property)?.claim;
    lines.push(
      ...wrap(`${property}: ${kind}, at step ${step}`, width - 2, 2).map((line) => [
        span(`  ${line}`, 'bad'),
      ]),
      ...labelled('    found  ', 11, message, width),
      ...(claim === undefined ? [] : labelled('    claim  ', 11, claim, width)),
    );
  }
  return lines;
}
