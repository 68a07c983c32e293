/** What executions of a state reach of its code and of the situations that its operations can begin in. */
import type { Model } from '../model/model.ts';
import type { BlockCoverage } from './block-coverage.ts';
import { type ChunkResult, runChunk, type SearchOptions } from './chunk.ts';
import { chunksOf } from './chunk-size.ts';
import { type KnownFailure, runKnown, runSmall } from './opening.ts';
import { abstractStates, Probe, situation } from './probe.ts';
import { mergeReturns, type Returns } from './returns.ts';
import { type Site, sitesOf } from './sites.ts';

/** Something there is to reach, and what reached it. */
export interface Reach<T> {
  readonly what: T;
  readonly corpus: boolean;
  readonly search: boolean;
}

/** An operation that begins in an abstract state. */
export interface Situation {
  readonly operation: string;
  readonly state: string;
}

/** What each of the two ways to execute did. */
export interface Effort {
  readonly sequences: number;
  readonly executions: number;
  readonly returns: Returns;
}

export interface StateReach {
  readonly model: Model;
  readonly efforts: { readonly corpus: Effort; readonly search: Effort };
  readonly functions: readonly Reach<string>[];
  /** Of functions that ran. */
  readonly sites: readonly Reach<Site>[];
  readonly situations: readonly Reach<Situation>[];
  /** Set where a signal ended it. */
  readonly stopped: boolean;
}

export interface ReachOptions extends SearchOptions {
  /** Generated sequences, besides those that every search begins with. */
  readonly runs: number;
}

/**
 * Replays what the corpus has of a model, then searches it, in this thread.
 *
 * @param folder address of the folder that the model's code is in.
 * @param goesOn asked between two pieces of work.
 */
export async function reachOf(
  model: Model,
  known: readonly KnownFailure[],
  options: ReachOptions,
  folder: string,
  blocks: BlockCoverage,
  goesOn: () => Promise<boolean>,
): Promise<StateReach> {
  const covers = (url: string): boolean => url.startsWith(folder);
  const measured = async (work: (watched: Model) => AsyncGenerator<ChunkResult>) => {
    blocks.take(covers);
    const probe = new Probe();
    const chunks: ChunkResult[] = [];
    for await (const chunk of work(probe.watch(model))) {
      chunks.push(chunk);
      if (!(await goesOn())) break;
    }
    const sites = blocks.take(covers).flatMap((script) => sitesOf(script, folder));
    return { probe, sites, effort: effortOf(model, chunks) };
  };
  const corpus = await measured(async function* (watched) {
    yield runKnown(watched, options, known);
  });
  const search = await measured(async function* (watched) {
    yield runSmall(watched, options, Number.POSITIVE_INFINITY);
    for (const { chunk, sequences } of chunksOf(options.runs)) {
      yield runChunk(watched, options, chunk, sequences);
    }
  });
  const both = { corpus, search };
  const reach = <T>(what: T, by: (way: typeof corpus) => boolean): Reach<T> => ({
    what,
    corpus: by(both.corpus),
    search: by(both.search),
  });
  const sites = new Map([...corpus.sites, ...search.sites].map(({ site }) => [site.id, site]));
  const reachedSites = (way: typeof corpus) =>
    new Set(way.sites.flatMap(({ site, reached }) => (reached ? [site.id] : [])));
  const ids = { corpus: reachedSites(corpus), search: reachedSites(search) };
  return {
    model,
    efforts: { corpus: { ...corpus.effort, sequences: known.length }, search: search.effort },
    functions: model.functions.map((name) => reach(name, ({ probe }) => probe.functions.has(name))),
    sites: [...sites.values()]
      .sort((a, b) => (a.file === b.file ? offsetOf(a) - offsetOf(b) : a.file < b.file ? -1 : 1))
      .map((site) => ({ what: site, corpus: ids.corpus.has(site.id), search: ids.search.has(site.id) })),
    situations: abstractStates(model).flatMap((state) =>
      model.series.operations.map(({ name: operation }) =>
        reach({ operation, state }, ({ probe }) => probe.situations.has(situation(operation, state))),
      ),
    ),
    stopped: !(await goesOn()),
  };
}

const offsetOf = ({ id }: Site): number => Number(id.slice(id.lastIndexOf(':') + 1));

function effortOf({ series }: Model, chunks: readonly ChunkResult[]): Effort {
  return {
    sequences: chunks.reduce((sum, { sequences }) => sum + sequences, 0),
    executions: chunks.reduce((sum, { executions }) => sum + executions, 0),
    returns: mergeReturns(
      series,
      chunks.map(({ returns }) => returns),
    ),
  };
}

/** What several states of one series reach together: a place that one state cannot reach may be another's. */
export function mergeReach<T>(
  parts: readonly (readonly Reach<T>[])[],
  keyOf: (what: T) => string,
): Reach<T>[] {
  const merged = new Map<string, Reach<T>>();
  for (const one of parts.flat()) {
    const key = keyOf(one.what);
    const known = merged.get(key);
    merged.set(key, {
      what: one.what,
      corpus: one.corpus || known?.corpus === true,
      search: one.search || known?.search === true,
    });
  }
  return [...merged.values()];
}
