import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ModelJson, type RunSettings, runJson } from '../../reports/run-json.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import { mergeShards } from '../campaign/merge-shards.ts';
import type { ModelResult } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { quote } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { type ExitCode, UsageError } from './exit.ts';
import { loadSeries } from './registry.ts';
import { codeWith, outputsOf } from './report-file.ts';
import type { Reporter } from './reporter-names.ts';
import { renderSuites } from './reporters.ts';
import { exitCodeOf } from './run-exit.ts';
import { runReportOf, runSuiteOf } from './run-suites.ts';
import { counterexampleTexts, headingText, leftOutText, verdictText } from './run-text.ts';
import { isEmptyShard } from './search.ts';
import { selectModel } from './select.ts';
import { readShardReport, type ShardReport } from './shard-report.ts';
import type { Terminal } from './terminal.ts';

export interface MergeOptions {
  /** Reports that `run --shard i/n --json` wrote, in any order. */
  readonly files: readonly string[];
  /** Whether shards may be missing. */
  readonly partial: boolean;
  readonly reporters: readonly Reporter[];
  readonly quiet: boolean;
}

/** Joins the reports of the shards of one run into the report that the run would have given in one piece. */
export async function merge(options: MergeOptions, terminal: Terminal): Promise<ExitCode> {
  const series = await loadSeries();
  checkReportsAreOthers(options);
  const outputs = outputsOf(options.reporters, terminal);
  // What is left of `--json > FILE` where a shard had no work; one that had, and failed, is missed below.
  const written = options.files.filter((file) => !isEmptyFile(file));
  const reports = (written.length > 0 ? written : options.files).map((file) => readShardReport(series, file));
  checkOneRun(reports);
  const { count } = reports[0]!.shard;
  const missing = missingShards(reports);
  if (missing.length > 0 && !options.partial) throw new UsageError(absent(missing, reports));

  const given = reports.map(({ shard }) => shard.index).sort((a, b) => a - b);
  const settings: RunSettings = {
    ...reports[0]!.json,
    ...(missing.length === 0
      ? { shard: '1/1' }
      : { shard: `${given.join('+')}/${count}`, shardsMissing: missing }),
  };
  const { models, json } = longest(reports);
  // The others stopped no later.
  const leftOut = (json.leftOut ?? []).map((id) => selectModel(series, id));
  const results = models.map((model) => mergeShards(model, resultsOn(model, reports), settings.maxSteps));
  for (const { name, write } of outputs) {
    switch (name) {
      case 'json': {
        const labels = new Map(models.map((model) => [model.id, provenanceOf(model.state.source)]));
        write(
          `${JSON.stringify(runJson({ settings, results, leftOut: leftOut.map(({ id }) => id), labels }), null, 2)}\n`,
        );
        break;
      }
      case 'text':
        for (const text of texts(models, results, settings, options, terminal)) write(text);
        write(leftOutText(terminal, leftOut));
        break;
      case 'jsonl':
        break;
      default: {
        const suites = results.map((result, at) => runSuiteOf(settings, models[at]!, result, NOT_SAVED));
        write(await renderSuites(name, runReportOf(settings, suites, leftOut), terminal));
      }
    }
  }
  return codeWith(outputs, exitCodeOf(results));
}

const NOT_SAVED = new Map<string, string>();

function* texts(
  models: readonly Model[],
  results: readonly ModelResult[],
  settings: RunSettings,
  { quiet }: MergeOptions,
  terminal: Terminal,
): Generator<string> {
  yield headingText(models, settings);
  const { shardsMissing = [] } = settings;
  if (shardsMissing.length > 0) {
    yield `shards missing: ${shardsMissing.join(', ')}; nothing is said of their part of the search\n\n`;
  }
  for (const [at, result] of results.entries()) {
    const model = models[at]!;
    if (!quiet) yield* counterexampleTexts(settings, terminal, model, result, NOT_SAVED);
    yield verdictText(terminal, model, result);
  }
}

/** @throws {@link UsageError} where a report would take the place of what it is made of. */
function checkReportsAreOthers({ files, reporters }: MergeOptions): void {
  for (const { name, file } of reporters) {
    if (file !== null && files.some((one) => resolve(one) === resolve(file))) {
      throw new UsageError(
        `--reporter ${name} writes to ${quote(file)}, which is one of the reports to merge; name another file.`,
      );
    }
  }
}

/** A file that cannot be looked at is no empty one: reading it says why. */
const isEmptyFile = (file: string): boolean =>
  statSync(file, { throwIfNoEntry: false })?.isFile() === true && statSync(file).size === 0;

