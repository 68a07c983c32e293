import { renderCounterexample } from '../../reports/counterexample.ts';
import { findingMail } from '../../reports/formats/mail.ts';
import { mermaid } from '../../reports/formats/mermaid.ts';
import { splat } from '../../reports/formats/splat.ts';
import { svg } from '../../reports/formats/svg.ts';
import { readJson } from '../read-json.ts';
import { type Recording, record, type ViolationRecord } from '../scenario/recording.ts';
import { modelOfScenario, readScenario } from './exec.ts';
import { BrokenContract, ExitCode, UsageError } from './exit.ts';
import { loadSeries } from './registry.ts';
import { shellWord } from './shell-word.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** `text`: as `run` prints it. `splat`: a deadlock in the kernel's words. */
export const SHOW_FORMATS = ['text', 'mail', 'mermaid', 'svg', 'splat'] as const;
export type ShowFormat = (typeof SHOW_FORMATS)[number];

export interface ShowOptions {
  readonly file: string;
  readonly as: ShowFormat;
  /** Another model than the file names. */
  readonly model: string | null;
  readonly stepsMax: number;
}

/** Shows what a corpus entry or a scenario file comes to, in a form for a mail, a pull request or a README. */
export async function show(options: ShowOptions, terminal: Terminal): Promise<ExitCode> {
  const series = await loadSeries();
  const scenario = readScenario(series, options.file);
  const model = modelOfScenario(series, options, scenario);
  const recording = record(model, { ...scenario, model: model.id }, options.stepsMax);
  if (recording.stale !== null) {
    throw new BrokenContract(
      `${options.file}: its schedule does not fit ${model.id} from step ${recording.stale.step} on; \`zpci-fuzz exec\` says more.`,
    );
  }
  terminal.print(textOf(recording, violationOf(options.file, recording), options, terminal));
  return ExitCode.asClaimed;
}

function textOf(
  recording: Recording,
  violation: ViolationRecord | null,
  { as, file }: ShowOptions,
  terminal: Terminal,
): string {
  const title = violation === null ? recording.outcome : `${violation.property}: ${violation.kind}`;
  const markedAt =
    violation === null ? -1 : Math.min(violation.step, Math.max(0, recording.steps.length - 1));
  const reproduce = `npx zpci-fuzz exec ${shellWord(file)}`;
  switch (as) {
    case 'mermaid':
      return mermaid(recording, title, markedAt);
    case 'svg':
      return svg(recording, title, markedAt);
    case 'splat':
      if (recording.waiting.length === 0)
        throw new UsageError(
          `${file}: nobody waits for ever in it, so that there is no splat; --as text shows what it is.`,
        );
      return splat(recording);
    case 'mail':
      return findingMail({ recording, violation: demand(violation, file), reproduce, entry: file }, VERSION);
    case 'text':
      return renderCounterexample(recording, { ...terminal, reproduce, property: demand(violation, file) });
    default:
      return as satisfies never;
  }
}

function demand(violation: ViolationRecord | null, file: string): ViolationRecord {
  if (violation !== null) return violation;
  throw new UsageError(
    `${file}: it breaks no claim on this state, so that there is nothing to report; \`zpci-fuzz exec\` shows the execution.`,
  );
}

/** The one that an entry is of, where it still shows; else the first. */
function violationOf(file: string, { violations }: Recording): ViolationRecord | null {
  const { property, kind } = readJson(file) as { property?: unknown; kind?: unknown };
  const own = violations.find((one) => one.property === property && one.kind === kind);
  return own ?? violations[0] ?? null;
}
