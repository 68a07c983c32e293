import type { Model } from '../model/model.ts';
import { normalize } from '../scenario/reduce.ts';
import { FORMAT } from '../scenario/scenario.ts';
import { ScheduleSearch, type ShrinkTarget, SWITCHES_MAX, switchesOf } from '../scenario/schedule-search.ts';
import type { SmallScenario } from '../scenario/small-scenarios.ts';
import { isShorter, type ShortestScenario } from './exhaust.ts';

/** Finds, for scenarios that break a claim under some schedule, one with the fewest context switches. */
export class Shortest {
  readonly #model: Model;
  readonly #stepsMax: number;
  /** Whether the last question could not be settled: there may be fewer switches than were found. */
  gaveUp = false;

  constructor(model: Model, stepsMax: number) {
    this.#model = model;
    this.#stepsMax = stepsMax;
  }

  /** What this scenario makes of it, or null if that is no shorter than the best so far. `schedule` breaks the claim. */
  of(
    { world, ops, changes }: SmallScenario,
    index: number,
    target: ShrinkTarget,
    schedule: readonly string[],
    best: ShortestScenario | null,
  ): ShortestScenario | null {
    // With as many switches as the best it would have to be more usual.
    const most = best === null ? SWITCHES_MAX : best.switches - (changes < best.changes ? 0 : 1);
    this.gaveUp = false;
    if (most < 0) return null;
    const search = new ScheduleSearch(this.#model, target, this.#stepsMax);
    const draft = normalize(this.#model.series, { world, ops });
    const least = search.least(draft, Math.min(most, SWITCHES_MAX));
    this.gaveUp = search.gaveUp;
    const failing = least ?? (best === null ? search.guided(draft, schedule) : null);
    if (failing === null) return null;
    const found: ShortestScenario = {
      scenario: {
        format: FORMAT,
        model: this.#model.id,
        ...(Object.keys(draft.world).length === 0 ? {} : { world: draft.world }),
        ops: draft.ops,
        schedule: search.scheduleOf(draft, failing.deviations),
      },
      switches: switchesOf(failing),
      exact: least !== null,
      changes,
      index,
    };
    return best === null || isShorter(found, best) ? found : null;
  }
}
