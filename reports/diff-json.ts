import type { Behaviour } from '../harness/campaign/behaviour.ts';
import type { ShownEnd } from '../harness/campaign/change-example.ts';
import type { Change } from '../harness/campaign/difference.ts';
import type { Model } from '../harness/model/model.ts';
import type { Patch } from '../harness/model/patch.ts';
import type { DiffReport, ShownChange, ShownGroup } from './diff.ts';
import { provenanceOf } from './state-name.ts';

/** What `diff --json` prints, key by key. */
export function diffJson({
  first,
  second,
  isSame,
  patches,
  classes,
  groups,
  bound,
  left,
}: DiffReport): object {
  return {
    format: 1,
    first: modelJson(first),
    second: modelJson(second),
    same: isSame,
    bound: {
      maxOps: bound.opsMax,
      about: [...bound.about],
      worlds: [...bound.worlds],
      maxScenariosOfAWorld: bound.worldScenariosMax,
      maxSchedules: bound.schedulesMax,
    },
    left,
    patches: patches.map((pair) => ({
      marker: pair.marker,
      first: patchJson(pair.first),
      second: patchJson(pair.second),
    })),
    classes: classes.map((one) => ({
      marker: one.marker,
      class: one.name,
      same: one.same,
      changed: one.changed,
      onlyFirst: one.onlyFirst,
      onlySecond: one.onlySecond,
      notCompared: one.unknown,
      partlyCompared: one.partly,
    })),
    changes: groups.map(groupJson),
  };
}

const modelJson = ({ id, state }: Model) => ({ model: id, provenance: provenanceOf(state.source) });

const patchJson = (patch: Pick<Patch<unknown>, 'id' | 'subject' | 'source'> | null) =>
  patch === null ? null : { id: patch.id, subject: patch.subject, source: patch.source };

const changesJson = (changes: readonly Change[]) =>
  changes.map(({ of, before, after, text }) => ({ of, before: [...before], after: [...after], text }));

const groupJson = ({ changes, likewise, smallest, scenarios, classes, shown }: ShownGroup) => ({
  marker: smallest.marker,
  changes: changesJson(shown?.changes ?? changes),
  otherSchedules: changesJson(shown?.others ?? []),
  likewise: changesJson(likewise),
  scenarios,
  classes,
  ...(shown === null
    ? {}
    : {
        minimal: shown.isMinimal,
        first: endJson(shown.first, shown.patches[0]),
        second: endJson(shown.second, shown.patches[1]),
      }),
});

const endJson = ({ behaviour, scenario, isOwn }: ShownEnd, patch: ShownChange['patches'][0]) => ({
  ...behaviourJson(behaviour),
  only: isOwn,
  patch: patchJson(patch),
  scenario,
});

const behaviourJson = ({ outcome, calls, device, seen }: Behaviour) => ({
  outcome,
  calls,
  device,
  ...(seen.length === 0 ? {} : { seen }),
});
