import type { Machine } from '../machine/machine.ts';
import type { Aspect } from './aspect.ts';
import type { Expectation } from './expectation.ts';
import { codePathNames, instrument } from './instrument.ts';
import type { Model, Operation, SeriesInfo, StateInfo, World, WorldConfig } from './model.ts';
import { hooked, type Mutation, mutate, mutationName, parseMutation } from './mutation.ts';
import { applyPatches, type Patch } from './patch.ts';
import type { Property } from './property.ts';
import type { Source } from './source.ts';
import { judgeState, type StateClaim, type StateClaimInfo } from './state-claim.ts';
import type { Survivor } from './survivor.ts';

/** A named state. */
export interface StateSpec<K> extends StateInfo {
  /**
   * What the tree that the version was posted against had more than the series' base, as git's prerequisite patches:
   * always applied, first.
   */
  readonly prerequisites?: readonly Patch<K>[];
  /** The numbered patches of one version, in order: what `v3:1+2` picks from. */
  readonly patches: readonly Patch<K>[];
  /** What belongs to the version but is no patch of it, such as its user space side; always applied. */
  readonly companions?: readonly Patch<K>[];
  /** Named patches on top, as in `v1+hp`. */
  readonly extras?: readonly Patch<K>[];
}

/** Everything a folder under models/ says about its series. */
export interface SeriesSpec<K extends object, W extends World & E, C, E> extends SeriesInfo {
  readonly base: K;
  readonly states: readonly StateSpec<K>[];
  /** What claims may require of a kernel. */
  features(kernel: K): ReadonlySet<string>;
  readonly properties: readonly Property<E>[];
  /** Claims that cited facts decide and no execution can. */
  readonly stateClaims?: readonly StateClaim<K>[];
  /** Verdicts other than that a claim holds; none where left out. */
  readonly expectations?: readonly Expectation[];
  /** Mutations that its claims need not tell from a state. */
  readonly survivors?: readonly Survivor[];
  /** What tells apart the situations that operations begin in; none where left out. */
  readonly aspects?: readonly Aspect<W>[];
  compile(operation: Operation): unknown;
  configure(config: WorldConfig): C;
  createWorld(machine: Machine, kernel: K, settings: C): W;
}

/** A series as the harness sees it. */
export interface Series extends SeriesInfo {
  /** The kernel that patches change: to see what each does to it. */
  readonly base: object;
  readonly states: readonly StateInfo[];
  /** Every claim of the series, also those that no present state is judged by. */
  readonly properties: readonly Property<World>[];
  readonly stateClaims: readonly StateClaimInfo[];
  readonly expectations: readonly Expectation[];
  readonly survivors: readonly Survivor[];
  /**
   * The model of a state: `v1`, `v1+hp`, or `v3:1+2` for only those numbered patches. Null if there is none.
   *
   * @throws {@link PatchesDoNotApply} if a patch needs one that was left out.
   */
  model(stateId: string): Model | null;
  /**
   * A state as its patches make it: the base, then with one patch more each time, in their order. Where some patches build
   * only together, the steps between are left out. Empty if there is no such state.
   */
  prefixes(stateId: string): readonly { readonly patch: Patch<unknown> | null; readonly model: Model }[];
  /** A state without one of its patches, for each that the others build without. */
  withoutEach(stateId: string): readonly { readonly patch: Patch<unknown>; readonly model: Model }[];
  /** The numbered patches that selections of a version pick from; none of a version with a patch on top. */
  numberedPatches(version: string): readonly Patch<unknown>[];
  /** Why a selection of patches (`v3:4`) is none, in words; null where that is not what is wrong. */
  selectionProblem(stateId: string): string | null;
}

/** A subset of patches that would not compile. */
export class PatchesDoNotApply extends Error {
  override readonly name = 'PatchesDoNotApply';
}

