import type { Series } from '../model/series.ts';
import type { Changes } from './git.ts';

/** A series whose verdicts may be others than at some commit, and the files that are why. */
export interface ChangedSeries<One = Series> {
  readonly series: One;
  /** Its own models, claims and stored counterexamples. */
  readonly own: readonly string[];
  /** What all series share. */
  readonly shared: readonly string[];
}

/** Folders whose files belong to one series each. */
const OF_A_SERIES = /^(?:models|properties|corpus)\/(?<series>[^/]+)\//;
/** Where verdicts come from. What git does not know counts only here: it may be anything. */
const SOURCES = /^(?:models|properties|corpus|harness)\//;
/** What no verdict depends on. */
const WITHOUT_EFFECT = [
  /^(?:reports|docs|harness\/bench|\.ci|\.github|\.vscode)\//,
  /\.(?:test|fixture)\.ts$/,
  /\.md$/,
  // In the root: what only readers, editors, git, linters and tests look at.
  /^(?:LICENSE|\.git[^/]*|\.editorconfig|biome\.json|vitest\.config\.ts)$/,
  /^corpus\/[^/]+$/,
];

/** Series that a change of these files may have changed: all of them where it is of what they share. */
export function changedSeries<One extends Pick<Series, 'name'>>(
  series: readonly One[],
  { tracked, untracked }: Changes,
): readonly ChangedSeries<One>[] {
  const paths = [...tracked, ...untracked.filter((path) => SOURCES.test(path))].filter(
    (path) => !WITHOUT_EFFECT.some((pattern) => pattern.test(path)),
  );
  const ownerOf = (path: string): string | undefined => OF_A_SERIES.exec(path)?.groups?.series;
  const shared = paths.filter((path) => !series.some(({ name }) => name === ownerOf(path)));
  return series
    .map((one) => ({ series: one, own: paths.filter((path) => ownerOf(path) === one.name), shared }))
    .filter(({ own }) => own.length > 0 || shared.length > 0);
}
