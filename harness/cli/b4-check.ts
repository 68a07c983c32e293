import type { B4Check } from '../../reports/b4-check.ts';
import { loreLink } from '../../reports/lore-link.ts';
import { type Mail, readMail } from '../mail/mail.ts';
import { recognise } from '../mail/recognise.ts';
import { listedId } from '../model/listed-id.ts';
import type { Series } from '../model/series.ts';
import type { B4CheckOptions } from './b4-check-options.ts';
import { isUnmodelled, planOf, planOfModel } from './b4-check-plan.ts';
import { type PlannedCheck, runCheck } from './b4-check-run.ts';
import { mayConcern, otherVersion, recognisedBy, versionLink } from './b4-check-words.ts';
import { ExitCode } from './exit.ts';
import { type MailInput, readAll } from './mail-input.ts';
import { makePool } from './pool.ts';
import { loadSeries, seriesModules } from './registry.ts';
import type { RunParts } from './run.ts';
import { selectModel } from './select.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';

/**
 * Answers `b4 review` (0.15): a mail on stdin, a JSON array of results on stdout. What it says is in the array, and the
 * exit code is 0. Without an array b4 takes any other exit code for an execution error and shows stderr: so it is for
 * what is no mail, and for a model that hangs.
 */
export async function b4CheckMail(
  options: B4CheckOptions,
  input: MailInput,
  terminal: Terminal,
  parts: RunParts = { modules: seriesModules(), makePool },
): Promise<ExitCode> {
  const mail = await readMail(await readAll(input));
  const series = await loadSeries(parts.modules);
  const stopping = listenForStop(terminal, 'nothing is said of the mail.');
  try {
    const results: B4Check[] = [];
    const decision = decide(options, mail, series);
    switch (decision.kind) {
      case 'silent':
        terminal.error(`nothing to report: ${decision.why}.`);
        break;
      case 'unchecked':
        results.push(decision.result);
        break;
      case 'check':
        results.push(
          await runCheck(decision.check, options, terminal, parts, () => stopping.signal !== null),
        );
        break;
      default:
        decision satisfies never;
    }
    if (stopping.signal !== null) return exitCodeOfSignal(stopping.signal);
    terminal.print(`${JSON.stringify(results, null, 2)}\n`);
    return ExitCode.asClaimed;
  } finally {
    stopping.end();
  }
}

type Decision =
  /** No result: b4 shows a dash, which is neither a pass nor anything to look at. */
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'unchecked'; readonly result: B4Check }
  | { readonly kind: 'check'; readonly check: PlannedCheck };

/** What there is to do for a mail. */
function decide({ model: named }: B4CheckOptions, mail: Mail, all: readonly Series[]): Decision {
  if (named !== null) {
    const model = selectModel(all, named);
    const series = all.find(({ name }) => name === model.series.name)!;
    const version = listedId(series, model.state.id).split(':', 1)[0]!;
    const recognised = 'The state was named with --model, and the mail was not asked.';
    return checkOrNot({ plan: planOfModel(series, model), recognised, url: versionLink(series, version) });
  }
  const found = recognise(all, mail);
  switch (found.kind) {
    case 'reply':
      return { kind: 'silent', why: 'the mail answers another one and is no patch' };
    case 'nothing':
      return { kind: 'silent', why: 'the mail is of no series that has a model' };
    case 'files':
      return { kind: 'unchecked', result: mayConcern(found) };
    case 'other version':
      return { kind: 'unchecked', result: otherVersion(found) };
    case 'patch':
    case 'state': {
      const plan = planOf(found);
      const url =
        found.sign === 'message id' ? loreLink(mail.messageId) : versionLink(found.series, found.state);
      return checkOrNot({ plan, recognised: recognisedBy(found, plan, mail), url });
    }
    default:
      return found satisfies never;
  }
}

/** Two states that are the same would pass, and nothing of the patch would have been looked at. */
const checkOrNot = (check: PlannedCheck): Decision =>
  isUnmodelled(check.plan)
    ? { kind: 'silent', why: `nothing of what the patch changes is modelled in ${check.plan.after.id}` }
    : { kind: 'check', check };