/** Turns a series' description into what the harness runs. */
export function defineSeries<K extends object, W extends World & E, C, E>(
  spec: SeriesSpec<K, W, C, E>,
): Series {
  // Claims ask for evidence of type E, which every world W is; createWorld below makes all the worlds they see.
  const properties = spec.properties as unknown as readonly Property<World>[];

  const build = (state: StateInfo, patches: readonly Patch<K>[]): Model => {
    checkRequirements(`${spec.name}/${state.id}`, patches);
    const { kernel, origins } = applyPatches(spec.base, patches);
    const features = spec.features(kernel);
    const applies = ({ requires = [] }: { readonly requires?: readonly string[] }): boolean =>
      requires.every((name) => features.has(name));
    return {
      id: `${spec.name}/${state.id}`,
      series: spec,
      state,
      patches: patches as readonly Patch<unknown>[],
      origins,
      functions: codePathNames(kernel),
      smallWorlds: (spec.smallWorlds ?? []).filter(applies).map(({ id }) => id),
      properties: properties.filter(applies),
      stateVerdicts: (spec.stateClaims ?? []).filter(applies).map((claim) => judgeState(claim, kernel)),
      compile: spec.compile,
      configure: spec.configure,
      createWorld: (machine, settings, observer) =>
        spec.createWorld(machine, observer === null ? kernel : instrument(kernel, observer), settings as C),
      createHookedWorld: (machine, settings, hooks) =>
        spec.createWorld(machine, hooked(kernel, hooks), settings as C),
      // As with properties: createWorld below makes all the worlds they see.
      aspects: (spec.aspects ?? []) as unknown as readonly Aspect<World>[],
      mutable: { booleans: weakenable(kernel, spec.base), replaced: replacedIn(kernel, spec.base) },
    };
  };

  const mutated = (model: Model, kernel: K, mutation: Mutation): Model => {
    const id = `${model.state.id}~${mutationName(mutation)}`;
    return {
      ...model,
      id: `${spec.name}/${id}`,
      state: {
        id,
        source: { status: 'mutant', note: mutationName(mutation) },
        about: `${model.state.id}, weakened: ${mutationName(mutation)}.`,
      },
      createWorld: (machine, settings, observer) => {
        const weak = mutate(kernel, spec.base, mutation, machine);
        return spec.createWorld(
          machine,
          observer === null ? weak : instrument(weak, observer),
          settings as C,
        );
      },
    };
  };

  /** The state that `v3:1+2` names, and which of its patches. */
  const parse = (stateId: string) => {
    const [version, subset] = stateId.split(':', 2) as [string, string?];
    const state = spec.states.find(({ id, aliases = [] }) => id === version || aliases.includes(version));
    return { version, subset, state };
  };

  /** What a name stands for: all patches that are applied to the base, in order. Null if it is none. */
  const resolve = (stateId: string): { info: StateInfo; patches: readonly Patch<K>[] } | null => {
    const { version, subset, state } = parse(stateId);
    if (state === undefined) return null;
    const { source, patches, prerequisites = [], companions = [], extras = [] } = state;
    if (subset === undefined) {
      const about = state.id === version ? state.about : `Another name of ${state.id}. ${state.about}`;
      const all = [...prerequisites, ...patches, ...companions, ...extras];
      return { info: { id: stateId, source, about }, patches: all };
    }
    const picked = extras.length > 0 ? null : selectPatches(patches, subset);
    if (picked === null) return null;
    const about =
      picked.length === 0
        ? `${version} with none of its ${patches.length} patches.`
        : `Patches ${subset} of the ${patches.length} of ${version}.`;
    const isPrefix = picked.every((patch, at) => patch === patches[at]);
    return {
      info: { id: stateId, source: isPrefix ? source : selection(version), about },
      patches: [...prerequisites, ...picked, ...companions],
    };
  };

  return {
    base: spec.base,
    name: spec.name,
    title: spec.title,
    thread: spec.thread,
    ...(spec.files === undefined ? {} : { files: spec.files }),
    operations: spec.operations,
    world: spec.world,
    ...(spec.worldProblem === undefined ? {} : { worldProblem: spec.worldProblem }),
    ...(spec.smallWorlds === undefined ? {} : { smallWorlds: spec.smallWorlds }),
    ...(spec.operationsProblem === undefined ? {} : { operationsProblem: spec.operationsProblem }),
    ...(spec.dormant === undefined ? {} : { dormant: spec.dormant }),
    states: spec.states,
    properties,
    stateClaims: spec.stateClaims ?? [],
    expectations: spec.expectations ?? [],
    survivors: spec.survivors ?? [],
    numberedPatches(version) {
      const { subset, state } = parse(version);
      const { patches = [], extras = [] } = state ?? {};
      return (subset === undefined && extras.length === 0 ? patches : []) as readonly Patch<unknown>[];
    },
    selectionProblem(stateId) {
      const { version, subset, state } = parse(stateId);
      return state === undefined || subset === undefined ? null : problemOf(version, state, subset);
    },
    model(stateId) {
      const at = stateId.indexOf('~');
      const found = resolve(at < 0 ? stateId : stateId.slice(0, at));
      if (found === null) return null;
      const model = build(found.info, found.patches);
      if (at < 0) return model;
      const mutation = parseMutation(stateId.slice(at + 1));
      return mutation === null
        ? null
        : mutated(model, applyPatches(spec.base, found.patches).kernel, mutation);
    },
    prefixes(stateId) {
      const found = resolve(stateId);
      if (found === null) return [];
      const { info, patches } = found;
      return Array.from({ length: patches.length + 1 }, (_, count) => patches.slice(0, count))
        .filter((some) => missingRequirement(some) === null)
        .map((some) => ({
          patch: (some.at(-1) ?? null) as Patch<unknown> | null,
          model: build({ ...info, id: `${info.id}@${some.length}` }, some),
        }));
    },
    withoutEach(stateId) {
      const found = resolve(stateId);
      if (found === null) return [];
      const { info, patches } = found;
      return patches
        .map((patch, at) => ({ patch, rest: patches.filter((one) => one !== patch), at }))
        .filter(({ rest }) => missingRequirement(rest) === null)
        .map(({ patch, rest, at }) => ({
          patch: patch as Patch<unknown>,
          model: build({ ...info, id: `${info.id}-${at + 1}` }, rest),
        }));
    },
  };
}

