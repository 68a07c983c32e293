/**
 * Deadlocks in the words of the kernel's own reports: a cycle of locks as lockdep prints it (kernel/locking/lockdep.c),
 * one that an event is part of, which lockdep cannot see, as the hung task detector does (kernel/hung_task.c). The first
 * line says that no kernel ran.
 */
import type { LockOrderSummary } from '../../harness/campaign/result.ts';
import type { PredictedDeadlock } from '../../harness/machine/lock-order-cycles.ts';
import type { RecordedStep } from '../../harness/machine/recorder.ts';
import type { Model } from '../../harness/model/model.ts';
import type { Recording, WaitRecord } from '../../harness/scenario/recording.ts';
import { count } from '../count.ts';
import { cycleIn } from '../deadlock-cycle.ts';
import { type HeldLock, heldLocks } from '../held-locks.ts';
import { lockdepLines, predictedLines } from '../lock-order.ts';
import { BLANK, type Line, paragraph, printPage, span } from '../page.ts';
import { reproduceLine } from '../reproduce-line.ts';
import { stateName } from '../state-name.ts';
import { widest } from '../wrap.ts';
import { coverageLine, type SuiteReport } from './suite.ts';

const WIDTH = 75;

/** What a recording ends in; empty where nobody waits. */
export function splat({ model, waiting, steps }: Recording, reproduce: string): string {
  if (waiting.length === 0) return '';
  const locks = heldLocks(steps);
  const cycle = cycleIn(waiting);
  const isLockdeps = cycle.length > 0 && cycle.every(({ edge }) => edge === 'lock');
  return page(
    ...text(`zpci-fuzz: from a model, ${stateName(model)}; no kernel ran and nothing was hung.`),
    BLANK,
    ...(isLockdeps ? [...lockdep(cycle, steps, locks, stateName(model)), BLANK] : hungTasks(waiting, locks)),
    ...(isLockdeps ? [...waiting.flatMap((wait) => heldLines(wait, locks)), BLANK] : []),
    ...(!isLockdeps && waiting.some(({ edge }) => edge === 'event')
      ? [...text('One of the waits is for an event: lockdep could not have seen this.'), BLANK]
      : []),
    ...reproduceLine(reproduce, WIDTH),
  );
}

/** The cycles that the order of locks predicts for a state, one splat after the other; empty where it predicts none. */
export function predictedSplat(
  model: Model,
  lockOrder: Pick<LockOrderSummary, 'predicted'>,
  reproduce: string,
): string {
  return predictedLines(lockOrder, stateName(model), WIDTH)
    .map((lines) =>
      page(
        ...text(`zpci-fuzz: from a model, ${stateName(model)}; no kernel ran.`),
        ...lines,
        BLANK,
        ...reproduceLine(reproduce, WIDTH),
      ),
    )
    .join('\n');
}

/** Every deadlock of a run once, whichever claims it breaks, then what is predicted; one line where there is nothing. */
export function splatReport({ suites, incomplete }: SuiteReport): string {
  const shown = new Set<string>();
  const parts = suites.flatMap(({ model, cases, predicted, reproduce }) => [
    ...cases
      .flatMap(({ failures }) => failures)
      .filter(({ recording: { waiting } }) => {
        const what = JSON.stringify([model.id, waiting.map(({ since: _, ...wait }) => wait)]);
        return waiting.length > 0 && !shown.has(what) && shown.add(what);
      })
      .map((failure) => splat(failure.recording, failure.reproduce)),
    ...(predicted.length === 0 ? [] : [predictedSplat(model, { predicted }, reproduce)]),
  ]);
  const states = suites.map(({ model }) => stateName(model)).join(', ');
  const unshown = suites.reduce((sum, { coverage }) => sum + coverage.deadlocks, 0);
  return [
    ...(parts.length > 0
      ? parts
      : [
          page(
            ...text(`zpci-fuzz: from a model (${states}); no kernel ran.`),
            ...text(
              unshown === 0
                ? 'No deadlock was found, and the order of locks predicts none.'
                : `${count(unshown, 'execution')} ended in a deadlock, of which no counterexample is kept here.`,
            ),
          ),
        ]),
    ...suites.flatMap((suite) =>
      suite.stopped === null ? [] : [page(...text(`${stateName(suite.model)}: ${coverageLine(suite)}.`))],
    ),
    ...(incomplete === null ? [] : [page(...text(`zpci-fuzz: ${incomplete}`))]),
  ].join('\n');
}

function lockdep(
  cycle: readonly WaitRecord[],
  steps: readonly RecordedStep[],
  locks: readonly HeldLock[],
  state: string,
): Line[] {
  const [only] = cycle;
  if (cycle.length === 1) return recursive(only!, locks, state);
  return lockdepLines(asCycle(cycle, steps, locks), state, WIDTH);
}

/** Each holds what the one before it in the list waits for, and so the first what the last waits for. */
function asCycle(
  cycle: readonly WaitRecord[],
  steps: readonly RecordedStep[],
  locks: readonly HeldLock[],
): PredictedDeadlock {
  const before = (at: number): WaitRecord => cycle.at(at - 1)!;
  const useOf = (actor: string, lock: string) => ({
    lock,
    shared: locks.findLast((held) => held.actor === actor && held.lock === lock)?.shared === true,
  });
  return {
    locks: cycle.map((_, at) => before(at).waitsFor),
    threads: cycle.map(({ actor, op, waitsFor, holds }, at) => ({
      actor,
      operation: op,
      held: useOf(actor, before(at).waitsFor),
      asks: { lock: waitsFor, shared: isQueuedReader(actor, waitsFor, steps) },
      holds: holds.map((lock) => useOf(actor, lock)),
    })),
    writers: [],
  };
}

