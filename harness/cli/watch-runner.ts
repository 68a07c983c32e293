/**
 * A process that stands by with everything loaded but the models, and looks at them once: what was imported is never read
 * again, so that each look at changed sources takes a new process.
 */
import { sentError } from './breakage.ts';
import { makePool } from './pool.ts';
import { folderOf, loadSeries, seriesModules } from './registry.ts';
import { look } from './watch-look.ts';
import type { LookRequest, LookSaid } from './watch-protocol.ts';

const say = (said: LookSaid): void => {
  process.send!(said);
};

let modules: readonly string[] = [];
const pool = await makePool(Number(process.argv[2]), () => modules);

process.once('message', async (request: LookRequest) => {
  try {
    modules = modulesFor(request);
    await look(request, await loadSeries(modules), pool, say);
    say({ kind: 'done' });
  } catch (error) {
    say({ kind: 'failed', error: sentError(error) });
  }
});

/** Patterns may name what is of another series, and are found wrong if that is not loaded. */
function modulesFor({ names, models, properties }: LookRequest): string[] {
  const isNarrow = models.length === 0 && properties.length === 0;
  return seriesModules().filter(
    (module) => !isNarrow || names.some((name) => module.startsWith(folderOf(name))),
  );
}
