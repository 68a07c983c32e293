import { citation, type Source } from '../../harness/model/source.ts';
import { loreLink } from '../lore-link.ts';

/** Where something comes from; what was a mail leads to it. The page itself fetches nothing. */
export function Citation({ source }: { readonly source: Source }) {
  const link = loreLink(source.messageId);
  return link === null ? (
    <span>{citation(source)}</span>
  ) : (
    <a href={link} rel="noreferrer">
      {citation(source)}
    </a>
  );
}
