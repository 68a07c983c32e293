import type { Behaviour } from '../harness/campaign/behaviour.ts';
import type { ShownEnd } from '../harness/campaign/change-example.ts';
import type { Model } from '../harness/model/model.ts';
import type { Patch } from '../harness/model/patch.ts';
import type { DiffReport, ShownChange, ShownGroup } from './diff.ts';
import { provenanceOf } from './state-name.ts';

/** What `diff --json` prints, key by key. */
export function diffJson({ first, second, patches, classes, groups, bound, left }: DiffReport): object {
  return {
    format: 1,
    first: modelJson(first),
    second: modelJson(second),
    bound: {
      maxOps: bound.opsMax,
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
    })),
    changes: groups.map(groupJson),
  };
}

const modelJson = ({ id, state }: Model) => ({ model: id, provenance: provenanceOf(state.source) });

const patchJson = (patch: Pick<Patch<unknown>, 'id' | 'subject' | 'source'> | null) =>
  patch === null ? null : { id: patch.id, subject: patch.subject, source: patch.source };

const groupJson = ({ changes, smallest, scenarios, shown }: ShownGroup) => ({
  marker: smallest.marker,
  changes: changes.map(({ of, before, after }) => ({ of, before: [...before], after: [...after] })),
  scenarios,
  ...(shown === null
    ? {}
    : {
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

const behaviourJson = ({ outcome, calls, device }: Behaviour) => ({ outcome, calls, device });
