import type { LockOrderSummary } from '../harness/campaign/result.ts';
import type { PredictedDeadlock } from '../harness/machine/lock-order-cycles.ts';
import { count, thousands } from './count.ts';
import { type Line, paragraph, span } from './page.ts';
import { cut, wrap } from './wrap.ts';

type Use = LockOrderSummary['asks'][number]['asks'];
type Wait = PredictedDeadlock['threads'][number];

/** Columns of lockdep's frame, and those that a mail leaves. */
const FRAME = 54;
const WIDTH_MAX = 75;

/** What the order of locks came to, in a few words. */
export function lockOrderText({ locks, asks, closed, predicted }: LockOrderSummary): string {
  const orders = new Set(asks.flatMap((ask) => ask.holds.map(({ lock }) => `${lock}\n${ask.asks.lock}`)));
  return [
    count(locks.length, 'lock'),
    `nested in ${count(orders.size, 'order')}`,
    ...(closed.length + predicted.length === 0 ? ['no cycle'] : []),
    ...(closed.length === 0 ? [] : [`${count(closed.length, 'cycle')} that deadlocked`]),
    ...(predicted.length === 0 ? [] : [`${count(predicted.length, 'deadlock')} predicted, see below`]),
  ].join(', ');
}

/**
 * Each predicted deadlock in the words and the layout of lockdep (kernel/locking/lockdep.c), which its readers know.
 * It says first that nothing of the kind happened: a prediction is for a person to look at. It makes no verdict and
 * no exit code.
 */
export function predictedLines(
  { predicted }: Pick<LockOrderSummary, 'predicted'>,
  state: string,
  width: number,
): Line[][] {
  const columns = Math.min(width, WIDTH_MAX);
  return predicted.map((cycle) => [
    ...paragraph(
      'predicted by the order of locks in this model; no execution that was explored closed it',
      columns,
      'unsure',
    ),
    ...lockdepLines(cycle, state, columns),
  ]);
}

/** A cycle of locks as lockdep frames it, whether an execution closed it or not. */
export function lockdepLines(cycle: PredictedDeadlock, state: string, width: number): Line[] {
  const { threads, writers } = cycle;
  const frame = Math.min(FRAME, width);
  const last = threads.at(-1)!;
  const plain = (text: string): Line[] => paragraph(text, width);
  return [
    [span('='.repeat(frame))],
    ...paragraph('WARNING: possible circular locking dependency detected', width, 'strong'),
    ...plain(state),
    [span('-'.repeat(frame))],
    ...plain(`${who(last)} is trying to acquire lock:`),
    ...plain(` (${useText(last.asks)})`),
    [],
    ...plain('but task is already holding lock:'),
    ...last.holds.flatMap((use) => plain(` (${useText(use)})`)),
    [],
    ...plain('the existing dependency chain (in reverse order) is:'),
    ...chain(threads, width),
    ...writers.flatMap(({ lock, actor, operation }) =>
      plain(`and readers of ${lock} wait behind a writer: ${actor} (${operation})`),
    ),
    [],
    ...plain('possible unsafe locking scenario:'),
    [],
    ...scenario(cycle, width),
    [],
    [span(' *** DEADLOCK ***', 'unsure')],
  ];
}

const who = ({ actor, operation }: Pick<Wait, 'actor' | 'operation'>): string =>
  operation === actor ? actor : `${actor} (${operation})`;

const useText = ({ lock, shared }: Use): string => (shared ? `${lock}, for reading` : lock);

/** Who took each lock with which one held; the first is the request above. */
function chain(threads: readonly Wait[], width: number): Line[] {
  return [...threads].reverse().flatMap((thread, at) => {
    const number = threads.length - 1 - at;
    const holds = thread.holds.map(useText).join('; ');
    return [
      ...wrap(`-> #${number} (${useText(thread.asks)}):`, width, 7).map((text) => [span(text)]),
      ...wrap(`       ${who(thread)} asks for it, holding: ${holds}`, width, 9).map((text) => [span(text)]),
    ];
  });
}

/** A column for each thread: everybody has its lock, writers queue, everybody asks for the next lock. */
function scenario({ threads, writers }: PredictedDeadlock, width: number): Line[] {
  const columns = threads.length + writers.length;
  const room = Math.max(8, Math.floor((width - 7) / columns));
  const at = (column: number, text: string): Line => [
    span(`       ${' '.repeat(column * room)}${cut(text, room - 1)}`),
  ];
  const row = (text: (column: number) => string): Line => [
    span(`       ${Array.from({ length: columns }, (_, column) => text(column).padEnd(room)).join('')}`),
  ];
  return [
    row((column) => `CPU${thousands(column)}`),
    row(() => '----'),
    ...threads.map((thread, column) => at(column, taking(thread.held))),
    ...writers.map(({ lock }, index) => at(threads.length + index, taking({ lock, shared: false }))),
    ...threads.map((thread, column) => at(column, taking(thread.asks))),
  ];
}

const taking = ({ lock, shared }: Use): string => `${shared ? 'rlock' : 'lock'}(${lock});`;
