import { useMemo } from 'preact/hooks';
import type { ExplorerCounterexample, ExplorerData, ExplorerState, ExplorerVerdict } from './data.ts';

const MARKS = { holds: '.', violated: 'x', inconclusive: '?' } as const;

interface Props {
  readonly data: ExplorerData;
  readonly parameters: ReadonlyMap<string, string>;
  readonly change: (parameters: Readonly<Record<string, string>>) => void;
}

/** Series by series: states beside claims, and the counterexamples behind each `x`. */
export function Overview({ data, parameters, change }: Props) {
  const query = parameters.get('q') ?? '';
  const only = parameters.get('only') ?? '';
  const shown = useMemo(
    () => data.counterexamples.filter((one) => matches(one, query)),
    [data.counterexamples, query],
  );
  const series = [...new Set(data.states.map(({ model }) => seriesOf(model)))];
  return (
    <>
      <search class="filters">
        <label>
          search{' '}
          <input
            type="search"
            value={query}
            placeholder="state, claim, operation"
            onInput={({ currentTarget: { value } }) => change({ q: value })}
          />
        </label>
        <label>
          claims{' '}
          <select value={only} onChange={({ currentTarget: { value } }) => change({ only: value })}>
            <option value="">all</option>
            <option value="violated">broken somewhere</option>
            <option value="remarked">with a remark</option>
          </select>
        </label>
      </search>
      {series.map((name) => (
        <Matrix
          key={name}
          name={name}
          states={data.states.filter(({ model }) => seriesOf(model) === name)}
          counterexamples={data.counterexamples}
          only={only}
          query={query}
        />
      ))}
      <h2>Counterexamples ({shown.length})</h2>
      <ul class="list">
        {shown.map((one) => (
          <li key={one.id}>
            <a href={`#/c/${encodeURIComponent(one.id)}`}>
              {one.model}: {one.property}
            </a>{' '}
            <span class="faint">
              {one.kind}, {one.scenario.ops.length} operations
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

export const seriesOf = (model: string): string => model.slice(0, model.indexOf('/'));
const stateOf = (model: string): string => model.slice(model.indexOf('/') + 1);

function matches({ model, property, kind, scenario }: ExplorerCounterexample, query: string): boolean {
  const text = [model, property, kind, ...scenario.ops.map(({ op, actor }) => `${actor} ${op}`)].join(' ');
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}

interface MatrixProps {
  readonly name: string;
  readonly states: readonly ExplorerState[];
  readonly counterexamples: readonly ExplorerCounterexample[];
  readonly only: string;
  readonly query: string;
}

function Matrix({ name, states, counterexamples, only, query }: MatrixProps) {
  const ids = [...new Set(states.flatMap(({ verdicts }) => verdicts.map(({ property }) => property)))];
  const cells = (id: string) =>
    states.map(({ verdicts }) => verdicts.find(({ property }) => property === id));
  const rows = ids.filter((id) => {
    const all = cells(id);
    if (only === 'violated' && !all.some((cell) => cell?.verdict === 'violated')) return false;
    if (only === 'remarked' && !all.some((cell) => (cell?.remark ?? '') !== '')) return false;
    return (
      query === '' ||
      id.includes(query.toLowerCase()) ||
      states.some(({ model }) => model.includes(query.toLowerCase()))
    );
  });
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{name}</h2>
      <section class="scroll" aria-label={`verdicts of ${name}`}>
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">claim</th>
              {states.map(({ model, label, about, coverage }) => (
                <th scope="col" key={model} title={`${label}. ${about} Covered: ${coverage}`}>
                  <div>
                    {stateOf(model)}
                    <small class="faint">{label}</small>
                  </div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((id) => (
              <tr key={id}>
                <th scope="row">{id}</th>
                {cells(id).map((cell, at) => (
                  <td key={states[at]!.model} class={cell?.verdict ?? 'none'}>
                    {cell === undefined ? null : (
                      <Cell
                        cell={cell}
                        state={states[at]!}
                        shows={counterexamples.find(
                          ({ model, property }) => model === states[at]!.model && property === id,
                        )}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface CellProps {
  readonly cell: ExplorerVerdict;
  readonly state: ExplorerState;
  readonly shows: ExplorerCounterexample | undefined;
}

function Cell({ cell: { verdict, property, remark, exercised }, state, shows }: CellProps) {
  const words = `${state.model} (${state.label}): ${property} ${verdict}${exercised > 0 ? `, exercised ${exercised} times` : ''}${remark === '' ? '' : `. ${remark}`}`;
  const mark = <span aria-hidden="true">{MARKS[verdict]}</span>;
  return shows === undefined ? (
    <span title={words} role="img" aria-label={words}>
      {mark}
    </span>
  ) : (
    <a href={`#/c/${encodeURIComponent(shows.id)}`} title={words} aria-label={words}>
      {mark}
    </a>
  );
}
