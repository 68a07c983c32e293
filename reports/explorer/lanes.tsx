import { describeReturn } from '../../harness/machine/errno.ts';
import type { Trace } from './trace.ts';

interface Props {
  readonly trace: Trace;
  readonly at: number;
  readonly brokenAt: number | null;
  readonly differsAt: number | null;
  readonly go: (step: number) => void;
}

/** A column for each actor with its steps in order, bars for the locks it holds, and who woke whom. */
export function Lanes({ trace, at, brokenAt, differsAt, go }: Props) {
  const { recording, bars, edges } = trace;
  const { steps, waiting } = recording;
  const actors = [...new Set([...steps, ...waiting].map(({ actor }) => actor))];
  const woken = new Map(edges.map(({ from, to, event }) => [to, { from, event }]));
  return (
    <section class="scroll" aria-label="interleaving">
      <table class="lanes">
        <thead>
          <tr>
            <th scope="col">step</th>
            {actors.map((actor) => (
              <th scope="col" key={actor}>
                {actor}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => {
            const classes = [
              index === at ? 'current' : '',
              index === brokenAt ? 'broken' : '',
              index === differsAt ? 'differs' : '',
            ].join(' ');
            const wake = woken.get(index);
            return (
              <tr
                key={index}
                class={classes}
                aria-current={index === at ? 'step' : undefined}
                onClick={() => go(index)}
              >
                <th scope="row">
                  {index}
                  {index === brokenAt ? <span class="sr"> breaks the claim</span> : null}
                </th>
                {actors.map((actor) => (
                  <td key={actor}>
                    <span class="held" aria-hidden="true">
                      {bars
                        .filter((bar) => bar.actor === actor && bar.from <= index && index <= bar.to)
                        .map(({ lock }) => (
                          <i key={lock} title={`${actor} holds ${lock}`} />
                        ))}
                    </span>
                    {step.actor !== actor ? null : (
                      <>
                        {step.function === steps[index - 1]?.function &&
                        steps[index - 1]?.actor === actor ? null : (
                          <small class="faint">{step.function}</small>
                        )}
                        <span>{step.text}</span>
                        {wake === undefined ? null : (
                          <small class="faint"> (signalled at step {wake.from})</small>
                        )}
                        {step.returns === null ? null : (
                          <b>
                            {step.returns.op}{' '}
                            {step.returns.signal ??
                              (step.returns.ret === null
                                ? 'ends'
                                : `returns ${describeReturn(step.returns.ret)}`)}
                          </b>
                        )}
                      </>
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
          {waiting.map(({ actor, waitsFor }) => (
            <tr key={actor} class="waits">
              <th scope="row">…</th>
              {actors.map((one) => (
                <td key={one}>{one === actor ? <b class="bad">waits for {waitsFor}</b> : null}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
