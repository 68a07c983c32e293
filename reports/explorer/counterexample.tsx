import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { Model } from '../../harness/model/model.ts';
import { sourceLabel } from '../../harness/model/source.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';
import { operationText, worldText } from '../operation-text.ts';
import { type Change, linkTo } from './address.ts';
import { Citation } from './citation.tsx';
import { Controls } from './controls.tsx';
import type { ExplorerCounterexample, ExplorerData } from './data.ts';
import { Ends } from './ends.tsx';
import { Finding } from './finding.tsx';
import { Help } from './help.tsx';
import { Lanes } from './lanes.tsx';
import { ScenarioText } from './scenario-text.tsx';
import { parseSchedule, scheduleText } from './schedule-text.ts';
import { modelOf, statesOf } from './series.ts';
import { StateName, seriesOf } from './state-name.tsx';
import { StepText } from './step-text.tsx';
import { Stuck } from './stuck.tsx';
import { divergence, STEPS_MAX, type Trace, trace } from './trace.ts';
import { Values } from './values.tsx';
import { visible } from './visible.ts';
import { WhatIf } from './what-if.tsx';

interface Props {
  readonly data: ExplorerData;
  readonly found: ExplorerCounterexample;
  readonly parameters: ReadonlyMap<string, string>;
  readonly change: Change;
}

