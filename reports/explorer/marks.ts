/** How a verdict is drawn and said. The mark and the word say it; colour only repeats them. */
export const MARKS = { holds: '·', violated: '✗', inconclusive: '?' } as const;
export const WORDS = { holds: 'holds', violated: 'violated', inconclusive: 'inconclusive' } as const;

export const BISECT_MARKS = { violated: '✗', proved: '=', searched: '·', inconclusive: '?' } as const;
export const BISECT_WORDS = {
  violated: 'broken',
  proved: 'proved within the bound',
  searched: 'not found to be broken',
  inconclusive: 'inconclusive',
} as const;
