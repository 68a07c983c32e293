import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { operationText, worldText } from '../operation-text.ts';
import type { ExplorerCounterexample, ExplorerData } from './data.ts';
import { Lanes } from './lanes.tsx';
import { seriesOf } from './overview.tsx';
import { modelOf } from './series.ts';
import { divergence, type Trace, trace, valuesAt } from './trace.ts';

interface Props {
  readonly data: ExplorerData;
  readonly found: ExplorerCounterexample;
  readonly parameters: ReadonlyMap<string, string>;
  readonly change: (parameters: Readonly<Record<string, string>>) => void;
}

/** One counterexample, executed here: step by step, beside another state, and what if somebody else had gone on. */
export function CounterexamplePage({ data, found, parameters, change }: Props) {
  const model = modelOf(found.model);
  const [schedule, setSchedule] = useState<readonly string[] | null>(null);
  const scenario = schedule === null ? found.scenario : { ...found.scenario, schedule };
  const shown = useMemo(() => (model === null ? null : trace(model, scenario)), [found, schedule]);
  const beside = parameters.get('beside') ?? '';
  const other = useMemo(() => {
    const second = beside === '' ? null : modelOf(beside);
    return second === null ? null : trace(second, scenario);
  }, [beside, found, schedule]);
  const last = shown === null ? 0 : shown.recording.steps.length - 1;
  const broken = shown?.recording.violations.find(
    ({ property, kind }) => property === found.property && kind === found.kind,
  );
  const brokenAt = broken === undefined ? null : Math.min(broken.step, last);
  const asked = parameters.get('step');
  const at = Math.max(0, Math.min(last, asked === undefined ? (brokenAt ?? last) : Number(asked) || 0));
  const go = (step: number) => change({ step: String(Math.max(0, Math.min(last, step))) });
  const page = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName))
        return;
      const step = { ArrowRight: at + 1, j: at + 1, ArrowLeft: at - 1, k: at - 1, Home: 0, End: last }[
        event.key
      ];
      const target = event.key === 'v' ? brokenAt : step;
      if (target == null) return;
      event.preventDefault();
      go(target);
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  });
  useEffect(() => {
    page.current?.querySelector('[aria-current="step"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  if (model === null || shown === null) {
    return <p>{found.model} is no state that this page has: the report is of another version of the tool.</p>;
  }
  const claim = model.properties.find(({ id }) => id === found.property);
  const states = data.states.filter(
    ({ model: id }) => seriesOf(id) === seriesOf(found.model) && id !== found.model,
  );
  const differsAt = other === null ? null : divergence(shown, other);
  const label = data.states.find(({ model: id }) => id === found.model)?.label ?? '';
  return (
    <div ref={page}>
      <h1>
        {found.model} <small class="faint">{label}</small> breaks {found.property}
      </h1>
      <p>{claim?.claim}</p>
      {broken === undefined ? (
        <p class="note">
          This execution does not break the claim{schedule === null ? '.' : ': what if, and it holds.'}
        </p>
      ) : (
        <p class="bad">{broken.message}</p>
      )}
      {found.scenario.world === undefined ? null : <p>world: {worldText(found.scenario.world)}</p>}
      <ul class="operations">
        {found.scenario.ops.map((operation, index) => (
          <li key={index}>
            <b>{operation.actor}</b> <code>{operationText(operation, model.series)}</code>
          </li>
        ))}
      </ul>
      <p class="faint">
        reproduce: <code>{found.reproduce}</code>
      </p>
      <Controls at={at} last={last} brokenAt={brokenAt} go={go}>
        <label>
          beside{' '}
          <select value={beside} onChange={({ currentTarget: { value } }) => change({ beside: value })}>
            <option value="">nothing</option>
            {states.map(({ model: id, label: other }) => (
              <option key={id} value={id}>
                {id} ({other})
              </option>
            ))}
          </select>
        </label>
        {schedule === null ? null : (
          <button
            type="button"
            onClick={() => {
              setSchedule(null);
              change({ step: '' });
            }}
          >
            back to the counterexample
          </button>
        )}
      </Controls>
      {other === null ? null : (
        <p role="status">
          {differsAt === null ? (
            'Both do the same, step by step.'
          ) : (
            <>
              First different at step{' '}
              <button type="button" class="link" onClick={() => go(differsAt)}>
                {differsAt}
              </button>
              .
            </>
          )}
        </p>
      )}
      <div class="panes">
        <Pane trace={shown} title={found.model} at={at} brokenAt={brokenAt} differsAt={differsAt} go={go} />
        {other === null ? null : (
          <Pane trace={other} title={beside} at={at} brokenAt={null} differsAt={differsAt} go={go} />
        )}
      </div>
      <WhatIf
        trace={shown}
        at={at}
        choose={(actor) => {
          setSchedule([...shown.recording.steps.slice(0, at).map((step) => step.actor), actor]);
          go(at);
        }}
      />
      <Values trace={shown} at={at} />
      <Ends trace={shown} other={other} />
    </div>
  );
}

interface ControlsProps {
  readonly at: number;
  readonly last: number;
  readonly brokenAt: number | null;
  readonly go: (step: number) => void;
  readonly children: preact.ComponentChildren;
}

function Controls({ at, last, brokenAt, go, children }: ControlsProps) {
  return (
    <div class="controls" role="toolbar" aria-label="steps">
      <button type="button" onClick={() => go(0)} title="Home">
        first
      </button>
      <button type="button" onClick={() => go(at - 1)} title="left arrow or k">
        back
      </button>
      <output aria-live="polite">
        step {at} of {last}
      </output>
      <button type="button" onClick={() => go(at + 1)} title="right arrow or j">
        forward
      </button>
      <button type="button" onClick={() => go(last)} title="End">
        last
      </button>
      {brokenAt === null ? null : (
        <button type="button" onClick={() => go(brokenAt)} title="v">
          violation
        </button>
      )}
      {children}
    </div>
  );
}

interface PaneProps {
  readonly trace: Trace;
  readonly title: string;
  readonly at: number;
  readonly brokenAt: number | null;
  readonly differsAt: number | null;
  readonly go: (step: number) => void;
}

function Pane({ trace: shown, title, ...rest }: PaneProps) {
  return (
    <section class="pane" aria-label={`execution on ${title}`}>
      <h2>{title}</h2>
      <Lanes trace={shown} {...rest} />
    </section>
  );
}

interface WhatIfProps {
  readonly trace: Trace;
  readonly at: number;
  readonly choose: (actor: string) => void;
}

/** Who else could have taken this step. */
function WhatIf({ trace: { runnable, recording }, at, choose }: WhatIfProps) {
  const taken = recording.steps[at]?.actor;
  const others = (runnable[at] ?? []).filter((actor) => actor !== taken);
  return (
    <p class="whatif">
      Step {at} is {taken}'s.{' '}
      {others.length === 0 ? (
        'Nobody else could have taken it.'
      ) : (
        <>
          What if{' '}
          {others.map((actor) => (
            <button type="button" key={actor} onClick={() => choose(actor)}>
              {actor}
            </button>
          ))}{' '}
          had gone on?
        </>
      )}
    </p>
  );
}

/** What is shared, after the present step; what it changed is marked. */
function Values({ trace: shown, at }: { readonly trace: Trace; readonly at: number }) {
  const changed = new Set((shown.changes[at] ?? []).map(({ object }) => object));
  const touched = new Set(shown.changes.flat().map(({ object }) => object));
  const values = [...valuesAt(shown, at)].filter(([object, value]) => touched.has(object) && value !== '');
  return (
    <section>
      <h2>Values after step {at}</h2>
      <table class="values">
        <tbody>
          {values.map(([object, value]) => (
            <tr key={object} class={changed.has(object) ? 'changed' : ''}>
              <th scope="row">{object}</th>
              <td>
                {value}
                {changed.has(object) ? <span class="sr"> (changed)</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How it ends, as user space and the device see it. */
function Ends({ trace: one, other }: { readonly trace: Trace; readonly other: Trace | null }) {
  return (
    <section>
      <h2>Ends</h2>
      <div class="panes">
        <End trace={one} />
        {other === null ? null : <End trace={other} />}
      </div>
    </section>
  );
}

function End({ trace: { recording } }: { readonly trace: Trace }) {
  return (
    <pre class="pane">
      {[
        `${recording.model.id}: ${recording.outcome}`,
        ...recording.calls.map(
          ({ actor, op, ret, signal }) =>
            `${actor} ${op} ${signal ?? (ret === undefined ? 'never returned' : ret)}`,
        ),
        ...recording.device.map((one) => `device ${worldText(one)}`),
        ...recording.waiting.map(
          ({ actor, waitsFor, heldBy }) =>
            `${actor} waits for ${waitsFor}, up to ${heldBy.join(', ') || 'nobody'}`,
        ),
        ...recording.violations.map(({ property, kind }) => `breaks ${property}: ${kind}`),
      ].join('\n')}
    </pre>
  );
}