/** One counterexample, executed here: step by step, beside another state, and what if somebody else had gone on. */
export function CounterexamplePage({ data, found, parameters, change }: Props) {
  const asked = parameters.get('schedule') ?? '';
  const beside = parameters.get('beside') ?? '';
  const schedule = useMemo(() => (asked === '' ? null : parseSchedule(asked, STEPS_MAX)), [asked]);
  const model = useMemo(() => modelOf(found.model), [found]);
  const { shown, problem } = useMemo(() => {
    const scenario = schedule === null ? found.scenario : { ...found.scenario, schedule };
    return model === null ? NO_STATE : tryTrace(model, scenario);
  }, [model, schedule]);
  const other = useMemo(() => {
    const second = seriesOf(beside) === seriesOf(found.model) ? modelOf(beside) : null;
    return second === null || shown === null ? null : tryTrace(second, shown.recording.scenario).shown;
  }, [beside, shown]);
  const isBesideUnknown = beside !== '' && shown !== null && other === null;
  const differsAt = useMemo(
    () => (shown === null || other === null ? null : divergence(shown, other)),
    [shown, other],
  );
  const [isHelp, setHelp] = useState(false);
  const last = Math.max(0, (shown?.recording.steps.length ?? 0) - 1);
  const broken = shown?.recording.violations.find(
    ({ property, kind }) => property === found.property && kind === found.kind,
  );
  const isEmpty = shown?.recording.steps.length === 0;
  const brokenAt = broken === undefined || isEmpty ? null : Math.max(0, Math.min(broken.step, last));
  const step = Number(parameters.get('step') ?? Number.NaN);
  const at = Math.max(0, Math.min(last, Number.isInteger(step) ? step : (brokenAt ?? last)));
  const go = (target: number) => change({ step: String(Math.max(0, Math.min(last, target))) });
  useKeys({ at, last, brokenAt, differsAt, go, help: () => setHelp(true) });

  if (model === null || shown === null) {
    return (
      <>
        <h1 tabIndex={-1}>{visible(found.model)}</h1>
        <p>This page cannot execute it: {visible(problem)}.</p>
        <ScenarioText scenario={found.scenario} />
      </>
    );
  }
  const claim = model.properties.find(({ id }) => id === found.property);
  const { scenario } = shown.recording;
  const panes = [
    { trace: shown, title: found.model, brokenAt },
    ...(other === null ? [] : [{ trace: other, title: beside, brokenAt: null }]),
  ];
  return (
    <>
      <h1 tabIndex={-1}>
        <StateName model={found.model} data={data} /> {schedule === null ? 'breaks' : '– what if? Of'}{' '}
        {found.property} <small class="faint">{visible(found.kind)}</small>
      </h1>
      <div class="summary">
        <div>
          <p class="lead">{claim?.claim}</p>
          {claim === undefined ? null : (
            <p class="faint">
              <Citation source={claim.source} />
            </p>
          )}
          <Outcome shown={shown} found={found} isWhatIf={schedule !== null} />
          {asked !== '' && schedule === null ? (
            <p class="note">
              The address has a schedule that cannot be read; the counterexample's own is shown.
            </p>
          ) : null}
          <Others data={data} found={found} />
        </div>
        {broken === undefined ? null : <Finding violation={broken} state={found.model} />}
        <div>
          <h2>Operations</h2>
          <ul class="operations">
            {scenario.world === undefined ? null : (
              <li>
                <b>world</b> <code>{visible(worldText(scenario.world))}</code>
              </li>
            )}
            {scenario.ops.map((operation, index) => (
              <li key={index}>
                <b>{visible(operation.actor)}</b>{' '}
                <code>{visible(operationText(operation, model.series))}</code>
              </li>
            ))}
          </ul>
        </div>
      </div>
      <Stuck recording={shown.recording} />
      <h2 class="sr">Interleaving</h2>
      <Controls
        at={at}
        last={isEmpty ? null : last}
        brokenAt={brokenAt}
        differsAt={differsAt}
        go={go}
        help={() => setHelp(true)}
      >
        <label>
          beside{' '}
          <select value={beside} onChange={({ currentTarget: { value } }) => change({ beside: value })}>
            <option value="">nothing</option>
            <Beside model={found.model} isMutant={false} />
            <Beside model={found.model} isMutant={true} />
          </select>
        </label>
        {schedule === null ? null : (
          <button type="button" class="undo" onClick={() => change({ schedule: '', step: '' })}>
            back to the counterexample
          </button>
        )}
      </Controls>
      {isBesideUnknown ? (
        <p class="note">
          The address asks for {visible(beside)} beside it, which is no state of this series here.
        </p>
      ) : null}
      {other === null ? null : <Difference at={differsAt} other={other} beside={beside} />}
      <div class="work">
        <div class="panes">
          {panes.map((pane) => (
            <section key={pane.title} class="pane" aria-label={`execution on ${pane.title}`}>
              {other === null ? null : (
                <h3>
                  <StateName model={pane.title} data={data} />
                </h3>
              )}
              {pane.trace.recording.steps.length === 0 ? (
                <p class="note">No operation begins: how the world is made decides it.</p>
              ) : (
                <Lanes
                  key={asked}
                  trace={pane.trace}
                  title={pane.title}
                  at={at}
                  brokenAt={pane.brokenAt}
                  differsAt={differsAt}
                  go={go}
                  leads={pane.trace === shown}
                />
              )}
            </section>
          ))}
        </div>
        <aside aria-label="the present step">
          <StepText trace={shown} at={at} />
          <WhatIf
            trace={shown}
            at={at}
            choose={(actor) => {
              const before = shown.recording.steps.slice(0, at).map((one) => one.actor);
              change({ schedule: scheduleText([...before, actor]), step: String(at) });
            }}
          />
          <Values
            trace={shown}
            title={found.model}
            other={other === null ? null : { trace: other, title: beside }}
            at={at}
          />
        </aside>
      </div>
      <Ends traces={panes} />
      <h2>Reproduce</h2>
      {schedule === null ? (
        <p>
          <code>{visible(found.reproduce)}</code>
        </p>
      ) : null}
      <ScenarioText scenario={scenario} />
      <Help isOpen={isHelp} close={() => setHelp(false)} />
    </>
  );
}

interface Tried {
  readonly shown: Trace | null;
  /** Why there is none. */
  readonly problem: string;
}

const NO_STATE: Tried = {
  shown: null,
  problem: 'it has no such state, so that the report is of another version of the tool',
};

