import type { ModelJson, RunJson } from '../../reports/run-json.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import type { Model, Operation } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { quote } from '../quote.ts';
import { readJson } from '../read-json.ts';
import { record } from '../scenario/recording.ts';
import { checkFormat, InvalidInput, validate, validateScenario } from '../scenario/validate.ts';
import { UsageError } from './exit.ts';
import { runReportSchema } from './run-report-schema.ts';
import { selectModel } from './select.ts';
import { VERSION } from './version.ts';

/** The report of one shard, as `run --json` wrote it. */
export interface ShardReport {
  readonly file: string;
  readonly shard: { readonly index: number; readonly count: number };
  readonly json: RunJson;
  /** The models it is of, in its order. */
  readonly models: readonly Model[];
}

/** @throws {@link InvalidInput} unless the file holds a report of this version on models that it knows. */
export function readShardReport(series: readonly Series[], file: string): ShardReport {
  const value = readJson(file);
  checkFormat(value, file);
  const { tool, models, version, shardsMissing, profile } = value as { readonly [name: string]: unknown };
  if (tool === 'zpci-fuzz' && profile !== undefined) {
    throw new InvalidInput(
      `${file}: is a report of \`gate\`, and those are not merged: each shard holds states of its own against what is expected of them. All is as expected if every shard ends with 0, or with 4 where it had no state; put the "models" of the reports together to read them as one.`,
    );
  }
  if (tool !== 'zpci-fuzz' || !Array.isArray(models)) {
    throw new InvalidInput(
      `${file}: is no report of a run; expected what \`zpci-fuzz run --shard i/n --json\` prints.`,
    );
  }
  if (version !== VERSION) {
    throw new InvalidInput(
      `${file}: was written by ${version === undefined ? 'an earlier version' : `version ${quote(version)}`} of the tool, and this is version ${VERSION}; merge reports with the version that wrote them.`,
    );
  }
  validate('shard report', runReportSchema, value, file);
  const json = value as unknown as RunJson;
  if (shardsMissing !== undefined) {
    throw new InvalidInput(
      `${file}: is itself merged, from some shards only; merge the reports of the shards themselves.`,
    );
  }
  return {
    file,
    shard: shardOfReport(json.shard, file),
    json,
    models: json.models.map((one) => modelOf(series, one, json.maxSteps, file)),
  };
}

function shardOfReport(given: string, file: string): ShardReport['shard'] {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(given) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new InvalidInput(`${file}: "shard" is ${quote(given)}; allowed: i/n with 1 <= i <= n, such as 2/8.`);
}

/** The model of a result, if it is still the one that was searched. */
function modelOf(series: readonly Series[], result: ModelJson, stepsMax: number, file: string): Model {
  const model = namedModel(series, result.model, file);
  const { label, status } = provenanceOf(model.state.source);
  const isSame =
    model.id === result.model &&
    label === result.provenance.label &&
    status === result.provenance.status &&
    model.functions.length === result.coverage.functions &&
    result.verdicts.every(({ property, claim }) =>
      model.properties.some((one) => one.id === property && one.claim === claim),
    ) &&
    result.facts.every(({ property }) => model.stateVerdicts.some((one) => one.property === property));
  if (!isSame) throw new InvalidInput(`${file}: ${changed(result.model)}`);
  for (const { property, kind, scenario } of result.counterexamples) {
    const what = `${file}: the counterexample to ${property} (${kind})`;
    checkFormat(scenario, what);
    validateScenario(model.series, scenario, what);
    const shows = record(model, { ...scenario, model: model.id }, stepsMax).violations.some(
      (one) => one.property === property && one.kind === kind,
    );
    if (!shows || scenario.model !== model.id)
      throw new InvalidInput(`${what} does not show it: ${changed(model.id)}`);
  }
  for (const { ops } of result.hangs) checkOperations(ops, file);
  return model;
}

function namedModel(series: readonly Series[], id: string, file: string): Model {
  try {
    return selectModel(series, id);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new InvalidInput(`${file}: ${error.message}`);
  }
}

const changed = (model: string): string =>
  `${model} is not what it was when it was searched; merge with the sources that the shards ran.`;

/** Operations of a hang are only printed: that they have an actor and a name is all that matters. */
function checkOperations(ops: readonly unknown[], file: string): void {
  const isOperation = (value: unknown): value is Operation =>
    typeof value === 'object' &&
    value !== null &&
    'actor' in value &&
    typeof value.actor === 'string' &&
    'op' in value;
  if (!ops.every(isOperation))
    throw new InvalidInput(`${file}: the operations of a hang lack their actor or name.`);
}
