import { describeEnd } from '../../harness/machine/errno.ts';
import { recordText } from '../operation-text.ts';
import type { Trace } from './trace.ts';
import { visible } from './visible.ts';

/** How it ends, as user space and the device see it. */
export function Ends({
  traces,
}: {
  readonly traces: readonly { readonly trace: Trace; readonly title: string }[];
}) {
  return (
    <section aria-labelledby="ends">
      <h2 id="ends">How it ends</h2>
      <div class="panes">
        {traces.map(({ trace, title }) => (
          <pre key={title} class="pane">
            {endLines(trace, title).map(visible).join('\n')}
          </pre>
        ))}
      </div>
    </section>
  );
}

function endLines({ recording }: Trace, title: string): string[] {
  const { outcome, steps, calls, device, seen, violations } = recording;
  return [
    `${title}: ${outcome} after ${steps.length} steps`,
    ...calls.map((call) => `${call.actor} ${call.op} ${describeEnd(call)}`),
    ...device.map(({ actor, ...fields }) => `device ${actor} ${recordText(fields)}`),
    ...seen.map(({ actor, ...fields }) => `${actor} sees ${recordText(fields)}`),
    ...violations.map(({ property, kind, step }) => `breaks ${property}: ${kind}, at step ${step}`),
  ];
}
