import type { Trace } from './trace.ts';
import { visible } from './visible.ts';

interface Props {
  readonly trace: Trace;
  readonly at: number;
  readonly choose: (actor: string) => void;
}

/** Who else could have taken the present step. */
export function WhatIf({ trace: { runnable, recording }, at, choose }: Props) {
  const taken = recording.steps[at]?.actor;
  if (taken === undefined) return null;
  const others = (runnable[at] ?? []).filter((actor) => actor !== taken);
  return (
    <section aria-labelledby="what-if">
      <h2 id="what-if">What if</h2>
      {others.length === 0 ? (
        <p class="faint">Nobody else could have taken step {at}.</p>
      ) : (
        <p class="whatif">
          {others.map((actor) => (
            <button type="button" key={actor} onClick={() => choose(actor)}>
              {visible(actor)}
            </button>
          ))}{' '}
          had taken step {at}?
        </p>
      )}
    </section>
  );
}
