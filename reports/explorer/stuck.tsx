import type { Recording } from '../../harness/scenario/recording.ts';
import { deadlockCycle } from '../deadlock-cycle.ts';
import { visible } from './visible.ts';

/** Who waits for ever, for what and up to whom, before any step is read. */
export function Stuck({ recording }: { readonly recording: Recording }) {
  const { waiting, steps, waitsByDesign } = recording;
  if (waiting.length === 0) return null;
  // The last lines say how it closes to a cycle, and whether lockdep could see it.
  const lines = deadlockCycle(waiting, steps, 2_000).map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trim(),
  );
  const closing = lines.filter((line) => line.startsWith('cycle:') || line.startsWith('('));
  return (
    <section class="stuck" aria-labelledby="stuck">
      <h2 id="stuck">{waitsByDesign ? 'Waits for ever, as the kernel has it' : 'Deadlock'}</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">actor</th>
              <th scope="col">holds</th>
              <th scope="col">waits for ever for</th>
              <th scope="col">up to</th>
              <th scope="col">in</th>
            </tr>
          </thead>
          <tbody>
            {waiting.map(({ actor, op, since, waitsFor, edge, heldBy, holds }) => (
              <tr key={actor}>
                <th scope="row">{visible(actor)}</th>
                <td>{holds.length === 0 ? <span class="faint">nothing</span> : holds.join(', ')}</td>
                <td>
                  <span class="kind">{edge}</span> <b>{waitsFor}</b>
                </td>
                <td>{heldBy.length === 0 ? 'nobody' : heldBy.join(', ')}</td>
                <td class="faint">
                  {op}, begun at step {since}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {closing.map((line) => (
        <p key={line} class="cycle">
          {visible(line.replaceAll(' -', ' –').replaceAll('->', '→'))}
        </p>
      ))}
    </section>
  );
}
