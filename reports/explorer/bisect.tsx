import type { ExplorerBisect, ExplorerPrefix, ExplorerTurn } from './data.ts';
import { BISECT_MARKS, BISECT_WORDS } from './marks.ts';

/** Every prefix of a version's patches beside every claim: what somebody who bisects would land on. */
export function BisectPage({ bisect }: { readonly bisect: ExplorerBisect }) {
  const { model, label, patches, prefixes, turns, bound } = bisect;
  const claims = [...new Set(prefixes.flatMap(({ verdicts }) => Object.keys(verdicts)))];
  const shown = claims.filter((claim) => prefixes.some(({ verdicts }) => verdicts[claim] === 'violated'));
  const rest = claims.length - shown.length;
  return (
    <>
      <h1 tabIndex={-1}>
        Bisect {model} <span class="label">{label}</span>
      </h1>
      <p class="lead">{headline(bisect)}</p>
      <section class="scroll" aria-label="verdicts of each prefix">
        <table class="matrix prefixes">
          <thead>
            <tr>
              <th scope="col" class="corner">
                claim
              </th>
              {prefixes.map((prefix, at) => (
                <th scope="col" key={prefix.id} class={prefix.problem === null ? '' : 'faint'}>
                  <b>{prefix.id}</b>
                  <span class="label">{prefix.label ?? 'does not build'}</span>
                  <span class="subject">
                    {at === 0 ? 'no patch' : `+ ${patches[at - 1]!.id} ${patches[at - 1]!.subject}`}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((claim) => (
              <tr key={claim}>
                <th scope="row">{claim}</th>
                {prefixes.map((prefix, at) => (
                  <PrefixCell
                    key={prefix.id}
                    claim={claim}
                    prefix={prefix}
                    turn={turns.find(
                      // Nothing turned before the first patch.
                      ({ property, prefix: id }) => property === claim && id === prefix.id && at > 0,
                    )}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="legend">
        <span class="violated">{BISECT_MARKS.violated}</span> broken
        <span class="holds">{BISECT_MARKS.proved}</span> proved within the bound
        <span class="holds">{BISECT_MARKS.searched}</span> not found to be broken
        <span class="inconclusive">{BISECT_MARKS.inconclusive}</span> inconclusive
        <span class="faint">blank</span> does not apply
        {rest === 0 ? null : <span class="faint">{rest} other claims are not broken on any prefix.</span>}
      </p>
      <h2>Turns</h2>
      {turns.length === 0 ? (
        <p>No claim turns from one verdict to another.</p>
      ) : (
        <ul class="list">
          {turns.map((turn) => (
            <li key={`${turn.property} ${turn.prefix}`}>
              <b>{turn.property}</b> {turnText(turn, bisect)}
            </li>
          ))}
        </ul>
      )}
      <h2>Patches</h2>
      <ol class="list">
        {patches.map((patch) => (
          <li key={patch.id}>
            [{patch.id}] {patch.subject} <span class="faint">{patch.citation}</span>
          </li>
        ))}
      </ol>
      <h2>Explored of each prefix</h2>
      <ul class="list">
        {bound.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

const TURN_WORDS = { bad: 'breaks', good: 'mends', open: 'unknown' } as const;

interface CellProps {
  readonly claim: string;
  readonly prefix: ExplorerPrefix;
  readonly turn: ExplorerTurn | undefined;
}

function PrefixCell({ claim, prefix: { id, verdicts, problem }, turn }: CellProps) {
  const verdict = verdicts[claim];
  if (verdict === undefined) {
    return (
      <td>
        <span class="sr">{problem === null ? 'does not apply' : 'does not build'}</span>
      </td>
    );
  }
  const style = verdict === 'proved' || verdict === 'searched' ? 'holds' : verdict;
  return (
    <td class={`${style} ${turn === undefined ? '' : `turn turn-${turn.to}`}`}>
      <span aria-hidden="true">{BISECT_MARKS[verdict]}</span>
      <span class="sr">
        {BISECT_WORDS[verdict]} at {id}
      </span>
      {turn === undefined ? null : (
        <small>
          {TURN_WORDS[turn.to]}
          {turn.between.length > 0 && turn.to !== 'open' ? ' here or before' : ''}
        </small>
      )}
    </td>
  );
}

function headline({ between, isWhole, model }: ExplorerBisect): string {
  if (!isWhole) {
    return 'Ended early: not known whether a state on the way breaks a claim that both the first and the last keep.';
  }
  if (between.length === 0) {
    return 'No state on the way breaks a claim that both the first and the last state keep.';
  }
  return [...new Set(between.map(({ property }) => property))]
    .map((claim) => {
      const own = between.filter(({ property }) => property === claim);
      const where = own.map(({ prefix }) => prefix).join(', ');
      return own.some(({ isKnown }) => isKnown)
        ? `${claim} is broken only on the way: at ${where}, and not found to be before the patches or on ${model}.`
        : `${claim} is broken on the way: at ${where}; of an end it is not known.`;
    })
    .join(' ');
}

function turnText(
  { to, prefix, between, isExact }: ExplorerTurn,
  { prefixes, patches }: ExplorerBisect,
): string {
  const at = prefixes.findIndex(({ id }) => id === prefix);
  const patch = at > 0 ? patches[at - 1]! : null;
  const by = patch === null ? 'before the first patch' : `with ${patch.id} “${patch.subject}”`;
  const unsure = between.length === 0 ? '' : `, or at one of ${between.join(', ')}, which are inconclusive`;
  const doubt =
    isExact || between.length > 0 ? '' : '; that the state on the other side keeps it is not proved';
  switch (to) {
    case 'bad':
      return at === 0 ? 'is broken before the first patch.' : `breaks ${by}${unsure}${doubt}.`;
    case 'good':
      return `is mended ${by}${unsure}${doubt}.`;
    case 'open':
      return `is broken before, and it is not known whether from ${prefix} on.`;
    default:
      return to satisfies never;
  }
}
