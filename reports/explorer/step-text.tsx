import { returnsText } from './lane-layout.ts';
import type { Trace } from './trace.ts';
import { visible } from './visible.ts';

/** The present step in words, with who holds and waits for what: what bars and arrows show. Read out as it changes. */
export function StepText({ trace: shown, at }: { readonly trace: Trace; readonly at: number }) {
  const { recording, bars, edges } = shown;
  const step = recording.steps[at];
  if (step === undefined) return null;
  const present = bars.filter(({ from, to }) => from <= at && at <= to);
  const woken = edges.filter(({ to, kind }) => to.row === at && kind !== 'for-ever');
  const wakes = edges.filter(({ from, kind }) => from.row === at && kind !== 'for-ever');
  return (
    <section class="step" aria-live="polite" aria-atomic="true">
      <h2>
        Step {at}: {visible(step.actor)}
      </h2>
      <p>
        {step.function === null ? null : <span class="faint">{step.function}: </span>}
        <code>{visible(step.text)}</code>
        {step.returns === null ? null : <b> {returnsText(step.returns)}</b>}
      </p>
      <ul>
        {present.map(({ kind, actor, object, what, from }) => (
          <li key={`${kind} ${actor} ${object} ${from}`} class={kind === 'waits' ? 'waiting' : ''}>
            {visible(actor)} {kind === 'holds' ? 'holds' : 'waits for'}{' '}
            {what === 'event' ? `“${object}”` : object}
            {what === 'lock for read' ? ' for read' : ''}
          </li>
        ))}
        {woken.map(({ kind, object, from }) => (
          <li key={`from ${kind} ${object}`}>
            {WOKEN[kind]} {from.actor}, at step {from.row}
          </li>
        ))}
        {wakes.map(({ kind, to }) => (
          <li key={`to ${kind} ${to.actor} ${to.row}`}>
            {WAKES[kind]} {to.actor}, at step {to.row}
          </li>
        ))}
      </ul>
    </section>
  );
}

const WOKEN = {
  event: 'its wait was ended by',
  lock: 'the lock was left by',
  start: 'started by',
  'for-ever': 'waits for',
} as const;
const WAKES = {
  event: 'ends the wait of',
  lock: 'leaves the lock to',
  start: 'starts',
  'for-ever': 'is waited for by',
} as const;
