import type { RecordedStep } from '../harness/machine/recorder.ts';
import type { WaitRecord } from '../harness/scenario/recording.ts';
import { beside, type Line, span } from './page.ts';
import { widest, wrap } from './wrap.ts';

/** Who holds what and waits for what, and how that closes to a cycle. */
export function deadlockCycle(
  waiting: readonly WaitRecord[],
  steps: readonly RecordedStep[],
  width: number,
): Line[] {
  if (waiting.length === 0) return [];
  const nameWidth = widest(waiting.map(({ actor }) => actor));
  const lines: Line[] = [[span('deadlock', 'strong')]];
  const cycle = cycleIn(waiting);
  for (const wait of [...cycle, ...waiting.filter((other) => !cycle.includes(other))]) {
    const since = waitsSince(wait, steps);
    const held = wait.holds.length === 0 ? 'holds nothing' : `holds ${wait.holds.join(', ')}`;
    const where = `since step ${since} (${wait.op}, begun at step ${wait.since})`;
    lines.push(...beside(wait.actor, nameWidth, held, width));
    lines.push(...beside('', nameWidth, `waits for ${waitText(wait)}, ${where}`, width));
  }
  lines.push(
    ...closing(cycle, waiting)
      .flatMap((text) => wrap(text, width - 2, 2))
      .map(asNote),
  );
  return lines;
}

function asNote(text: string): Line {
  return [span(`  ${text}`, 'bad')];
}

function waitText({ edge, waitsFor, heldBy }: WaitRecord): string {
  const names = heldBy.join(', ') || 'nobody';
  switch (edge) {
    case 'lock':
      return `lock ${waitsFor}, held by ${names}`;
    case 'event':
      return `event "${waitsFor}", up to ${names}`;
    default:
      return edge satisfies never;
  }
}

/** A thread waits from behind its last step on; the one that it cannot take is not in the record. */
function waitsSince({ actor, since }: WaitRecord, steps: readonly RecordedStep[]): number {
  return Math.max(
    since,
    steps.findLastIndex((step) => step.actor === actor),
  );
}

function closing(cycle: readonly WaitRecord[], waiting: readonly WaitRecord[]): string[] {
  if (cycle.length === 0) {
    return waiting.some(({ edge }) => edge === 'event') ? ['(an event: lockdep cannot see this wait)'] : [];
  }
  const path = cycle.map(({ actor, edge }) => `${actor} -${edge}->`).join(' ');
  const remark = cycle.some(({ edge }) => edge === 'event')
    ? ['(an event edge: lockdep cannot see this cycle)']
    : [];
  return [`cycle: ${path} ${cycle[0]!.actor}`, ...remark];
}

/** The first cycle found when each thread's blockers are followed in order; empty if the waits end at nobody. */
export function cycleIn(waiting: readonly WaitRecord[]): WaitRecord[] {
  const byActor = new Map(waiting.map((wait) => [wait.actor, wait]));
  const finished = new Set<WaitRecord>();
  const path: WaitRecord[] = [];

  function follow(wait: WaitRecord): WaitRecord[] | null {
    if (path.includes(wait)) return path.slice(path.indexOf(wait));
    if (finished.has(wait)) return null;
    path.push(wait);
    for (const name of wait.heldBy) {
      const blocker = byActor.get(name);
      const cycle = blocker === undefined ? null : follow(blocker);
      if (cycle !== null) return cycle;
    }
    path.pop();
    finished.add(wait);
    return null;
  }

  for (const wait of waiting) {
    const cycle = follow(wait);
    if (cycle !== null) return cycle;
  }
  return [];
}
