import type { Finding } from './property.ts';
import { citation, type Source } from './source.ts';

/** What a list of claims prints of one. */
export interface StateClaimInfo {
  /** Stable id in kebab case, in the indicative: `every-prefix-builds`. */
  readonly id: string;
  /** The sentence a report prints. */
  readonly claim: string;
  readonly source: Source & { readonly invariant?: string };
}

/**
 * A claim about a state itself that cited facts decide and no execution can: that every prefix of a series builds, say.
 * It is reported apart from the claims that executions are judged by, as what it is. `in`: a claim about some facts is
 * one about every kernel that has them.
 */
export interface StateClaim<in K> extends StateClaimInfo {
  /** Features a kernel must have for the claim to mean anything there. */
  readonly requires?: readonly string[];
  /** Reports each fact that contradicts the claim. */
  check(kernel: K, report: ReportFact): void;
}

/** A fact that contradicts a claim, and where it is to be read. */
export interface StateFinding extends Finding {
  readonly source: Source;
}

export type ReportFact = (kind: string, finding: StateFinding) => void;

/** What the facts say of one claim on one state; plain data. */
export interface StateVerdict {
  readonly property: string;
  readonly claim: string;
  readonly verdict: 'holds' | 'violated';
  readonly findings: readonly (Finding & { readonly kind: string; readonly source: string })[];
}

export function judgeState<K>({ id, claim, check }: StateClaim<K>, kernel: K): StateVerdict {
  const findings: StateVerdict['findings'][number][] = [];
  check(kernel, (kind, { message, expected, actual, source }) =>
    findings.push({ kind, message, expected, actual, source: citation(source) }),
  );
  return { property: id, claim, verdict: findings.length === 0 ? 'holds' : 'violated', findings };
}
