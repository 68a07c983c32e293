import { existsSync } from 'node:fs';
import { count } from '../../reports/count.ts';
import { renderCounterexample } from '../../reports/counterexample.ts';
import { plain } from '../../reports/plain.ts';
import { type CorpusEntry, entryPaths, type ReplayResult, replayEntry } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { sourceLabel } from '../model/source.ts';
import { quote } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { ExitCode, UsageError } from './exit.ts';
import { readKnownEntry } from './known-entry.ts';
import { loadSeries } from './registry.ts';
import { labelled, selectModel } from './select.ts';
import { shellWord } from './shell-word.ts';
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
  const places = options.paths.length > 0 ? options.paths : [options.corpus];
  const files = [...new Set(places.flatMap(entryPaths))];
  if (files.length === 0) {
    terminal.error(`nothing to replay: no entries in ${places.join(', ')}.`);
    return ExitCode.nothingRan;
  }
  const override = options.model === null ? null : selectModel(series, options.model);
  const lines = files.map((path) => replayFile(series, path, override, options.stepsMax));
  if (options.json) {
    terminal.print(`${JSON.stringify({ format: 1, entries: lines.map(toJson) }, null, 2)}\n`);
  } else {
    for (const line of lines) terminal.print(`${plain(describe(line))}\n`);
    // One entry is asked for to be looked at; a whole corpus to be counted.
    if (lines.length === 1 && !options.quiet) terminal.print(shown(lines[0]!, terminal));
    terminal.print(`${summary(lines)}\n`);
  }
  return exitCode(lines, options);
}

function replayFile(series: readonly Series[], path: string, override: Model | null, stepsMax: number): Line {
  try {
    const { entry, model: named } = readKnownEntry(series, path);
    const model = override ?? named;
    if (model.series.name !== named.series.name) {
      throw new UsageError(`${path} is of ${named.id}, --model names ${model.id}, of another series.`);
    }
    return { path, entry, model, ...replayEntry(model, entry, stepsMax) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { path, status: 'damaged', reason: error.message };
  }
}

function describe(line: Line): string {
  switch (line.status) {
    case 'damaged':
      return `damaged          ${line.reason}`;
    case 'reproduced':
      return `reproduced       ${line.path} on ${labelled(line.model)}${line.traceChanged ? '; its steps differ from those recorded' : ''}`;
    case 'fixed':
      return `fixed            ${line.path}: ${line.entry.property} (${line.entry.kind}) ${judged(line) ? 'holds on' : 'does not apply to'} ${labelled(line.model)}`;
    case 'other violation':
      return `other violation  ${line.path} on ${labelled(line.model)}: ${line.violations.map(({ property, kind }) => `${property} (${kind})`).join(', ')}`;
    case 'stale':
      return `stale            ${line.path} on ${labelled(line.model)}: ${line.reason}`;
    default:
      return line satisfies never;
  }
}

/** Whether the state is one that the entry's claim says anything about. */
const judged = ({ entry, model }: { readonly entry: CorpusEntry; readonly model: Model }): boolean =>
  model.properties.some(({ id }) => id === entry.property);

function shown(line: Line, terminal: Terminal): string {
  if (line.status !== 'reproduced') return '';
  const { path, entry, recording } = line;
  const reproduce = `npx zpci-fuzz replay ${shellWord(path)}`;
  return `\n${renderCounterexample(recording, { ...terminal, reproduce, property: entry, minimal: entry.minimal })}\n`;
}

function summary(lines: readonly Line[]): string {
  const counts = new Map<string, number>();
  for (const { status } of lines) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, number]) => `${number} ${status}`);
  return `${count(lines.length, 'entry', 'entries')}: ${parts.join(', ')}`;
}

function toJson(line: Line): { [key: string]: unknown } {
  if (line.status === 'damaged') return { path: line.path, status: line.status, reason: line.reason };
  const { path, entry, model, status } = line;
  return {
    path,
    status,
    model: model.id,
    provenance: sourceLabel(model.state.source),
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