/**
 * Boolean facts of a kernel, and of the records in it, that would weaken it the other way round: what it has, and what it
 * has otherwise than the base. What neither of them has is another state's.
 */
function weakenable(kernel: object, base: object | undefined, prefix = ''): string[] {
  return Object.entries(kernel).flatMap(([name, value]: [string, unknown]) => {
    const before = (base as Record<string, unknown> | undefined)?.[name];
    if (typeof value === 'boolean') return value || before === true ? [prefix + name] : [];
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord && prefix === '' ? weakenable(value, before as object | undefined, `${name}.`) : [];
  });
}

/** Entries that are functions and were another one in the base. */
const replacedIn = (kernel: object, base: object): string[] =>
  Object.entries(kernel)
    .filter(([name, value]) => {
      const before = (base as Record<string, unknown>)[name];
      return typeof value === 'function' && typeof before === 'function' && value !== before;
    })
    .map(([name]) => name);

/** A prefix is a step of the series as posted; any other selection or order is not. */
const selection = (version: string): Source => ({
  status: 'inferred',
  note: `patches of ${version} in a selection or order that nobody posted`,
});

/** What is wrong with a selection that {@link selectPatches} refuses; null if nothing. */
function problemOf<K>(
  version: string,
  { patches, extras = [] }: StateSpec<K>,
  subset: string,
): string | null {
  if (extras.length > 0) return `${version} is a version with a patch on top, of which none can be picked`;
  if (selectPatches(patches, subset) !== null) return null;
  if (patches.length === 0) return `${version} has no patches to pick from`;
  const range = patches.length === 1 ? 'patch 1' : `patches 1 to ${patches.length}`;
  const tokens = subset.split('+');
  const twice = tokens.find((token, at) => tokens.indexOf(token) !== at);
  return twice !== undefined && patches[Number(twice) - 1] !== undefined
    ? `patch ${twice} is named twice`
    : `${version} has ${range}, named as in ${version}:${patches.length === 1 ? '1' : '1+2'}; ${version}:0 is none of them`;
}

/** `1+2` in that order, `0` for none; null if it names what is not there. */
function selectPatches<K>(patches: readonly Patch<K>[], subset: string): Patch<K>[] | null {
  if (subset === '0') return [];
  const picked: Patch<K>[] = [];
  for (const token of subset.split('+')) {
    const patch = /^[1-9]\d*$/.test(token) ? patches[Number(token) - 1] : undefined;
    if (patch === undefined || picked.includes(patch)) return null;
    picked.push(patch);
  }
  return picked;
}

/** The first patch that uses what none before it has, and what that is; null if they build. */
function missingRequirement<K>(patches: readonly Patch<K>[]): { patch: Patch<K>; missing: string } | null {
  for (const [at, patch] of patches.entries()) {
    const before = patches.slice(0, at);
    const missing = (patch.requires ?? []).find((need) => !before.some(({ id }) => id === need));
    if (missing !== undefined) return { patch, missing };
  }
  return null;
}

function checkRequirements<K>(id: string, patches: readonly Patch<K>[]): void {
  const found = missingRequirement(patches);
  if (found === null) return;
  const { patch, missing } = found;
  throw new PatchesDoNotApply(
    `${id} does not build: patch ${patch.id} ("${patch.subject}") uses what patch ${missing} introduces, and that one is not applied before it.`,
  );
}
