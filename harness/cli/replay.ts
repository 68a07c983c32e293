import { existsSync } from 'node:fs';
import { renderCounterexample } from '../../reports/counterexample.ts';
import { type CorpusEntry, entryPaths, type ReplayResult, readEntry, replayEntry } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { quote } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { ExitCode, UsageError } from './exit.ts';
import { loadSeries } from './registry.ts';
import { findModel, labelled, selectModels } from './select.ts';
import type { Terminal } from './terminal.ts';

export interface ReplayOptions {
  readonly paths: readonly string[];
  readonly corpus: string;
  /** Another state than the one an entry names: what does v2 do with v1's counterexamples? */
  readonly model: string | null;
  readonly stepsMax: number;
  readonly strict: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What became of one file. */
type Line =
  | { readonly path: string; readonly status: 'damaged'; readonly reason: string }
  | ({ readonly path: string; readonly entry: CorpusEntry; readonly model: Model } & ReplayResult);

/** Re-executes corpus entries and says of each whether it still shows its failure. */
export async function replay(options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const series = await loadSeries();
  const missing = options.paths.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new UsageError(`${quote(missing)} does not exist; name a corpus entry or a folder of them.`);
  const files = (options.paths.length > 0 ? options.paths : [options.corpus]).flatMap(entryPaths);
  if (files.length === 0) {
    terminal.error(`nothing to replay: no entries in ${options.paths.join(', ') || options.corpus}.`);
    return ExitCode.nothingRan;
  }
  const override = options.model === null ? null : selectModels(series, [options.model])[0]!;
  const lines = files.map((path) => replayFile(series, path, override, options.stepsMax));
  if (options.json) {
    terminal.print(`${JSON.stringify({ format: 1, entries: lines.map(toJson) }, null, 2)}\n`);
  } else {
    for (const line of lines) terminal.print(`${describe(line)}\n`);
    // One entry is asked for to be looked at; a whole corpus to be counted.
    if (lines.length === 1 && !options.quiet) terminal.print(shown(lines[0]!, terminal));
    terminal.print(`${summary(lines)}\n`);
  }
  return exitCode(lines, options);
}

function replayFile(series: readonly Series[], path: string, override: Model | null, stepsMax: number): Line {
  try {
    const entry = readEntry(path, (id) => {
      const found = series.find(({ name }) => id.startsWith(`${name}/`));
      if (found === undefined)
        throw new InvalidInput(`${path}: "model" is ${quote(id)}, of no known series.`);
      return found;
    });
    const model = override ?? findModel(series, entry.model);
    if (model === null)
      throw new InvalidInput(`${path}: "model" is ${quote(entry.model)}, which there is no more.`);
    return { path, entry, model, ...replayEntry(model, entry, stepsMax) };
  } catch (error) {
    if (!(error instanceof InvalidInput || error instanceof UsageError)) throw error;
    return { path, status: 'damaged', reason: error.message };
  }
}

function describe(line: Line): string {
  switch (line.status) {
    case 'damaged':
      return `damaged          ${line.reason}`;
    case 'reproduced':
      return `reproduced       ${line.path}${line.traceChanged ? ' (its steps differ from those recorded)' : ''}`;
    case 'fixed':
      return `fixed            ${line.path}: ${line.entry.property} (${line.entry.kind}) holds on ${labelled(line.model)}`;
    case 'other violation':
      return `other violation  ${line.path}: ${line.violations.map(({ property, kind }) => `${property} (${kind})`).join(', ')}`;
    case 'stale':
      return `stale            ${line.path}: ${line.reason}`;
    default:
      return line satisfies never;
  }
}

function shown(line: Line, terminal: Terminal): string {
  if (line.status !== 'reproduced') return '';
  const { path, entry, recording } = line;
  const reproduce = `npx zpci-fuzz replay ${path}`;
  return `\n${renderCounterexample(recording, { ...terminal, reproduce, property: entry, minimal: entry.minimal })}\n`;
}

function summary(lines: readonly Line[]): string {
  const counts = new Map<string, number>();
  for (const { status } of lines) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `${lines.length} entries: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`;
}

function toJson(line: Line): { [key: string]: unknown } {
  if (line.status === 'damaged') return { path: line.path, status: line.status, reason: line.reason };
  const { path, entry, model, status } = line;
  return {
    path,
    status,
    model: model.id,
    property: entry.property,
    kind: entry.kind,
    ...(line.status === 'stale' ? { reason: line.reason } : {}),
    ...(line.status === 'reproduced' ? { traceChanged: line.traceChanged } : {}),
    ...(line.status === 'other violation'
      ? { violations: line.violations.map(({ property, kind }) => ({ property, kind })) }
      : {}),
  };
}

function exitCode(lines: readonly Line[], { strict }: ReplayOptions): ExitCode {
  const has = (...statuses: Line['status'][]) => lines.some(({ status }) => statuses.includes(status));
  if (strict && has('stale', 'damaged')) return ExitCode.brokenContract;
  if (has('fixed', 'other violation', 'stale')) return ExitCode.violated;
  return has('damaged') ? ExitCode.usage : ExitCode.asClaimed;
}
