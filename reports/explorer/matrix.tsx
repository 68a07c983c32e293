import { useMemo } from 'preact/hooks';
import { thousands } from '../count.ts';
import { linkTo } from './address.ts';
import type { ExplorerData, ExplorerState, ExplorerVerdict } from './data.ts';
import { MARKS, WORDS } from './marks.ts';
import { seriesOf, stateOf } from './state-name.tsx';

interface Props {
  readonly name: string;
  readonly data: ExplorerData;
  /** Of all series. */
  readonly states: readonly ExplorerState[];
  readonly only: string;
  readonly words: readonly string[];
}

/** Claims of a series beside its states. */
export function Matrix({ name, data, states, only, words }: Props) {
  const own = useMemo(() => columnsOf(name, data, states), [name, data, states.length]);
  const rows = own.claims.filter((claim) => {
    const cells = own.columns.flatMap(({ verdicts }) => verdicts.get(claim) ?? []);
    if (only === 'violated' && !cells.some(({ verdict }) => verdict === 'violated')) return false;
    if (only === 'undecided' && !cells.some(({ verdict }) => verdict === 'inconclusive')) return false;
    return true;
  });
  // A word may be of a claim or of a state: each narrows what it can.
  const ofStates = words.filter((word) => own.columns.some(({ text }) => text.includes(word)));
  const ofClaims = words.filter((word) => rows.some((claim) => claim.includes(word)));
  if (words.some((word) => !ofStates.includes(word) && !ofClaims.includes(word))) return null;
  const columns = own.columns.filter(({ text }) =>
    ofStates.every((word) => text.includes(word) || ofClaims.includes(word)),
  );
  const shown = rows.filter((claim) =>
    ofClaims.every((word) => claim.includes(word) || ofStates.includes(word)),
  );
  if (shown.length === 0 || columns.length === 0) return null;
  return (
    <section>
      <h2 id={`series-${name}`}>{name}</h2>
      <section class="scroll" aria-labelledby={`series-${name}`}>
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col" class="corner">
                claim
              </th>
              {columns.map(({ state: { model, label, status, about, coverage } }) => (
                <th scope="col" key={model} title={`${about} ${coverage}`}>
                  <a href={linkTo('state', model)}>
                    <b>{stateOf(model)}</b>{' '}
                    <span class={`label ${status.replaceAll(' ', '-')}`}>{label}</span>
                  </a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((claim) => (
              <tr key={claim}>
                <th scope="row">{claim}</th>
                {columns.map(({ state, verdicts, shows }) => {
                  const cell = verdicts.get(claim);
                  return cell === undefined ? (
                    <td key={state.model} />
                  ) : (
                    <Cell key={state.model} cell={cell} state={state} ids={shows.get(claim) ?? []} />
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface Column {
  readonly state: ExplorerState;
  /** What a search looks at. */
  readonly text: string;
  readonly verdicts: ReadonlyMap<string, ExplorerVerdict>;
  /** Ids of counterexamples, by claim. */
  readonly shows: ReadonlyMap<string, readonly string[]>;
}

function columnsOf(
  name: string,
  { counterexamples }: ExplorerData,
  states: readonly ExplorerState[],
): { readonly claims: readonly string[]; readonly columns: readonly Column[] } {
  const columns = states
    .filter(({ model }) => seriesOf(model) === name)
    .map((state): Column => {
      const shows = new Map<string, string[]>();
      for (const { id, model, property } of counterexamples) {
        if (model === state.model) shows.set(property, [...(shows.get(property) ?? []), id]);
      }
      return {
        state,
        text: `${state.model} ${state.label}`.toLowerCase(),
        verdicts: new Map(state.verdicts.map((verdict) => [verdict.property, verdict])),
        shows,
      };
    });
  return { claims: [...new Set(columns.flatMap(({ verdicts }) => [...verdicts.keys()]))], columns };
}

interface CellProps {
  readonly cell: ExplorerVerdict;
  readonly state: ExplorerState;
  readonly ids: readonly string[];
}

function Cell({ cell: { verdict, property, remark, exercised }, state, ids }: CellProps) {
  const { model, label } = state;
  const often = exercised === null ? '' : `, exercised ${thousands(exercised)} times`;
  const shows =
    ids.length === 0 ? '' : `; ${ids.length} ${ids.length === 1 ? 'counterexample' : 'counterexamples'}`;
  const words = `${WORDS[verdict]} on ${model} (${label})${often}${shows}`;
  const mark = <span aria-hidden="true">{MARKS[verdict]}</span>;
  const [id] = ids;
  const title = `${property}: ${words}${remark === '' ? '' : `. ${remark}`}`;
  return (
    <td class={verdict} title={title}>
      {id === undefined ? (
        <>
          {mark}
          <span class="sr">{words}</span>
        </>
      ) : (
        <a
          href={ids.length === 1 ? linkTo('counterexample', id) : linkTo('state', model, { claim: property })}
          aria-label={words}
        >
          {mark}
          {ids.length > 1 ? <sub aria-hidden="true">{ids.length}</sub> : null}
        </a>
      )}
    </td>
  );
}
