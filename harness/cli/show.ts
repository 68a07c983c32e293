import { renderCounterexample } from '../../reports/counterexample.ts';
import { ascii } from '../../reports/formats/ascii.ts';
import { findingMail } from '../../reports/formats/mail.ts';
import { mermaid } from '../../reports/formats/mermaid.ts';
import { splat } from '../../reports/formats/splat.ts';
import { svg } from '../../reports/formats/svg.ts';
import type { FailureIdentity } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { type Recording, record, type ViolationRecord } from '../scenario/recording.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { DEFAULTS } from './defaults.ts';
import { modelOfScenario, readScenario } from './exec.ts';
import { BrokenContract, ExitCode, UsageError } from './exit.ts';
import { readKnownEntry } from './known-entry.ts';
import { loadSeries } from './registry.ts';
import { shellWord } from './shell-word.ts';
import type { ShowFormat } from './show-formats.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

export interface ShowOptions {
  readonly file: string;
  readonly as: ShowFormat;
  /** Another model than the file names. */
  readonly model: string | null;
  readonly stepsMax: number;
}

/** Shows what a corpus entry or a scenario file comes to, in a form for a mail, a pull request or a README. */
export async function show(options: ShowOptions, terminal: Terminal): Promise<ExitCode> {
  const { file, stepsMax } = options;
  const series = await loadSeries();
  const scenario = readScenario(series, file);
  const model = modelOfScenario(series, options, scenario);
  const recording = record(model, { ...scenario, model: model.id }, stepsMax);
  if (recording.stale !== null) {
    throw new BrokenContract(
      `${file}: its schedule does not fit ${model.id} from step ${recording.stale.step} on; \`zpci-fuzz exec\` says more.`,
    );
  }
  const stored = storedFailure(series, file);
  const violation = violationOf(recording, stored);
  const reproduce = reproduceOf(options, model, violation, stored);
  terminal.print(textOf(recording, violation, reproduce, options, terminal));
  return ExitCode.asClaimed;
}

function textOf(
  recording: Recording,
  violation: ViolationRecord | null,
  reproduce: string,
  { as, file }: ShowOptions,
  terminal: Terminal,
): string {
  const diagram = { recording, violation, reproduce };
  switch (as) {
    case 'ascii':
      return ascii(diagram);
    case 'mermaid':
      return mermaid(diagram);
    case 'svg':
      return svg(diagram);
    case 'splat':
      if (recording.waiting.length === 0)
        throw new UsageError(
          `${file}: nobody waits for ever in it, so that there is no splat; --as text shows what it is.`,
        );
      return splat(recording, reproduce);
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

/** What `replay` would hold the file against; null for a scenario. */
function storedFailure(
  series: readonly Series[],
  file: string,
): (FailureIdentity & { model: string }) | null {
  try {
    const { entry } = readKnownEntry(series, file);
    return { property: entry.property, kind: entry.kind, model: entry.model };
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** The one that an entry is of, where it still shows; else the first. */
function violationOf({ violations }: Recording, stored: FailureIdentity | null): ViolationRecord | null {
  return violations.find((one) => isOf(one, stored)) ?? violations[0] ?? null;
}

/** `replay` for what an entry was stored for, on the model that it names; `exec` for all else. */
function reproduceOf(
  { file, stepsMax, model: given }: ShowOptions,
  model: Model,
  violation: ViolationRecord | null,
  stored: (FailureIdentity & { readonly model: string }) | null,
): string {
  const isDefault = String(stepsMax) === DEFAULTS.maxSteps;
  if (isDefault && stored?.model === model.id && violation !== null && isOf(violation, stored))
    return `npx zpci-fuzz replay ${shellWord(file)}`;
  const flags = [
    ...(given === null ? [] : ['--model', shellWord(model.id)]),
    ...(isDefault ? [] : ['--max-steps', String(stepsMax)]),
  ];
  return ['npx zpci-fuzz exec', shellWord(file), ...flags].join(' ');
}

const isOf = (one: FailureIdentity, other: FailureIdentity | null): boolean =>
  one.property === other?.property && one.kind === other.kind;
