/** SARIF 2.1.0, as GitHub's code scanning and other viewers take it. */
import { createHash } from 'node:crypto';
import type {
  Location,
  Log,
  Notification,
  ReportingDescriptor,
  Result,
  ThreadFlow,
  ThreadFlowLocation,
} from 'sarif';
import type { RecordedStep } from '../../harness/machine/recorder.ts';
import type { Model } from '../../harness/model/model.ts';
import { citation } from '../../harness/model/source.ts';
import { count } from '../count.ts';
import { loreLink } from '../lore-link.ts';
import { plain } from '../plain.ts';
import { shownSteps } from '../shown-steps.ts';
import { provenanceOf, stateName } from '../state-name.ts';
import { cut } from '../wrap.ts';
import {
  type Case,
  caseLines,
  coverageLine,
  type Failure,
  failureLines,
  isBad,
  type Suite,
  type SuiteReport,
} from './suite.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/**
 * What GitHub takes ("SARIF results exceed one or more limits" in its documentation): a file with more results is
 * refused, of the steps of a result no more are shown, and of a description no more is kept.
 */
const RESULTS_MAX = 25_000;
const STEPS_MAX = 1_000;
const DESCRIPTION_MAX = 1_024;

/** One rule a claim, one result a failure. */
export function sarif({ version, about, incomplete, suites }: SuiteReport, resultsMax = RESULTS_MAX): string {
  const rules = new Map<string, ReportingDescriptor>();
  for (const suite of suites) {
    for (const one of suite.cases) if (!rules.has(one.name)) rules.set(one.name, ruleOf(suite.model, one));
  }
  const ids = [...rules.keys()];
  const results = suites.flatMap((suite) =>
    suite.cases.flatMap((one) => resultsOf(suite, one, ids.indexOf(one.name))),
  );
  const notes = [
    note('note', about),
    ...suites.flatMap((suite) =>
      suite.stopped === null ? [] : [note('warning', `${stateName(suite.model)}: ${coverageLine(suite)}`)],
    ),
    ...(incomplete === null ? [] : [note('error', incomplete)]),
    ...(results.length <= resultsMax
      ? []
      : [note('warning', `${count(results.length - resultsMax, 'more result')} did not fit here.`)]),
  ];
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'zpci-fuzz', version, rules: [...rules.values()] } },
        invocations: [{ executionSuccessful: incomplete === null, toolExecutionNotifications: notes }],
        originalUriBaseIds: {
          [ROOT]: { description: { text: 'The folder that zpci-fuzz was started in: that of its package.' } },
        },
        columnKind: 'utf16CodeUnits',
        results: results.slice(0, resultsMax),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const note = (level: NonNullable<Notification['level']>, text: string): Notification => ({
  level,
  message: { text: message(plain(text)) },
});

function ruleOf(model: Model, { name, claim }: Case): ReportingDescriptor {
  const source = model.properties.find(({ id }) => id === name)?.source;
  const whole = source === undefined ? claim : `${claim}. Source: ${citation(source)}.`;
  const uri = loreLink(source?.messageId);
  return {
    id: name,
    shortDescription: { text: described(claim) },
    fullDescription: { text: described(whole) },
    help: { text: described(whole) },
    ...(uri === null ? {} : { helpUri: uri }),
    defaultConfiguration: { level: 'error' },
  };
}

const described = (text: string): string => message(cut(plain(text), DESCRIPTION_MAX));

function resultsOf({ model }: Suite, one: Case, ruleIndex: number): Result[] {
  const { name, outcome, failures } = one;
  // Expected failures are left out: code scanning would show them as open, suppressed or not.
  if (!isBad(one)) return [];
  const common = {
    ruleId: name,
    ruleIndex,
    level: 'error' as const,
  };
  const state = { state: model.id, provenance: { ...provenanceOf(model.state.source) } };
  if (failures.length === 0) {
    return [
      {
        ...common,
        message: { text: [plain(stateName(model)), ...caseLines(one)].map(message).join('\n') },
        locations: [placeOf(model.id, null, null)],
        partialFingerprints: fingerprint(model.id, name, outcome),
        properties: state,
      },
    ];
  }
  return failures.map((failure) => {
    const { violation, recording, reproduce, entry } = failure;
    const { flows, left } = threadFlows(failure, model.id);
    const lines = [
      plain(`${stateName(model)}: ${violation.message}`),
      ...failureLines(failure),
      ...(left === 0 ? [] : [`${count(left, 'step')} of the interleaving are left out.`]),
    ];
    return {
      ...common,
      message: { text: lines.map(message).join('\n') },
      locations: [placeOf(model.id, entry, recording.steps[violation.step] ?? null)],
      partialFingerprints: fingerprint(model.id, name, violation.kind),
      ...(flows.length === 0 ? {} : { codeFlows: [{ threadFlows: flows }] }),
      properties: { ...state, kind: plain(violation.kind), reproduce: plain(reproduce) },
    };
  });
}

/** What would be taken for a placeholder or a link (sections 3.11.5 and 3.11.6) is written as what it is. */
const message = (text: string): string =>
  text.replace(/\{(\d+)\}/g, '{{$1}}').replace(/\[(?=[^\]]*\]\()/g, '\\[');

const ROOT = '%SRCROOT%';

/**
 * The corpus entry where there is one in the folder: viewers want a file, and a path that is the same in each run. The
 * kernel function goes beside it.
 */
function placeOf(model: string, entry: string | null, step: RecordedStep | null): Location {
  const isInside = entry !== null && !/^(?:[\\/]|[A-Za-z]:|\.\.(?:[\\/]|$))/.test(entry);
  const path = isInside ? entry.replace(/^(?:\.\/)+/, '') : `models/${model.split('/', 1)[0]}/README.md`;
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: { artifactLocation: { uri, uriBaseId: ROOT }, region: { startLine: 1 } },
    ...(step?.function == null
      ? {}
      : { logicalLocations: [{ name: plain(step.function), kind: 'function' }] }),
  };
}

/** The identity of a failure: the same in each run, however its scenario was shrunk. */
const fingerprint = (...parts: readonly string[]): Result['partialFingerprints'] => ({
  'zpciFuzzFailure/v1': createHash('sha256').update(parts.join('\n')).digest('hex'),
});

/** One for each actor; the order of steps over all of them is that of execution. */
function threadFlows(
  { recording, violation, entry }: Failure,
  model: string,
): { readonly flows: ThreadFlow[]; readonly left: number } {
  const { steps } = recording;
  const rows =
    steps.length <= STEPS_MAX
      ? steps.map((step, index) => ({ step, index }))
      : shownSteps(steps, violation.step).flatMap((row) => (row.kind === 'step' ? [row] : []));
  const shown = rows.slice(-STEPS_MAX);
  const actors = [...new Set(shown.map(({ step }) => step.actor))];
  const flows = actors.map((actor) => ({
    id: plain(actor),
    locations: shown
      .filter(({ step }) => step.actor === actor)
      .map(({ step, index }): ThreadFlowLocation => {
        const isMarked = index === Math.min(violation.step, steps.length - 1);
        return {
          executionOrder: index,
          importance: isMarked ? 'essential' : 'important',
          location: { ...placeOf(model, entry, step), message: { text: message(plain(step.text)) } },
        };
      }),
  }));
  return { flows, left: steps.length - shown.length };
}
