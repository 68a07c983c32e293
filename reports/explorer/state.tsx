import { thousands } from '../count.ts';
import { linkTo } from './address.ts';
import { Citation } from './citation.tsx';
import type { ExplorerData, ExplorerState } from './data.ts';
import { MARKS, WORDS } from './marks.ts';
import { modelOf } from './series.ts';
import { Label } from './state-name.tsx';
import { visible } from './visible.ts';

/** One state: where it comes from, what is known of each claim on it, and every counterexample. */
export function StatePage({ state, data }: { readonly state: ExplorerState; readonly data: ExplorerData }) {
  const { model: id, label, status, about, coverage, verdicts } = state;
  const model = modelOf(id);
  const own = data.counterexamples.filter((one) => one.model === id);
  const claimOf = (property: string): string =>
    model?.properties.find((one) => one.id === property)?.claim ??
    model?.stateVerdicts.find((one) => one.property === property)?.claim ??
    '';
  return (
    <>
      <h1 tabIndex={-1}>
        {id} <Label status={status} label={label} />
      </h1>
      <p class="lead">{visible(about)}</p>
      <dl class="facts">
        {model === null ? null : (
          <>
            <dt>source</dt>
            <dd>
              <Citation source={model.state.source} />
            </dd>
            <dt>patches</dt>
            <dd>
              {model.patches.length === 0 ? (
                'none'
              ) : (
                <ul>
                  {model.patches.map((patch) => (
                    <li key={patch.id}>
                      [{patch.id}] {patch.subject}{' '}
                      <span class="faint">
                        <Citation source={patch.source} />
                      </span>
                    </li>
                  ))}
                </ul>
              )}
            </dd>
          </>
        )}
        <dt>verdicts</dt>
        <dd>
          {data.verdicts === 'expected' ? 'as expected of it; ' : ''}
          {visible(coverage)}
        </dd>
      </dl>
      <h2>Claims</h2>
      <div class="scroll">
        <table class="claims">
          <thead>
            <tr>
              <th scope="col">claim</th>
              <th scope="col">verdict</th>
              <th scope="col">counterexamples</th>
            </tr>
          </thead>
          <tbody>
            {verdicts.map(({ property, verdict, remark, exercised }) => (
              <tr key={property}>
                <th scope="row">
                  {property}
                  <p class="faint">{claimOf(property)}</p>
                </th>
                <td>
                  <span class={verdict}>
                    <span aria-hidden="true">{MARKS[verdict]}</span> {WORDS[verdict]}
                  </span>
                  {exercised === null ? null : (
                    <span class="faint"> exercised {thousands(exercised)} times</span>
                  )}
                  {remark === '' ? null : <p class="faint">{visible(remark)}</p>}
                </td>
                <td>
                  {own
                    .filter((one) => one.property === property)
                    .map((one) => (
                      <div key={one.id}>
                        <a href={linkTo('counterexample', one.id)}>{visible(one.kind)}</a>
                      </div>
                    ))}
                  {verdict !== 'violated' || own.some((one) => one.property === property) ? null : (
                    <span class="faint">
                      none here;{' '}
                      <code>
                        npx zpci-fuzz run --model {id} --property {property}
                      </code>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
