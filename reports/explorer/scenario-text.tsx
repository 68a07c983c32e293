import type { Scenario } from '../../harness/scenario/scenario.ts';

/** JSON in which nothing is invisible or changes the direction of text: escaped, it means the same. */
export const scenarioJson = (scenario: Scenario): string =>
  `${JSON.stringify(scenario, null, 2).replace(
    /[\u007f-\u009f\u00ad]|[^\n\P{Cf}]|[\u2028\u2029]/gu,
    escaped,
  )}\n`;

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');

/** The execution that is shown, for `exec`. */
export function ScenarioText({ scenario }: { readonly scenario: Scenario }) {
  const json = scenarioJson(scenario);
  return (
    <details class="scenario">
      <summary>this execution as a scenario, for `zpci-fuzz exec`</summary>
      <p>
        <a download="scenario.json" href={`data:application/json;charset=utf-8,${encodeURIComponent(json)}`}>
          download scenario.json
        </a>
        , then <code>npx zpci-fuzz exec scenario.json</code>
      </p>
      <pre class="pane">{json}</pre>
    </details>
  );
}
