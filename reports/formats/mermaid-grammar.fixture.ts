/** The part of Mermaid's sequence diagrams that is written here, strictly: a line that is something else is an error. */

export interface MermaidDiagram {
  readonly comments: readonly string[];
  readonly title: string;
  readonly participants: ReadonlyMap<string, string>;
  /** Who a note or an arrow is of, and what it says, codes of characters decoded. */
  readonly lines: readonly { readonly of: readonly string[]; readonly text: string }[];
}

/** What a text may hold: nothing that ends it, begins a directive, a block, a formula or markup; `<br/>` breaks a line. */
const TEXT = /^(?!\s*(?:no)?wrap:)(?:[^#;<>&%{}"`\\@$\n]|#\d+;|<br\/>)+$/;

export function mermaidDiagram(source: string): MermaidDiagram {
  if (!source.endsWith('\n')) throw new Error('the last line does not end');
  const [first, ...rest] = source.slice(0, -1).split('\n');
  if (first !== 'sequenceDiagram') throw new Error(`not a sequence diagram: ${first}`);
  const comments: string[] = [];
  const participants = new Map<string, string>();
  const lines: { of: readonly string[]; text: string }[] = [];
  let title: string | null = null;
  const known = (ids: readonly string[]): readonly string[] => {
    for (const id of ids) if (!participants.has(id)) throw new Error(`no participant ${id}`);
    return ids;
  };
  for (const line of rest) {
    const groups =
      /^ {2}(?:%% (?<comment>[^{}]+)|title (?<title>.+)|participant (?<id>a\d+) as (?<name>.+)|Note over (?<over>a\d+(?:,a\d+)?): (?<note>.+)|(?<from>a\d+)-->>(?<to>a\d+): (?<message>.+))$/.exec(
        line,
      )?.groups;
    if (groups === undefined) throw new Error(`no statement: ${line}`);
    const { comment, title: said, id, name, over, note, from, to, message } = groups;
    if (comment !== undefined) comments.push(comment);
    else if (said !== undefined) {
      if (title !== null) throw new Error('two titles');
      title = decoded(said);
    } else if (id !== undefined) {
      if (participants.has(id)) throw new Error(`two participants ${id}`);
      participants.set(id, decoded(name!));
    } else if (over !== undefined) lines.push({ of: known(over.split(',')), text: decoded(note!) });
    else lines.push({ of: known([from!, to!]), text: decoded(message!) });
  }
  if (title === null) throw new Error('no title');
  return { comments, title, participants, lines };
}

function decoded(text: string): string {
  if (!TEXT.test(text) || /\bend\b/.test(text)) throw new Error(`not safe in a label: ${text}`);
  return text
    .replaceAll('<br/>', '\n')
    .replace(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
