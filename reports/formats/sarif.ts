/** SARIF 2.1.0, as GitHub's code scanning and other viewers take it. */
import { createHash } from 'node:crypto';
import type { Log, ReportingDescriptor, Result, ThreadFlow } from 'sarif';
import type { Recording } from '../../harness/scenario/recording.ts';
import { plain } from '../plain.ts';
import { stateName } from '../state-name.ts';
import { type Case, type Failure, failureLines, type Suite } from './suite.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** One rule a claim, one result a failure; expected ones are there as suppressed. */
export function sarif(suites: readonly Suite[], version: string): string {
  const rules = new Map<string, ReportingDescriptor>();
  for (const { name, claim } of suites.flatMap(({ cases }) => cases)) {
    rules.set(name, { id: name, shortDescription: { text: plain(claim) } });
  }
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'zpci-fuzz', version, rules: [...rules.values()] } },
        columnKind: 'utf16CodeUnits',
        results: suites.flatMap((suite) => suite.cases.flatMap((one) => resultsOf(suite, one))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultsOf({ model }: Suite, one: Case): Result[] {
  const { name, outcome, reason, failures } = one;
  if (outcome === 'pass' || outcome === 'skip') return [];
  const suppressions =
    outcome === 'expected-failure'
      ? { suppressions: [{ kind: 'external' as const, justification: plain(reason) }] }
      : {};
  if (failures.length === 0) {
    return [
      {
        ruleId: name,
        level: 'error',
        message: { text: plain(`${stateName(model)}: ${reason}`) },
        locations: [placeOf(model.id, null)],
        partialFingerprints: fingerprint(model.id, name, outcome),
        ...suppressions,
      },
    ];
  }
  return failures.map((failure) => ({
    ruleId: name,
    level: 'error',
    message: { text: [plain(stateName(model)), ...failureLines(failure)].join('\n') },
    locations: [placeOf(model.id, failure)],
    partialFingerprints: fingerprint(model.id, name, failure.violation.kind),
    codeFlows: [{ threadFlows: threadFlows(failure.recording) }],
    ...suppressions,
  }));
}

/** The corpus entry where there is one: viewers want a file. The kernel function goes beside it. */
function placeOf(model: string, failure: Failure | null) {
  const uri = failure?.entry ?? `models/${model.split('/', 1)[0]}/README.md`;
  const step = failure === null ? undefined : failure.recording.steps[failure.violation.step];
  const name = step?.function ?? null;
  return {
    physicalLocation: { artifactLocation: { uri: uri.split('/').map(encodeURIComponent).join('/') } },
    ...(name === null ? {} : { logicalLocations: [{ name: plain(name), kind: 'function' }] }),
  };
}

/** The identity of a failure: the same in each run, however its scenario was shrunk. */
const fingerprint = (...parts: readonly string[]): Result['partialFingerprints'] => ({
  'zpciFuzzFailure/v1': createHash('sha256').update(parts.join('\n')).digest('hex'),
});

/** One for each actor; the order of steps over all of them is that of execution. */
function threadFlows({ steps }: Recording): ThreadFlow[] {
  const actors = [...new Set(steps.map(({ actor }) => actor))];
  return actors.map((actor) => ({
    id: plain(actor),
    locations: steps.flatMap((step, at) =>
      step.actor === actor
        ? [
            {
              executionOrder: at,
              location: {
                message: { text: plain(step.text) },
                ...(step.function === null
                  ? {}
                  : { logicalLocations: [{ name: plain(step.function), kind: 'function' }] }),
              },
            },
          ]
        : [],
    ),
  }));
}
