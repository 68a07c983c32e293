import { useMemo } from 'preact/hooks';
import { type Change, linkTo } from './address.ts';
import type { ExplorerCounterexample, ExplorerData, ExplorerState } from './data.ts';
import { MARKS } from './marks.ts';
import { Matrix } from './matrix.tsx';
import { Label, seriesOf } from './state-name.tsx';
import { visible } from './visible.ts';

interface Props {
  readonly data: ExplorerData;
  readonly parameters: ReadonlyMap<string, string>;
  readonly change: Change;
}

/** Counterexamples that the list shows at first: the matrix and the search lead to all. */
const LISTED = 60;

const STATUSES: readonly ExplorerState['status'][] = [
  'posted',
  'merged',
  'proposed in review',
  'inferred',
  'mutant',
];

/** Series by series: claims beside states, and the counterexamples behind each mark. */
export function Overview({ data, parameters, change }: Props) {
  const query = parameters.get('q') ?? '';
  const only = parameters.get('only') ?? '';
  const hidden = hiddenStatuses(parameters, data);
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const texts = useMemo(
    () => data.counterexamples.map((one) => searchText(one, labelOf(data, one.model))),
    [data],
  );
  const states = data.states.filter(({ status }) => !hidden.includes(status));
  const models = useMemo(() => new Set(states.map(({ model }) => model)), [data, hidden.join()]);
  const found = useMemo(
    () =>
      data.counterexamples.filter(
        ({ model }, at) => models.has(model) && words.every((word) => texts[at]!.includes(word)),
      ),
    [data, models, query],
  );
  const present = STATUSES.filter((status) => data.states.some((state) => state.status === status));
  const listed = parameters.get('all') === '1' ? found : found.slice(0, LISTED);
  return (
    <>
      <h1 tabIndex={-1}>What each state keeps and breaks</h1>
      <p class="lead">{verdictsText(data)}</p>
      <search class="filters">
        <label>
          search{' '}
          <input
            type="search"
            value={query}
            placeholder="state, claim, kind, operation"
            onInput={({ currentTarget: { value } }) => change({ q: value, all: '' })}
          />
        </label>
        <label>
          claims{' '}
          <select value={only} onChange={({ currentTarget: { value } }) => change({ only: value })}>
            <option value="">all</option>
            <option value="violated">broken somewhere</option>
            <option value="undecided">not decided somewhere</option>
          </select>
        </label>
        <fieldset>
          <legend>states</legend>
          {present.map((status) => (
            <label key={status}>
              <input
                type="checkbox"
                checked={!hidden.includes(status)}
                onChange={({ currentTarget: { checked } }) =>
                  change({
                    hide:
                      (checked ? hidden.filter((one) => one !== status) : [...hidden, status]).join() ||
                      'none',
                  })
                }
              />
              <Label status={status} label={status} />
            </label>
          ))}
        </fieldset>
      </search>
      <p class="legend">
        <span class="violated">{MARKS.violated}</span> violated: leads to its counterexamples where it is
        underlined
        <span class="holds">{MARKS.holds}</span> holds
        <span class="inconclusive">{MARKS.inconclusive}</span> inconclusive
        <span class="faint">blank</span> does not apply
      </p>
      <div class="matrices">
        {[...new Set(states.map(({ model }) => seriesOf(model)))].map((name) => (
          <Matrix key={name} name={name} data={data} states={states} only={only} words={words} />
        ))}
      </div>
      {data.bisects.length === 0 ? null : (
        <section>
          <h2>Patch by patch</h2>
          <ul class="list">
            {data.bisects.map(({ model, label, patches }) => (
              <li key={model}>
                <a href={linkTo('bisect', model)}>{model}</a> ({label}): {patches.length} patches
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>
          Counterexamples <span role="status">({found.length})</span>
        </h2>
        <ul class="list counterexamples">
          {listed.map((one) => (
            <Listed key={one.id} one={one} label={labelOf(data, one.model)} />
          ))}
        </ul>
        {listed.length === found.length ? null : (
          <button type="button" onClick={() => change({ all: '1' })}>
            show all {found.length}
          </button>
        )}
      </section>
    </>
  );
}

function Listed({ one, label }: { readonly one: ExplorerCounterexample; readonly label: string }) {
  const { ops } = one.scenario;
  return (
    <li>
      <a href={linkTo('counterexample', one.id)}>
        {one.model} ({label}): {one.property}
      </a>{' '}
      <span class="faint">
        {visible(one.kind)}, {ops.length} {ops.length === 1 ? 'operation' : 'operations'}
      </span>
    </li>
  );
}

const labelOf = ({ states }: ExplorerData, model: string): string =>
  states.find((state) => state.model === model)?.label ?? 'of no state of this report';

/** Mutants are known to be wrong: they are shown where somebody asks, or where there is nothing else. */
function hiddenStatuses(parameters: ReadonlyMap<string, string>, { states }: ExplorerData): string[] {
  const asked = parameters.get('hide');
  if (asked !== undefined) return asked.split(',');
  return states.some(({ status }) => status !== 'mutant') ? ['mutant'] : [];
}

function verdictsText({ verdicts }: ExplorerData): string {
  switch (verdicts) {
    case 'expected':
      return 'These verdicts are the expected ones: what is written down of each state and `zpci-fuzz gate` holds it to. Nothing was searched for this page, so that a mark that a claim holds is no finding of it. Counterexamples are executed here, in the page.';
    case 'found':
      return 'These verdicts were found by a search. A pass says what it covered, and no more: the page of each state has the figures. Counterexamples are executed here, in the page.';
    default:
      return verdicts satisfies never;
  }
}

function searchText({ id, model, property, kind, scenario }: ExplorerCounterexample, label: string): string {
  const operations = scenario.ops.map(({ op, actor }) => `${actor} ${op}`);
  return [id, model, label, property, kind, ...operations].join(' ').toLowerCase();
}
