import type { RecordedStep } from '../harness/machine/recorder.ts';

/** A row of an interleaving: a step, or steps that were left out. */
export type Row =
  | { readonly kind: 'step'; readonly index: number; readonly step: RecordedStep }
  | {
      readonly kind: 'left-out';
      readonly steps: number;
      readonly allReads: boolean;
      /** Whose steps they were; null for steps of anybody after the violation. */
      readonly actor: string | null;
    };

/** Runs up to this long are shown in full: they fit a screen with their context. */
const RUN_IN_FULL_MAX = 14;
/** Of a run that stays long when its uninformative reads are gone, this many steps of each end are shown. */
const RUN_END_STEPS = 14;

export function everyStep(steps: readonly RecordedStep[]): Row[] {
  return steps.map((step, index) => ({ kind: 'step', index, step }));
}

/**
 * The steps that a reader needs to follow how step `violatedAt` came about. Left out are, in long runs of one actor,
 * reads that could not have seen anything new, and after the violation all but the returns.
 */
export function shownSteps(steps: readonly RecordedStep[], violatedAt: number): Row[] {
  const shown = steps.map((step, index) => index <= violatedAt || step.returns !== null);
  for (const [start, end] of runs(steps, violatedAt)) {
    if (end - start > RUN_IN_FULL_MAX) shortenRun(steps, shown, start, end, violatedAt);
  }

  const rows: Row[] = [];
  for (let index = 0; index < steps.length; ) {
    let end = index;
    const after = index > violatedAt;
    while (end < steps.length && !shown[end] && (after || continues(steps, index, end, violatedAt))) end++;
    if (end - index > 1) {
      const allReads = steps.slice(index, end).every(isRead);
      const actor = after ? null : steps[index]!.actor;
      rows.push({ kind: 'left-out', steps: end - index, allReads, actor });
      index = end;
    } else {
      // A line saying that one line was left out saves nothing.
      rows.push({ kind: 'step', index, step: steps[index]! });
      index++;
    }
  }
  return rows;
}

function continues(steps: readonly RecordedStep[], start: number, at: number, violatedAt: number): boolean {
  return at <= violatedAt && steps[at]!.actor === steps[start]!.actor;
}

/** Uninterrupted stretches of one actor up to the violation, as [first, behind the last]. */
function runs(steps: readonly RecordedStep[], violatedAt: number): [number, number][] {
  const found: [number, number][] = [];
  for (let start = 0; start <= violatedAt && start < steps.length; ) {
    let end = start + 1;
    while (end < steps.length && continues(steps, start, end, violatedAt)) end++;
    found.push([start, end]);
    start = end;
  }
  return found;
}

/**
 * Nobody else runs during a run, so that of all accesses to one object the first says what the actor found and the
 * last what it went on with; reads between them see what is known.
 */
function shortenRun(
  steps: readonly RecordedStep[],
  shown: boolean[],
  start: number,
  end: number,
  violatedAt: number,
): void {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  for (let at = start; at < end; at++) {
    const object = objectOf(steps[at]!.text);
    if (!first.has(object)) first.set(object, at);
    last.set(object, at);
  }
  const kept: number[] = [];
  for (let at = start; at < end; at++) {
    const { text, returns } = steps[at]!;
    const object = objectOf(text);
    const known = isRead(steps[at]!) && first.get(object) !== at && last.get(object) !== at;
    if (known && returns === null && at !== violatedAt) shown[at] = false;
    else kept.push(at);
  }
  if (kept.length <= 2 * RUN_END_STEPS) return;
  for (const at of kept.slice(RUN_END_STEPS, -RUN_END_STEPS)) if (at !== violatedAt) shown[at] = false;
}

function isRead({ text }: RecordedStep): boolean {
  return text.startsWith('read ');
}

/** `read req.gaddr = 0x0` and `write req.gaddr = 0x8` are about one object. */
function objectOf(text: string): string {
  return text.replace(/^(read|write) /, '').replace(/( = |: ).*$/, '');
}
