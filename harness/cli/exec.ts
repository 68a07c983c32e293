import { count } from '../../reports/count.ts';
import { renderExecution } from '../../reports/execution.ts';
import { executionJson } from '../../reports/execution-json.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { quote } from '../quote.ts';
import { readJson } from '../read-json.ts';
import { record } from '../scenario/recording.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { checkFormat, InvalidInput, validateScenario } from '../scenario/validate.ts';
import { BrokenContract, ExitCode, UsageError } from './exit.ts';
import { DEFAULT_SERIES, loadSeries } from './registry.ts';
import { labelled, selectModel } from './select.ts';
import type { Terminal } from './terminal.ts';

export interface ExecOptions {
  readonly file: string;
  /** Another model than the file names. */
  readonly model: string | null;
  readonly stepsMax: number;
  readonly json: boolean;
}

/** Executes one scenario file and prints what happened. A corpus entry serves too: its scenario is taken. */
export async function exec(options: ExecOptions, terminal: Terminal): Promise<ExitCode> {
  const series = await loadSeries();
  const scenario = readScenario(series, options.file);
  const model = modelOfScenario(series, options, scenario);
  const recording = record(model, { ...scenario, model: model.id }, options.stepsMax);
  if (recording.stale !== null) {
    const { step, expected, runnable } = recording.stale;
    throw new BrokenContract(
      `${options.file}: stale schedule on ${labelled(model)}: at step ${step} it names ${quote(expected)}, which cannot run there; can run: ${runnable.join(', ') || 'nobody'}. ${staleAdvice(scenario, expected, step)}`,
    );
  }
  terminal.print(
    options.json
      ? `${JSON.stringify(executionJson(recording), null, 2)}\n`
      : renderExecution(recording, terminal),
  );
  return recording.violations.length > 0 ? ExitCode.violated : ExitCode.asClaimed;
}

function staleAdvice({ ops }: Scenario, expected: string, step: number): string {
  if (!ops.some(({ actor }) => actor === expected)) {
    return 'No operation is for an actor of that name: correct it, or let who starts it come first.';
  }
  const shorter =
    step === 0 ? 'leave the schedule out' : `shorten the schedule to its first ${count(step, 'step')}`;
  return `The model or the operations changed since it was written: ${shorter}, or record it again.`;
}

/**
 * The model that a scenario of a file runs on: --model's, else the file's.
 *
 * @throws {@link InvalidInput} if it is of another series than the operations.
 */
export function modelOfScenario(
  series: readonly Series[],
  { model: given, file }: Pick<ExecOptions, 'model' | 'file'>,
  scenario: Scenario,
): Model {
  const model = given === null ? modelOfFile(series, file, scenario.model) : selectModel(series, given);
  if (model.series.name !== seriesOf(series, scenario.model, file).name) {
    throw new InvalidInput(
      `${file}: its operations are of ${scenario.model}, --model names ${model.id}, of another series.`,
    );
  }
  return model;
}

function modelOfFile(series: readonly Series[], file: string, model: string): Model {
  try {
    return selectModel(series, model);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new InvalidInput(`${file}: ${error.message}`);
  }
}

/** @throws {@link InvalidInput} unless the file holds a scenario of a known series. */
export function readScenario(series: readonly Series[], file: string): Scenario {
  const value = readJson(file);
  checkFormat(value, file);
  const whole = value as { scenario?: unknown; model?: unknown };
  const scenario = whole.scenario === undefined ? value : whole.scenario;
  checkFormat(scenario, file);
  const { model } = scenario as { model?: unknown };
  if (typeof model !== 'string') {
    throw new InvalidInput(
      `${file}: lacks "model", such as "zpci-io/v1"; \`zpci-fuzz list models\` shows what there is.`,
    );
  }
  const found = seriesOf(series, model, file);
  validateScenario(found, scenario, file);
  const { ops, world = {} } = scenario as Scenario;
  const problem = found.operationsProblem?.(ops, world) ?? null;
  if (problem !== null) throw new InvalidInput(`${file}: ${problem}.`);
  return scenario as Scenario;
}

function seriesOf(series: readonly Series[], model: string, file: string): Series {
  const isBare = !model.includes('/');
  // Else its operations would be held against the wrong vocabulary.
  if (isBare) modelOfFile(series, file, model);
  const name = isBare ? DEFAULT_SERIES : model.slice(0, model.indexOf('/'));
  const found = series.find((one) => one.name === name);
  if (found === undefined) {
    throw new InvalidInput(
      `${file}: "model" is ${quote(model)}; known series: ${series.map((one) => one.name).join(', ')}.`,
    );
  }
  return found;
}
