/** A schedule as part of an address: `12*user0,3*user1`. */
export function scheduleText(schedule: readonly string[]): string {
  const runs: { actor: string; times: number }[] = [];
  for (const actor of schedule) {
    const last = runs.at(-1);
    if (last?.actor === actor) last.times++;
    else runs.push({ actor, times: 1 });
  }
  return runs.map(({ actor, times }) => `${times}*${encodeURIComponent(actor)}`).join(',');
}

/** Null where it is none: an address is typed and cut by anybody. `stepsMax`: no longer than that. */
export function parseSchedule(text: string, stepsMax: number): string[] | null {
  const schedule: string[] = [];
  for (const run of text.split(',')) {
    const [, times, name] = /^(\d{1,7})\*(.+)$/.exec(run) ?? [];
    if (times === undefined || name === undefined) return null;
    const count = Number(times);
    if (count === 0 || schedule.length + count > stepsMax) return null;
    let actor: string;
    try {
      actor = decodeURIComponent(name);
    } catch {
      return null;
    }
    for (let at = 0; at < count; at++) schedule.push(actor);
  }
  return schedule;
}
