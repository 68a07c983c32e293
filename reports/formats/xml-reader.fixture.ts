/** XML 1.0 without document types, strictly: whatever a conforming reader would stop at is an error. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All its own text, references resolved. */
  readonly text: string;
}

const NAME = '[A-Za-z_:][\\w:.-]*';
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const TOKEN = new RegExp(
  [
    '(?<declaration><\\?xml version="1\\.0"(?: encoding="[A-Za-z][\\w.-]*")?\\?>)',
    '<!--(?<comment>(?:(?!--)[^])*)-->',
    '<!\\[CDATA\\[(?<cdata>(?:(?!\\]\\]>)[^])*)\\]\\]>',
    `</(?<close>${NAME})\\s*>`,
    `<(?<open>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^<"]*"|'[^<']*'))*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
);

/** @throws at what is not well-formed. */
export function readXml(source: string): XmlElement {
  if (!CHARACTERS.test(source)) throw new Error('a character that XML does not have');
  const document = {
    name: '',
    attributes: new Map<string, string>(),
    children: [] as XmlElement[],
    text: '',
  };
  const open = [document];
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(source)?.groups;
    const wrong = (what: string): Error => new Error(`${what} at: ${source.slice(at, at + 40)}`);
    if (groups === undefined) throw wrong('no markup');
    const { declaration, comment, cdata, close, open: name, attributes = '', empty, text } = groups;
    const inner = open.at(-1)!;
    if (declaration !== undefined) {
      if (at > 0) throw wrong('a declaration that is not first');
    } else if (comment !== undefined) {
      // Says nothing.
    } else if (cdata !== undefined || text !== undefined) {
      if (text?.includes(']]>')) throw wrong('the end of a CDATA section that is none');
      const said = cdata ?? resolved(text!);
      if (inner === document && (cdata !== undefined || said.trim() !== '')) throw wrong('text outside');
      inner.text += said;
    } else if (close !== undefined) {
      if (inner === document || inner.name !== close) throw wrong(`an end, and not of ${inner.name}`);
      open.pop();
    } else {
      if (inner === document && document.children.length > 0) throw wrong('a second root');
      const element = { name: name!, attributes: attributesOf(attributes), children: [], text: '' };
      inner.children.push(element);
      if (empty === '') open.push(element);
    }
  }
  if (open.length > 1) throw new Error(`no end of ${open.at(-1)!.name}`);
  const [root] = document.children;
  if (root === undefined) throw new Error('no root');
  return root;
}

function attributesOf(source: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, value] of source.matchAll(/([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
    if (attributes.has(name!)) throw new Error(`two attributes ${name}`);
    attributes.set(name!, resolved(value!.slice(1, -1)));
  }
  return attributes;
}

const ENTITIES: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolved(text: string): string {
  return text.replace(/&(?:(?<name>\w+);|#(?<decimal>\d+);|#x(?<hex>[0-9A-Fa-f]+);)?/g, (...found) => {
    const { name, decimal, hex } = found.at(-1) as { name?: string; decimal?: string; hex?: string };
    const entity = name === undefined ? undefined : ENTITIES[name];
    if (entity !== undefined) return entity;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16);
    const character = Number.isNaN(code) ? null : String.fromCodePoint(code);
    if (character === null || !CHARACTERS.test(character)) throw new Error(`no reference: ${found[0]}`);
    return character;
  });
}