const isQueuedReader = (actor: string, lock: string, steps: readonly RecordedStep[]): boolean =>
  steps.findLast((step) => step.actor === actor)?.text === `lock ${lock} for read (queued)`;

/** A task that waits for itself. */
function recursive(wait: WaitRecord, locks: readonly HeldLock[], state: string): Line[] {
  const { waitsFor } = wait;
  const frame = '='.repeat('WARNING: possible recursive locking detected'.length);
  return [
    [span(frame)],
    ...text('WARNING: possible recursive locking detected'),
    ...text(state),
    [span(frame.replaceAll('=', '-'))],
    ...text(`${taskOf(wait)} is trying to acquire lock:`),
    ...text(` (${waitsFor})`),
    BLANK,
    ...text('but task is already holding lock:'),
    ...text(` (${waitsFor})${placeOf(wait, waitsFor, locks)}`),
    BLANK,
    ...text('possible unsafe locking scenario:'),
    BLANK,
    ...['CPU0', '----', `lock(${waitsFor});`, `lock(${waitsFor});`].flatMap((line) => text(`       ${line}`)),
    BLANK,
    [span(' *** DEADLOCK ***')],
  ];
}

function hungTasks(waiting: readonly WaitRecord[], locks: readonly HeldLock[]): Line[] {
  return [
    ...waiting.flatMap((wait) => {
      const { waitsFor, edge, heldBy } = wait;
      const names = heldBy.length === 0 ? 'nobody' : heldBy.join(', ');
      return [
        ...text(`INFO: task ${taskOf(wait)} blocked for ever.`),
        ...text(
          edge === 'lock'
            ? `  is trying to acquire lock: ${waitsFor}, held by ${names}`
            : `  waits for an event: ${waitsFor}, up to ${names}`,
        ),
        ...heldLines(wait, locks),
        BLANK,
      ];
    }),
    ...scenario(waiting, locks),
    BLANK,
    [span(' *** DEADLOCK ***')],
    BLANK,
  ];
}

/** Who took what in which order, and what each waits for then: in columns where nothing has to be cut off for that. */
function scenario(waiting: readonly WaitRecord[], locks: readonly HeldLock[]): Line[] {
  const taken = locks
    .filter(({ actor, lock }) => waiting.some((wait) => wait.actor === actor && wait.holds.includes(lock)))
    .filter(
      (held) => held === locks.findLast(({ actor, lock }) => actor === held.actor && lock === held.lock),
    )
    .sort((a, b) => a.from - b.from)
    .map(({ actor, lock, shared }) => ({ actor, said: `${shared ? 'rlock' : 'lock'}(${lock});` }));
  const asked = waiting.map(({ actor, waitsFor, edge }) => ({
    actor,
    said: edge === 'lock' ? `lock(${waitsFor});` : `wait for ${waitsFor};`,
  }));
  const rows = [...taken, ...asked];
  const actors = waiting.map(({ actor }) => actor);
  const widths = actors.map((actor) =>
    widest([`${actor}  `, ...rows.filter((row) => row.actor === actor).map(({ said }) => `${said}  `)]),
  );
  const offsets = widths.map((_, at) => widths.slice(0, at).reduce((sum, width) => sum + width, 2));
  if (offsets.at(-1)! + widths.at(-1)! > WIDTH)
    return rows.flatMap(({ actor, said }) => text(`  ${actor}: ${said}`));
  return [
    [span(`  ${actors.map((actor, at) => actor.padEnd(widths[at]!)).join('')}`)],
    [span(`  ${widths.map((width) => '----'.padEnd(width)).join('')}`)],
    ...rows.map(({ actor, said }): Line => [span(' '.repeat(offsets[actors.indexOf(actor)]!) + said)]),
  ];
}

function heldLines(wait: WaitRecord, locks: readonly HeldLock[]): Line[] {
  const { actor, holds } = wait;
  if (holds.length === 0) return text(`no locks held by ${actor}.`);
  return [
    ...text(`${count(holds.length, 'lock')} held by ${actor}:`),
    ...holds.flatMap((lock, at) => text(` #${at}: ${lock}${placeOf(wait, lock, locks)}`)),
  ];
}

/** The function that took it last. */
function placeOf({ actor }: WaitRecord, lock: string, locks: readonly HeldLock[]): string {
  const place = locks.findLast((held) => held.actor === actor && held.lock === lock)?.function;
  return place == null ? '' : `, at: ${place}`;
}

const taskOf = ({ actor, op }: WaitRecord): string => (op === actor ? actor : `${actor} (${op})`);

/** Indented as the text is, and further where it goes on. */
function text(raw: string): Line[] {
  const indent = /^ */.exec(raw)![0];
  return paragraph(raw.trimStart(), WIDTH - indent.length, 'plain', 4).map((line) => [span(indent), ...line]);
}

const page = (...lines: readonly Line[]): string => printPage(lines, { color: false, width: WIDTH });
