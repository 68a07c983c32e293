import { renderCounterexample } from '../../reports/counterexample.ts';
import { paragraph, printPage } from '../../reports/page.ts';
import type { RunSettings } from '../../reports/run-json.ts';
import { renderModelResult } from '../../reports/run-summary.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import { CHUNK_SEQUENCES } from '../campaign/chunk-size.ts';
import type { Counterexample, ModelResult } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { record } from '../scenario/recording.ts';
import { DEFAULTS } from './defaults.ts';
import { labelled } from './select.ts';
import { shellWord } from './shell-word.ts';
import type { Kept } from './suite-cases.ts';
import type { Terminal } from './terminal.ts';

/** What begins a report: which models, and how they were searched. */
export function headingText(models: readonly Model[], { seed, strategy }: RunSettings): string {
  return `${models.map((model) => `model ${labelled(model)}`).join('\n')}\nseed  0x${(seed >>> 0).toString(16)}, strategy ${strategy}\n\n`;
}

/**
 * The counterexamples of a model, one by one. `paths` are those of entries, by failure identity; `again` is the command
 * that finds one again for want of an entry.
 */
export function* counterexampleTexts(
  settings: RunSettings,
  terminal: Terminal,
  model: Model,
  result: ModelResult,
  paths: ReadonlyMap<string, string>,
  again: (found: Counterexample) => string = (found) => searchAgain(settings, model, found),
): Generator<string> {
  for (const found of result.counterexamples) {
    const { reproduce } = keptOf(settings, model, found, paths, again);
    yield `${renderCounterexample(record(model, found.scenario, settings.maxSteps), {
      ...terminal,
      reproduce,
      property: found,
      minimal: found.minimal,
    })}\n`;
  }
}

/** How a counterexample is shown again: by its entry, or for want of one by a search. */
export function keptOf(
  settings: RunSettings,
  model: Model,
  found: Counterexample,
  paths: ReadonlyMap<string, string>,
  again: (found: Counterexample) => string = (one) => searchAgain(settings, model, one),
): Kept {
  const entry = paths.get(`${found.property} ${found.kind}`);
  return entry === undefined ? { entry: null, reproduce: again(found) } : keptAt(entry);
}

/** In the corpus, at this path. */
export const keptAt = (path: string): Kept => ({
  entry: path,
  reproduce: `npx zpci-fuzz replay ${shellWord(path)}`,
});

/** The verdicts on a model. */
export function verdictText(terminal: Terminal, model: Model, result: ModelResult): string {
  const { label } = provenanceOf(model.state.source);
  return renderModelResult(result, { label, about: model.state.about }, terminal);
}

/** States that were asked for and not looked at; empty where there are none. */
export const leftOutText = (terminal: Terminal, models: readonly Model[]): string =>
  models.length === 0
    ? ''
    : `${printPage(paragraph(`not looked at: ${models.map(labelled).join(', ')}`, terminal.width, 'bad'), terminal)}\n`;

/** The shortest search that finds a failure again, for want of an entry. */
const searchAgain = (settings: RunSettings, model: Model, { property, foundWith }: Counterexample): string =>
  runAgain(settings, model, property, (foundWith.run + 1) * CHUNK_SEQUENCES);

/** The command that searches as this run did: for one claim, or for all where it is null. */
export function runAgain(
  { seed, strategy, runs: all, maxOps, maxSteps, maxSchedules }: RunSettings,
  model: Model,
  property: string | null,
  runs = all,
): string {
  const flags = [
    ['model', shellWord(model.id)],
    ...(property === null ? [] : [['property', property]]),
    ['seed', seed],
    ...(runs === null ? [] : [['runs', runs]]),
    ...(strategy === DEFAULTS.strategy ? [] : [['strategy', strategy]]),
    ...(String(maxOps) === DEFAULTS.maxOps ? [] : [['max-ops', maxOps]]),
    ...(String(maxSteps) === DEFAULTS.maxSteps ? [] : [['max-steps', maxSteps]]),
    ...(String(maxSchedules) === DEFAULTS.runSchedules ? [] : [['max-schedules', maxSchedules]]),
  ];
  return `npx zpci-fuzz run ${flags.map(([name, value]) => `--${name} ${value}`).join(' ')} --no-save`;
}
