/** Where a patch, a state or a claim comes from. */
export interface Source {
  /**
   * `posted`: sent to a list. `merged`: in Linux. `proposed in review`: asked for in words, never posted.
   * `inferred`: ours, from what the thread says. `mutant`: a known wrong variant, kept so that a claim has a state
   * that breaks it.
   */
  readonly status: 'posted' | 'merged' | 'proposed in review' | 'inferred' | 'mutant';
  /** ISO date of the posting, or the release that first had it. */
  readonly date?: string;
  readonly messageId?: string;
  readonly commit?: string;
  /** Who and why, where ids alone do not say. */
  readonly note?: string;
}

/** `posted 2021-01-19`, `inferred`: what is printed beside every name of a state. */
export function sourceLabel(source: Source): string {
  return source.date === undefined ? source.status : `${source.status} ${source.date}`;
}

/** The label and the ids that let a reader look it up. */
export function citation(source: Source): string {
  const ids = [
    source.messageId && `<${source.messageId}>`,
    source.commit && `commit ${source.commit}`,
    source.note,
  ];
  return [sourceLabel(source), ...ids.filter((id) => id !== undefined)].join(', ');
}
