import picomatch from 'picomatch';
import { mutationsOf } from '../campaign/mutations.ts';
import type { Model } from '../model/model.ts';
import { mutationName } from '../model/mutation.ts';
import { PatchesDoNotApply, type Series } from '../model/series.ts';
import { sourceLabel } from '../model/source.ts';
import { quote } from '../quote.ts';
import { UsageError } from './exit.ts';
import { nearest } from './nearest.ts';
import { DEFAULT_SERIES } from './registry.ts';

/**
 * States that a glob matches: mutants only where the glob says so, and by their other names only in a series of which it
 * matches nothing else, so that a state is there once.
 */
function globbed(series: readonly Series[], glob: string): string[] {
  return series.flatMap(({ name, states }) => {
    const full = (ids: readonly string[]): string[] => ids.map((id) => `${name}/${id}`);
    const some = states.filter(({ source }) => source.status !== 'mutant' || glob.includes('mutant'));
    const found = matching(glob, full(some.map(({ id }) => id)));
    return found.length > 0 ? found : matching(glob, full(some.flatMap(({ aliases = [] }) => aliases)));
  });
}

const isGlob = (pattern: string): boolean => /[*?[{]/.test(pattern);

/**
 * The models that patterns name, each once, in order: `zpci-io/v1`, `v1` for zpci-io's, `zpci-io/v1:1+2`, a glob.
 *
 * @throws {@link UsageError} for a name that matches nothing, with the nearest names.
 */
export function selectModels(series: readonly Series[], patterns: readonly string[]): Model[] {
  const picked = new Map<string, Model>();
  for (const pattern of patterns) {
    const full = pattern.includes('/') ? pattern : `${DEFAULT_SERIES}/${pattern}`;
    checkMutation(series, full);
    const ids = isGlob(full) ? globbed(series, full) : [full];
    const models = ids.map((id) => findModel(series, id)).filter((model) => model !== null);
    if (models.length === 0) throw unknownModel(series, pattern, full);
    for (const model of models) picked.set(model.id, model);
  }
  return [...picked.values()];
}

/** What weakens nothing would pass for a mutant that no claim can tell from its state. @throws {@link UsageError} */
function checkMutation(series: readonly Series[], full: string): void {
  const at = full.indexOf('~');
  if (at < 0) return;
  const [state, mutation] = [full.slice(0, at), full.slice(at + 1)];
  const model = findModel(series, state);
  if (model === null) throw unknownModel(series, state, state);
  const names = mutationsOf(model).map(mutationName);
  if (names.includes(mutation)) return;
  throw new UsageError(
    `${quote(mutation)} is no mutation of ${state}. Nearest: ${nearest(mutation, names).join('; ')}. \`zpci-fuzz mutate ${state} --json\` has all ${names.length}.`,
  );
}

/** The one model that a name stands for. @throws {@link UsageError} for a glob that matches several. */
export function selectModel(series: readonly Series[], name: string): Model {
  const [model, ...others] = selectModels(series, [name]);
  if (others.length === 0) return model!;
  throw new UsageError(`${quote(name)} matches ${others.length + 1} models; name one of them.`);
}

/** `+` is plain in state names, not the start of an extended glob. */
function matching(glob: string, names: readonly string[]): string[] {
  const matches = picomatch(glob, { noextglob: true });
  return names.filter((name) => matches(name));
}

/** The model of a full id, or null. */
export function findModel(series: readonly Series[], id: string): Model | null {
  const slash = id.indexOf('/');
  const one = series.find(({ name }) => name === id.slice(0, slash));
  try {
    return one?.model(id.slice(slash + 1)) ?? null;
  } catch (error) {
    if (error instanceof PatchesDoNotApply) throw new UsageError(error.message);
    throw error;
  }
}

function unknownModel(series: readonly Series[], given: string, full: string): UsageError {
  const whole = series.find(({ name }) => name === given);
  if (whole !== undefined) {
    return new UsageError(
      `${quote(given)} is a series, not a model: name a state of it, as ${quote(`${given}/${whole.states[0]!.id}`)}, or all of them with ${quote(`${given}/*`)}.`,
    );
  }
  const labels = new Map(
    series.flatMap(({ name, states }) =>
      states.map(({ id, source }): [string, string] => [`${name}/${id}`, sourceLabel(source)]),
    ),
  );
  const names = [...labels.keys()];
  const near = nearest(full, names).map((name) => `${name} (${labels.get(name)})`);
  const slash = full.indexOf('/');
  const problem = series
    .find(({ name }) => name === full.slice(0, slash))
    ?.selectionProblem(full.slice(slash + 1));
  const why = problem == null ? '' : `: ${problem}`;
  return new UsageError(
    `unknown model ${quote(given)}${why}. Nearest: ${near.join(', ')}. \`zpci-fuzz list models\` shows all ${names.length}; a version's patches are picked as in v1:1+2.`,
  );
}

/** Ids of the claims that globs name. @throws {@link UsageError} for one that matches nothing. */
export function selectProperties(series: readonly Series[], patterns: readonly string[]): string[] {
  const names = [
    ...new Set(
      series.flatMap(({ properties, stateClaims }) => [...properties, ...stateClaims].map(({ id }) => id)),
    ),
  ];
  if (patterns.length === 0) return names;
  const picked = new Set<string>();
  for (const pattern of patterns) {
    const found = matching(pattern, names);
    if (found.length === 0) {
      throw new UsageError(
        `unknown property ${quote(pattern)}. Nearest: ${nearest(pattern, names).join(', ')}. \`zpci-fuzz list properties\` shows all ${names.length}.`,
      );
    }
    for (const name of found) picked.add(name);
  }
  return [...picked];
}

/** `zpci-io/v3 (proposed in review 2021-01-27)`. */
export const labelled = (model: Model): string => `${model.id} (${sourceLabel(model.state.source)})`;
