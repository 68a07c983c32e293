/** Which states answer whether a mail breaks something. */
import type { Recognition } from '../mail/recognise.ts';
import { listedId } from '../model/listed-id.ts';
import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Series } from '../model/series.ts';
import { findModel } from './select.ts';
import { selectionState, type Version } from './selections.ts';

export interface CheckPlan {
  readonly series: Series;
  /** With what is checked. */
  readonly after: Model;
  /** Without it; null where there is no such state. */
  readonly before: Model | null;
  /** States on the way from `before` to `after`, each with the patch that it ends with, where that changes the model. */
  readonly between: readonly { readonly patch: Patch<unknown>; readonly model: Model }[];
  /** The patches that are checked. */
  readonly patches: readonly Patch<unknown>[];
}

/** How to check a mail that was recognised as part of a state. */
export function planOf(found: Extract<Recognition, { kind: 'patch' | 'state' }>): CheckPlan {
  const { series, state } = found;
  const patches = series.numberedPatches(state);
  switch (found.kind) {
    case 'patch':
      return prefixPlan({ series, id: state, patches }, found.number);
    case 'state':
      return patches.length > 0 ? versionPlan({ series, id: state, patches }) : topPlan(series, state);
    default:
      return found satisfies never;
  }
}

/** How to check a state that was asked for: a prefix of a version for its last patch, a version as its cover letter. */
export function planOfModel(series: Series, model: Model): CheckPlan {
  const [version, selection] = listedId(series, model.state.id).split(':') as [string, string?];
  const patches = series.numberedPatches(version);
  if (selection === undefined)
    return patches.length > 0
      ? versionPlan({ series, id: version, patches })
      : topPlan(series, version, model);
  const numbers = selection === '0' ? [] : selection.split('+').map(Number);
  const last = numbers.at(-1);
  return {
    series,
    after: model,
    before:
      last === undefined
        ? null
        : selectionState({ series, id: version, patches }, numbers.slice(0, -1)).model,
    between: [],
    patches: last === undefined ? [] : [patches[last - 1]!],
  };
}

/** The first `number` patches of a version, and what the last of them changes. */
function prefixPlan(version: Version, number: number): CheckPlan {
  const { series, patches } = version;
  return {
    series,
    after: prefixOf(version, number)!,
    before: prefixOf(version, number - 1),
    between: [],
    patches: [patches[number - 1]!],
  };
}

function versionPlan(version: Version): CheckPlan {
  const { series, patches } = version;
  const after = prefixOf(version, patches.length)!;
  const changing = changingPatches(series, after);
  return {
    series,
    after,
    before: prefixOf(version, 0),
    between: patches.slice(0, -1).flatMap((patch, at) => {
      const model = changing.has(patch) ? prefixOf(version, at + 1) : null;
      return model === null ? [] : [{ patch, model }];
    }),
    patches,
  };
}

const prefixOf = (version: Version, count: number): Model | null =>
  selectionState(
    version,
    Array.from({ length: count }, (_, at) => at + 1),
  ).model;

/** A state that is another one and a patch on top. */
function topPlan(
  series: Series,
  id: string,
  model = findModel([series], `${series.name}/${id}`)!,
): CheckPlan {
  const top = model.patches.at(-1);
  return { series, after: model, before: belowOf(series, model), between: [], patches: top ? [top] : [] };
}

/** The listed state that has all patches but the last; null for a state without any. */
function belowOf(series: Series, { patches }: Model): Model | null {
  if (patches.length === 0) return null;
  const rest = patches.slice(0, -1);
  const models = series.states.flatMap(({ id }) => series.model(id) ?? []);
  return (
    models.find(
      (one) => one.patches.length === rest.length && one.patches.every((patch, at) => patch === rest[at]),
    ) ?? null
  );
}

/** Whether nothing of what the checked patches do is modelled. */
export const isUnmodelled = ({ series, after, patches }: CheckPlan): boolean => {
  const changing = changingPatches(series, after);
  return patches.length > 0 && !patches.some((patch) => changing.has(patch));
};

/** Patches of a state that do not leave the kernel of the model as it was. */
function changingPatches({ base }: Series, { patches }: Model): ReadonlySet<Patch<unknown>> {
  const changing = new Set<Patch<unknown>>();
  let kernel: unknown = base;
  for (const patch of patches) {
    const next = patch.apply(kernel);
    if (next !== kernel) changing.add(patch);
    kernel = next;
  }
  return changing;
}
