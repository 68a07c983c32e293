import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { count } from '../../reports/count.ts';
import type {
  ExplorerBisect,
  ExplorerCounterexample,
  ExplorerState,
  ExplorerVerdict,
} from '../../reports/explorer/data.ts';
import { explorerBisect, withOwnIds } from '../../reports/formats/explorer-data.ts';
import { provenanceOf } from '../../reports/state-name.ts';
import type { ExpectedVerdict } from '../model/expectation.ts';
import { expectationOn } from '../model/expectation-on.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import type { StateVerdict } from '../model/state-claim.ts';
import { quote, tame } from '../quote.ts';
import { type BisectSearch, bisectReport } from './bisect-report.ts';
import { ExitCode, UsageError } from './exit.ts';
import { explorerPage } from './explorer-page.ts';
import { makePool } from './pool.ts';
import { loadSeries, seriesModules } from './registry.ts';
import { isWritable } from './report-file.ts';
import type { RunParts } from './run.ts';
import { keptAt } from './run-text.ts';
import { selectModel, selectModels } from './select.ts';
import { versionOf } from './selections.ts';
import { exitCodeOfSignal } from './stopping.ts';
import { storedFailures } from './stored-failures.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

export interface ReportOptions {
  /** Folder that the page is written to; made where it does not exist. */
  readonly html: string;
  /** States; all but mutants where empty. */
  readonly models: readonly string[];
  readonly corpus: string;
  /** Versions whose patches are bisected for the page. */
  readonly bisects: readonly string[];
  /** How each of them is. */
  readonly search: Omit<BisectSearch, 'version' | 'corpus'>;
}

/**
 * Writes the explorer: what is expected of every state, the counterexamples of the corpus, and the versions that were asked
 * for patch by patch.
 *
 * @throws {@link UsageError} before anything is searched or written.
 */
export async function report(
  { html, models: patterns, corpus, bisects, search }: ReportOptions,
  terminal: Terminal,
  parts: RunParts = { modules: seriesModules(), makePool },
): Promise<ExitCode> {
  const series = await loadSeries(parts.modules);
  const models = selectModels(series, patterns.length === 0 ? ['*/*'] : patterns);
  const versions = bisects.map((name) => selectModel(series, name));
  for (const version of versions) versionOf(series, version);
  checkFolders(html, corpus);
  const bisected: ExplorerBisect[] = [];
  for (const version of new Set(versions.map(({ id }) => id))) {
    const { report: found, signal } = await bisectReport({ ...search, version, corpus }, terminal, parts);
    if (signal !== null) return exitCodeOfSignal(signal);
    bisected.push(explorerBisect(found));
  }
  const states = models.map((model) =>
    stateOf(series.find(({ name }) => name === model.series.name)!, model),
  );
  let passedOver = 0;
  const error = (text: string): void => {
    passedOver++;
    terminal.error(text);
  };
  const counterexamples = withOwnIds(models.flatMap((model) => storedOf(series, corpus, model, { error })));
  const page = await explorerPage({
    format: 1,
    version: VERSION,
    from: `expected verdicts, counterexamples of ${corpus}${passedOver === 0 ? '' : `; ${count(passedOver, 'damaged entry', 'damaged entries')} passed over`}`,
    verdicts: 'expected',
    states,
    counterexamples,
    bisects: bisected,
  });
  mkdirSync(html, { recursive: true });
  const file = join(html, 'index.html');
  await writeFileAtomic(file, page);
  const added = bisected.length === 0 ? '' : `, ${count(bisected.length, 'bisection')}`;
  terminal.print(
    `${tame(file)}: ${count(states.length, 'state')}, ${count(counterexamples.length, 'counterexample')}${added}\n`,
  );
  return ExitCode.asClaimed;
}

function checkFolders(html: string, corpus: string): void {
  if (!existsSync(corpus) || !statSync(corpus).isDirectory()) {
    throw new UsageError(
      `the corpus ${quote(corpus)} ${existsSync(corpus) ? 'is not a folder' : 'does not exist'}; counterexamples are read from there: name their folder with --corpus, or make an empty one.`,
    );
  }
  if (html === '')
    throw new UsageError('--html got nothing; it takes the folder that the page is written to.');
  const obstacle = obstacleTo(html);
  if (obstacle !== null) {
    throw new UsageError(`the page cannot be written to ${quote(html)}: ${obstacle}; name another folder.`);
  }
}

/** Why no page can be written to a folder, or null. Creates nothing. */
function obstacleTo(folder: string): string | null {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) return `${quote(folder)} is a file, and --html takes a folder`;
    const page = join(folder, 'index.html');
    if (existsSync(page) && statSync(page).isDirectory()) return `${quote(page)} is a folder`;
    return isWritable(folder) ? null : `${quote(folder)} is not writable`;
  }
  const parent = dirname(folder);
  return parent === folder ? `${quote(folder)} does not exist` : obstacleTo(parent);
}

function stateOf(series: Series, { id, state, properties, stateVerdicts }: Model): ExplorerState {
  return {
    model: id,
    ...provenanceOf(state.source),
    about: state.about,
    coverage: 'nothing was searched for this page',
    verdicts: [
      ...properties.map(({ id: property }) => expectedOf(series, state.id, property)),
      ...stateVerdicts.map(decidedBy),
    ],
  };
}

function expectedOf(series: Series, stateId: string, property: string): ExplorerVerdict {
  const { expectation, inheritedFrom } = expectationOn(series, stateId, property);
  const inherited = inheritedFrom === null ? '' : `as ${inheritedFrom}: `;
  return {
    property,
    verdict: expectation === null ? 'holds' : verdictOf(expectation.verdict),
    remark:
      expectation === null
        ? ''
        : `expected${expectation.verdict === 'may be violated' ? ' either way' : ''}: ${inherited}${expectation.reason}`,
    exercised: null,
  };
}

function verdictOf(expected: ExpectedVerdict): ExplorerVerdict['verdict'] {
  switch (expected) {
    case 'holds':
    case 'violated':
    case 'inconclusive':
      return expected;
    case 'may be violated':
      return 'inconclusive';
    default:
      return expected satisfies never;
  }
}

/** No expectation: cited facts say it. */
function decidedBy({ property, verdict, findings }: StateVerdict): ExplorerVerdict {
  const facts = findings.map(({ message, source }) => `${message} (${source})`);
  return { property, verdict, remark: ['decided by cited facts', ...facts].join('. '), exercised: null };
}

const storedOf = (
  series: readonly Series[],
  corpus: string,
  { id }: Model,
  terminal: Pick<Terminal, 'error'>,
): ExplorerCounterexample[] =>
  storedFailures(series, join(corpus, id), terminal)
    .filter(({ model, path }) => {
      if (model === id) return true;
      terminal.error(`passed over: ${tame(path)}: it is of ${quote(model)}, and in the folder of ${id}.`);
      return false;
    })
    .map(({ path, ...found }) => ({
      ...found,
      id: basename(path, '.json'),
      reproduce: keptAt(path).reproduce,
    }));