/** A scenario that the command line would refuse must not leave an empty page. */
function tryTrace(model: Model, scenario: Scenario): Tried {
  try {
    return { shown: trace(model, scenario), problem: '' };
  } catch (error) {
    return { shown: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

interface BesideProps {
  readonly model: string;
  readonly isMutant: boolean;
}

/** The other states of a series, each with where it comes from. */
function Beside({ model, isMutant }: BesideProps) {
  const name = seriesOf(model);
  const states = statesOf(name).filter(
    ({ id, source }) => `${name}/${id}` !== model && (source.status === 'mutant') === isMutant,
  );
  return states.length === 0 ? null : (
    <optgroup label={isMutant ? 'mutants' : 'states'}>
      {states.map(({ id, source }) => (
        <option key={id} value={`${name}/${id}`}>
          {id} ({sourceLabel(source)})
        </option>
      ))}
    </optgroup>
  );
}

interface KeyTargets {
  readonly at: number;
  readonly last: number;
  readonly brokenAt: number | null;
  readonly differsAt: number | null;
  readonly go: (step: number) => void;
  readonly help: () => void;
}

function useKeys({ at, last, brokenAt, differsAt, go, help }: KeyTargets): void {
  // Before the next key, which may come before the next frame.
  useLayoutEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      // Who types, chooses or reads the list of keys means that.
      if (target instanceof Element && target.closest('input, select, textarea, dialog') !== null) return;
      if (event.key === '?') {
        event.preventDefault();
        help();
        return;
      }
      const targets: Readonly<Record<string, number | null>> = {
        ArrowRight: at + 1,
        j: at + 1,
        ArrowLeft: at - 1,
        k: at - 1,
        Home: 0,
        End: last,
        v: brokenAt,
        d: differsAt,
      };
      const step = targets[event.key] ?? null;
      if (step === null) return;
      event.preventDefault();
      go(step);
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  });
}

interface OutcomeProps {
  readonly shown: Trace;
  readonly found: ExplorerCounterexample;
  readonly isWhatIf: boolean;
}

/** What this execution breaks: for a counterexample what it is one of, for a what-if whatever it is. */
function Outcome({ shown: { recording, leftScheduleAt }, found, isWhatIf }: OutcomeProps) {
  const { violations } = recording;
  const own = violations.find(({ property, kind }) => property === found.property && kind === found.kind);
  const others = violations.filter((one) => one !== own);
  const left =
    leftScheduleAt === null
      ? null
      : `Its schedule does not fit from step ${leftScheduleAt} on; from there the default rule goes on.`;
  return (
    <>
      {own === undefined ? (
        <p class="note" role={isWhatIf ? 'status' : undefined}>
          {isWhatIf ? 'What if: with this schedule' : 'On the model of this page'} the claim is not broken (
          {recording.outcome}).
        </p>
      ) : (
        <p class="found" role={isWhatIf ? 'status' : undefined}>
          {isWhatIf ? 'What if: broken all the same. ' : ''}
          {visible(own.message)}
        </p>
      )}
      {left === null ? null : <p class="note">{left}</p>}
      {others.length === 0 ? null : (
        <p class="faint">
          This execution breaks {own === undefined ? '' : 'besides '}
          {others.map(({ property, kind }) => `${property} (${kind})`).join(', ')}.
        </p>
      )}
    </>
  );
}

/** The other ways in which this state breaks the claim, and the claim breaks elsewhere. */
function Others({ data, found }: Pick<Props, 'data' | 'found'>) {
  const kinds = data.counterexamples.filter(
    ({ model, property, id }) => model === found.model && property === found.property && id !== found.id,
  );
  return kinds.length === 0 ? null : (
    <p>
      also:{' '}
      {kinds.map(({ id, kind }) => (
        <a key={id} class="other" href={linkTo('counterexample', id)}>
          {visible(kind)}
        </a>
      ))}
    </p>
  );
}

interface DifferenceProps {
  readonly at: number | null;
  readonly other: Trace;
  readonly beside: string;
}

function Difference({ at, other: { recording, leftScheduleAt }, beside }: DifferenceProps) {
  const left =
    leftScheduleAt === null
      ? ''
      : ` The schedule fits ${beside} up to step ${leftScheduleAt}; from there its default rule goes on.`;
  const breaks = [...new Set(recording.violations.map(({ property }) => property))];
  return (
    <p role="status" class="note">
      {at === null ? 'Both do the same, step by step.' : `First different at step ${at}.`}
      {left} {beside} {breaks.length === 0 ? 'breaks no claim here' : `breaks ${breaks.join(', ')}`}.
    </p>
  );
}
