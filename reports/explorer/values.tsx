import { type History, type Trace, valueAt } from './trace.ts';
import { visible } from './visible.ts';

interface Props {
  readonly trace: Trace;
  readonly other: { readonly trace: Trace; readonly title: string } | null;
  readonly title: string;
  readonly at: number;
}

/** Shared objects that change, after the present step; what it changed is marked, and what differs on the other state. */
export function Values({ trace: shown, other, title, at }: Props) {
  const objects = [
    ...new Set([shown, other?.trace].flatMap((one) => one?.histories.map(({ object }) => object) ?? [])),
  ];
  if (objects.length === 0) return null;
  const own = byName(shown);
  const others = other === null ? null : byName(other.trace);
  return (
    <section aria-labelledby="values">
      <h2 id="values">Values after step {at}</h2>
      <div class="scroll">
        <table class="values">
          {other === null ? null : (
            <thead>
              <tr>
                <th scope="col">object</th>
                <th scope="col">{title}</th>
                <th scope="col">{other.title}</th>
              </tr>
            </thead>
          )}
          <tbody>
            {objects.map((object) => {
              const [one, two] = [own.get(object), others?.get(object)];
              return (
                <tr key={object}>
                  <th scope="row">{visible(object)}</th>
                  <Value history={one} at={at} />
                  {others === null ? null : <Value history={two} at={at} />}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Value({ history, at }: { readonly history: History | undefined; readonly at: number }) {
  if (history === undefined)
    return (
      <td class="faint">
        <span aria-hidden="true">–</span>
        <span class="sr">never changes</span>
      </td>
    );
  const value = valueAt(history, at);
  const before = valueAt(history, at - 1);
  const isChanged = value !== before;
  return (
    <td class={isChanged ? 'changed' : value === history.initial ? 'faint' : ''}>
      {value === '' ? '–' : visible(value)}
      {isChanged ? <small> was {before === '' ? '–' : visible(before)}</small> : null}
    </td>
  );
}

/** Of two objects with one name the first. */
const byName = ({ histories }: Trace): ReadonlyMap<string, History> =>
  new Map(histories.toReversed().map((history) => [history.object, history]));
