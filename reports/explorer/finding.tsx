import type { ViolationRecord } from '../../harness/scenario/recording.ts';
import { findingDiff } from '../finding-diff.ts';
import { visible } from './visible.ts';

/** No line of it is broken: the page scrolls it. */
const WIDTH = 2_000;

/** What the claim expects against what the state did, as a unified diff. */
export function Finding({
  violation,
  state,
}: {
  readonly violation: ViolationRecord;
  readonly state: string;
}) {
  return (
    <section class="finding" aria-label="expected and found">
      <pre>
        {findingDiff(violation, state, WIDTH).map((line, at) => (
          <div key={at} class={line[0]?.style ?? 'plain'}>
            {visible(line.map(({ text }) => text).join('')) || ' '}
          </div>
        ))}
      </pre>
    </section>
  );
}