/** Flags of `run` that all shards of one run have in common, by their fields in a report. */
const COMMON = ['seed', 'runs', 'strategy', 'maxOps', 'maxSteps', 'maxSchedules'] as const;

/** @throws {@link InvalidInput} unless the reports can be of different shards of one run. */
function checkOneRun(reports: readonly ShardReport[]): void {
  const whole = longest(reports);
  reports.forEach((report, at) => {
    const { file, json, shard } = report;
    const [first] = reports;
    const field = COMMON.find((name) => json[name] !== first!.json[name]);
    if (field !== undefined) {
      throw differing(
        file,
        `"${field}" is ${quote(json[field])}, and ${quote(first!.json[field])} in ${first!.file}`,
      );
    }
    if (shard.count !== first!.shard.count) {
      throw differing(
        file,
        `is shard ${shardText(report)}, and ${first!.file} is shard ${shardText(first!)}, of another number of them`,
      );
    }
    const twin = reports.slice(0, at).find((other) => other.shard.index === shard.index);
    if (twin !== undefined) {
      const what =
        twin.file === file ? 'is given twice' : `is shard ${shardText(report)}, and so is ${twin.file}`;
      throw new InvalidInput(`${file}: ${what}; give each shard once.`);
    }
    checkModels(report, whole);
  });
}

/** A shard that --bail or a signal stopped has no results on the models that would have come next. */
function checkModels({ file, json }: ShardReport, whole: ShardReport): void {
  const isStopped = ['bail', 'interrupt'].includes(json.models.at(-1)?.stopped ?? '');
  if (json.models.length < whole.json.models.length && !isStopped) {
    throw differing(
      file,
      `has results on ${idsOf(json.models)}, and ${whole.file} on ${idsOf(whole.json.models)}`,
    );
  }
  json.models.forEach((result, at) => {
    const other = whole.json.models[at]!;
    if (result.model !== other.model) {
      throw differing(
        file,
        `has results on ${idsOf(json.models)}, and ${whole.file} on ${idsOf(whole.json.models)}`,
      );
    }
    if (claimsOf(result) !== claimsOf(other)) {
      throw differing(file, `judges ${result.model} by other claims than ${whole.file}`);
    }
  });
}

const differing = (file: string, how: string): InvalidInput =>
  new InvalidInput(
    `${file}: ${how}: they are no shards of one run. Give all shards the same flags but --shard.`,
  );

const idsOf = (models: readonly ModelJson[]): string =>
  models.map(({ model }) => model).join(', ') || 'no model';
const claimsOf = ({ verdicts }: ModelJson): string => verdicts.map(({ property }) => property).join(' ');
const shardText = ({ shard }: ShardReport): string => `${shard.index}/${shard.count}`;

/** The report on the most models, of which the others have at least the first. */
const longest = (reports: readonly ShardReport[]): ShardReport =>
  reports.reduce((most, one) => (one.models.length > most.models.length ? one : most));

/** Shards that no report is of, but for those that have nothing to do and report nothing. */
function missingShards(reports: readonly ShardReport[]): string[] {
  const { shard, json } = reports[0]!;
  return Array.from({ length: shard.count }, (_, at) => ({ index: at + 1, count: shard.count }))
    .filter((one) => !reports.some((report) => report.shard.index === one.index))
    .filter((one) => !isEmptyShard({ runs: json.runs, shard: one }))
    .map(({ index, count }) => `${index}/${count}`);
}

function absent(missing: readonly string[], reports: readonly ShardReport[]): string {
  const what = missing.length === 1 ? `shard ${missing[0]} is` : `shards ${missing.join(', ')} are`;
  return `${what} missing; found ${reports.map((report) => `${shardText(report)} in ${report.file}`).join(', ')}. Give the reports of all shards, or merge what there is with --partial.`;
}

/** What the shards say of a model. One that was stopped before it came to that says only so. */
function resultsOn(model: Model, reports: readonly ShardReport[]): ModelResult[] {
  const stopped = reports.flatMap(({ json: { models } }) =>
    models.some((one) => one.model === model.id) ? [] : (models.at(-1)?.stopped ?? []),
  );
  const results = reports.flatMap(({ json }) => json.models.filter((one) => one.model === model.id));
  return results.map((result, at) =>
    at === 0 && stopped.length > 0 ? { ...result, stopped: result.stopped ?? stopped[0]! } : result,
  );
}
