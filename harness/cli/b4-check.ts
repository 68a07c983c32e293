import { dirname } from 'node:path';
import { type B4Check, b4Check } from '../../reports/b4-check.ts';
import { stateName } from '../../reports/state-name.ts';
import type { SearchOptions } from '../campaign/chunk.ts';
import { type Mail, readMail } from '../mail/mail.ts';
import { recognise } from '../mail/recognise.ts';
import type { Series } from '../model/series.ts';
import { tame } from '../quote.ts';
import { brokenClaims, mendedClaims } from './b4-check-findings.ts';
import type { B4CheckOptions } from './b4-check-options.ts';
import { type CheckPlan, isUnmodelled, planOf, planOfModel } from './b4-check-plan.ts';
import { probe } from './b4-check-search.ts';
import { loreLink, mayConcern, otherVersion, recognisedBy } from './b4-check-words.ts';
import { DEFAULTS } from './defaults.ts';
import { ExitCode } from './exit.ts';
import { type MailInput, readAll } from './mail-input.ts';
import { ownCorpus } from './own-corpus.ts';
import { makePool } from './pool.ts';
import { loadSeries, seriesModules } from './registry.ts';
import type { RunParts } from './run.ts';
import { selectModel, selectProperties } from './select.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import { storedFailures } from './stored-failures.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Of the portfolio's opening one scenario in so many: b4 runs one patch after the other, and somebody waits. */
const OPENING_EVERY = 8;
/** Operation sequences at most for each state between the first patch of a series and its last: there can be many. */
const RUNS_BETWEEN = 50;

/**
 * Answers `b4 review` (0.15): a mail on stdin, a JSON array of results on stdout. An array is printed whatever it says,
 * and then the exit code is 0; without one b4 takes any other exit code for an execution error, and shows stderr.
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
  const isStopped = (): boolean => stopping.signal !== null;
  try {
    const results = await answer(options, mail, series, terminal, parts, isStopped);
    if (stopping.signal !== null) return exitCodeOfSignal(stopping.signal);
    terminal.print(`${JSON.stringify(results, null, 2)}\n`);
    return ExitCode.asClaimed;
  } finally {
    stopping.end();
  }
}

/** No result says that there is nothing to report; b4 shows a dash. */
async function answer(
  options: B4CheckOptions,
  mail: Mail,
  all: readonly Series[],
  terminal: Terminal,
  parts: RunParts,
  isStopped: () => boolean,
): Promise<B4Check[]> {
  const silent = (why: string): B4Check[] => {
    terminal.error(`nothing to report: ${tame(why)}.`);
    return [];
  };
  if (options.model !== null) {
    const model = selectModel(all, options.model);
    const own = all.find(({ name }) => name === model.series.name)!;
    const plan = planOfModel(own, model);
    const recognised = 'The state was named with --model; the mail was not asked.';
    return check(options, plan, recognised, loreLink(own.thread), terminal, parts, isStopped);
  }
  const found = recognise(all, mail);
  switch (found.kind) {
    case 'reply':
      return silent('the mail answers another one and is no patch');
    case 'nothing':
      return silent('the mail is of no series that has a model');
    case 'files':
      return [mayConcern(found)];
    case 'other version':
      return [otherVersion(found)];
    case 'patch':
    case 'state': {
      const plan = planOf(found);
      if (isUnmodelled(plan))
        return silent(`nothing of what the patch changes is modelled in ${plan.after.id}`);
      const url = found.sign === 'message id' ? loreLink(mail.messageId) : loreLink(found.series.thread);
      return check(options, plan, recognisedBy(found, plan, mail), url, terminal, parts, isStopped);
    }
    default:
      return found satisfies never;
  }
}

async function check(
  options: B4CheckOptions,
  plan: CheckPlan,
  recognised: string,
  url: string | null,
  terminal: Terminal,
  { modules, makePool: openPool }: RunParts,
  isStopped: () => boolean,
): Promise<B4Check[]> {
  const { after, before } = plan;
  const properties = selectProperties([plan.series], []);
  const search: SearchOptions = {
    seed: options.seed,
    strategy: DEFAULTS.strategy,
    opsMax: Number(DEFAULTS.maxOps),
    stepsMax: Number(DEFAULTS.maxSteps),
    schedulesMax: Number(DEFAULTS.runSchedules),
    properties,
    openingEvery: OPENING_EVERY,
  };
  const corpus = options.corpus ?? ownCorpus();
  const shownBelow = options.corpus === null ? dirname(corpus) : null;
  const stored = storedFailures(plan.series, after, corpus, shownBelow, terminal);
  const { timeMs } = options;
  const deadline = timeMs === null ? Number.POSITIVE_INFINITY : terminal.now() + timeMs;
  const budget = { runs: options.runs, isOver: () => isStopped() || terminal.now() > deadline };
  const pool = await openPool(options.jobs, modules);
  try {
    const models = before === null ? [after] : [after, before];
    const [with_, without = null] = await probe(pool, models, search, stored, budget);
    const { result } = with_!;
    const settings = {
      version: VERSION,
      seed: options.seed,
      shard: '1/1',
      runs: options.runs,
      strategy: search.strategy,
      maxOps: search.opsMax,
      maxSteps: search.stepsMax,
      maxSchedules: search.schedulesMax,
    };
    const between = await probe(
      pool,
      plan.between.map(({ model }) => model),
      search,
      stored,
      { ...budget, runs: Math.min(options.runs, RUNS_BETWEEN) },
    );
    const findings = {
      pool,
      plan,
      options: search,
      settings,
      stored,
      after: with_!,
      before: without,
      between,
    };
    const { coverage, verdicts } = result;
    return [
      b4Check({
        version: VERSION,
        after: stateName(after),
        before: before === null ? null : stateName(before),
        recognised,
        url,
        patches: plan.patches,
        broken: await brokenClaims(findings),
        mended: await mendedClaims(findings),
        open: verdicts.flatMap(({ property, verdict, exercised, reason }) =>
          verdict === 'inconclusive' && exercised > 0 ? [{ property, reason: reason ?? '' }] : [],
        ),
        covered: {
          claims: verdicts.length,
          exercised: verdicts.filter(({ exercised }) => exercised > 0).length,
          stored: stored.length,
          executions: coverage.executions,
          sequences: coverage.sequences,
          isCutShort: [with_, without, ...between].some((one) => one?.result.stopped === 'time'),
        },
      }),
    ];
  } finally {
    await pool.close();
  }
}
