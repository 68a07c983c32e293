import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  renderBreakage,
  renderSaved,
  renderWatchedSeries,
  renderWatchedState,
  type WatchedState,
  watchChanges,
} from '../../reports/watch.ts';
import { quote } from '../quote.ts';
import { breakageOf } from './breakage.ts';
import { changedSeries } from './changed-series.ts';
import { type ExitCode, UsageError } from './exit.ts';
import { type Looker, RUNNER, startLooker } from './looker.ts';
import { exitCodeOfSignal } from './stopping.ts';
import type { Terminal } from './terminal.ts';
import { watchFolders } from './watch-folders.ts';
import type { WatchOptions } from './watch-options.ts';
import type { LookRequest, LookSaid, SentError } from './watch-protocol.ts';

/** What `watch` is put together from. */
export interface WatchParts {
  /** Of the checkout; null if there is none. */
  readonly root: string | null;
  readonly watchFolders: typeof watchFolders;
  startLooker(root: string, jobs: number): Looker;
}

/** Folders of the checkout that verdicts come from; the corpus is where `--corpus` says. */
const SOURCES = ['models', 'properties', 'harness'] as const;
const CORPUS = 'corpus';

/** Where the sources are that this was built from, or that it runs from. Null: an installed package has none. */
function checkoutRoot(): string | null {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = import.meta.url.endsWith('.ts') ? join(here, '..', '..') : join(here, '..', '..', '..');
  return [RUNNER, ...SOURCES].every((path) => existsSync(join(root, path))) ? root : null;
}

/**
 * Looks at all states, and after each save at those of the series that it touches; prints what is other than before. Ends
 * with a signal only.
 */
export async function watch(
  { models, properties, corpus, jobs }: WatchOptions,
  terminal: Terminal,
  parts: WatchParts = { root: checkoutRoot(), watchFolders, startLooker },
): Promise<ExitCode> {
  const { root } = parts;
  if (root === null) {
    throw new UsageError(
      'watch needs the sources of models and claims, and this is an installed package, which has none: run it in a checkout of the repository.',
    );
  }
  if (!existsSync(corpus) || !statSync(corpus).isDirectory()) {
    throw new UsageError(
      `--corpus is ${quote(corpus)}, where no folder is: run watch in the root of the checkout, or name the folder of stored counterexamples.`,
    );
  }
  const known = new Map<string, WatchedState>();
  /** States by series; empty for a series of which none is selected. */
  const states = new Map<string, readonly string[]>();
  const due = new Set<string>(seriesNames(root));
  let looker = parts.startLooker(root, jobs);
  let signal: NodeJS.Signals | null = null;
  let looking = false;
  let wake = (): void => {};

  const renew = (): void => {
    looker.close();
    looker = parts.startLooker(root, jobs);
  };

  const saved = (paths: readonly string[]): void => {
    const touched = changedSeries(
      seriesNames(root).map((name) => ({ name })),
      { tracked: paths, untracked: [] },
    ).filter(({ series: { name } }) => states.get(name)?.length !== 0);
    if (touched.length === 0) return;
    const why = paths.filter((path) => touched.some(({ own, shared }) => [...own, ...shared].includes(path)));
    const shown = why.map((path) =>
      path.startsWith(`${CORPUS}/`) ? join(corpus, path.slice(CORPUS.length)) : path,
    );
    const series = touched.map(({ series: { name } }) => name);
    terminal.print(renderSaved(shown, series, terminal));
    // What was saved last is looked at first.
    const rest = [...due].filter((name) => !series.includes(name));
    due.clear();
    for (const name of [...series, ...rest]) due.add(name);
    // Whoever stands by has loaded that already; whoever looks is about to be replaced.
    if (!looking && why.some((path) => path.startsWith('harness/'))) renew();
    wake();
  };

  const hear = (changes: Map<string, number>, said: LookSaid): void => {
    switch (said.kind) {
      case 'state': {
        const { state } = said;
        const before = known.get(state.model) ?? null;
        const series = state.model.split('/', 1)[0]!;
        // A state that is new among known ones is as much of a change as what it comes to.
        const lines = watchChanges(before, state);
        changes.set(series, (changes.get(series) ?? 0) + lines.length);
        known.set(state.model, state);
        terminal.print(renderWatchedState(state, lines, terminal));
        return;
      }
      case 'counterexample':
        terminal.print(`\n${said.text}\n`);
        return;
      case 'broken':
        terminal.print(renderBreakage({ ...breakageOf(said.error, root), state: said.state }, terminal));
        return;
      case 'series': {
        const { name, states: ids, broken } = said;
        const before = states.get(name);
        const gone = (before ?? []).filter((id) => !ids.includes(id));
        for (const id of gone) known.delete(id);
        states.set(name, ids);
        due.delete(name);
        if (ids.length === 0) return;
        terminal.print(
          renderWatchedSeries(
            {
              name,
              states: ids.flatMap((id) => (broken.includes(id) ? [] : (known.get(id) ?? []))),
              gone,
              changes: before === undefined ? null : (changes.get(name) ?? 0) + gone.length,
              broken: broken.length,
            },
            terminal,
          ),
        );
        return;
      }
      case 'done':
      case 'failed':
        return;
      default:
        said satisfies never;
    }
  };

  const failed = (error: SentError): void => {
    // Wrong from the start: a name that was misspelled on the command line.
    if (error.name === 'UsageError' && states.size === 0) throw new UsageError(error.message);
    terminal.print(renderBreakage({ ...breakageOf(error, root), state: null }, terminal));
  };

  const watching = parts.watchFolders(
    [...SOURCES.map((name) => ({ path: join(root, name), name })), { path: corpus, name: CORPUS }],
    saved,
  );
  const endSignals = terminal.onSignal((received) => {
    signal ??= received;
    wake();
  });
  try {
    terminal.error(`watching ${SOURCES.join(', ')} and ${corpus}; Ctrl-C ends.`);
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (signal !== null) return exitCodeOfSignal(signal);
      if (due.size === 0) {
        await woken;
        continue;
      }
      const changes = new Map<string, number>();
      const request = { names: [...due], models, properties, corpus, before: failuresOf(known) };
      const { color, width } = terminal;
      looking = true;
      const looked = looker.look({ ...request, today: terminal.today(), color, width }, (said) =>
        hear(changes, said),
      );
      // A newer save makes whatever comes of the older one worthless.
      const ended = await Promise.race([looked.then((error) => ({ error })), woken.then(() => null)]);
      looking = false;
      renew();
      if (ended === null || ended.error === null) continue;
      for (const name of request.names) due.delete(name);
      failed(ended.error);
    }
  } finally {
    endSignals();
    watching.close();
    looker.close();
  }
}

/** Series that there are in the sources now. */
const seriesNames = (root: string): string[] =>
  readdirSync(join(root, 'models'))
    .filter((name) => existsSync(join(root, 'models', name, 'series.ts')))
    .sort((a, b) => (a < b ? -1 : 1));

const failuresOf = (known: ReadonlyMap<string, WatchedState>): LookRequest['before'] =>
  Object.fromEntries(
    [...known].map(([model, { claims }]) => [
      model,
      claims.flatMap(({ property, kinds }) => kinds.map((kind) => `${property} ${kind}`)),
    ]),
  );
