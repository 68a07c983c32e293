/** Which page is shown, as the part of the address behind `#`: it can be sent to somebody. */
import { useEffect, useRef, useState } from 'preact/hooks';

const PAGES = { c: 'counterexample', s: 'state', b: 'bisect' } as const;
export type PageKind = (typeof PAGES)[keyof typeof PAGES] | 'overview';

export interface Address {
  readonly page: PageKind;
  /** Of the counterexample, the state or the version; empty for the overview. */
  readonly id: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Whatever cannot be read is the overview. */
export function parseAddress(hash: string): Address {
  const text = hash.replace(/^#\/?/, '');
  const at = text.indexOf('?');
  const [path, query] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  const parameters = new Map(new URLSearchParams(query));
  const [letter = '', name = ''] = path.split('/', 2);
  const page = Object.entries(PAGES).find(([short]) => short === letter)?.[1];
  try {
    if (page !== undefined && name !== '') return { page, id: decodeURIComponent(name), parameters };
  } catch {
    // A broken percent sequence.
  }
  return { page: 'overview', id: '', parameters };
}

export function addressText({ page, id, parameters }: Address): string {
  const query = new URLSearchParams([...parameters].filter(([, value]) => value !== '')).toString();
  const letter = Object.entries(PAGES).find(([, kind]) => kind === page)?.[0];
  const path = letter === undefined ? '' : `${letter}/${encodeURIComponent(id)}`;
  return `#/${path}${query === '' ? '' : `?${query}`}`;
}

export const linkTo = (
  page: PageKind,
  id: string,
  parameters: Readonly<Record<string, string>> = {},
): string => addressText({ page, id, parameters: new Map(Object.entries(parameters)) });

/** Changes of parameters; an empty value leaves one out. */
export type Change = (parameters: Readonly<Record<string, string>>) => void;

/** Browsers refuse an address that changes as fast as a held key repeats. */
const WRITE_AFTER_MS = 200;

export function useAddress(): [Address, Change] {
  const [hash, setHash] = useState(location.hash);
  const shown = useRef(hash);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const listen = () => {
      clearTimeout(timer.current);
      shown.current = location.hash;
      setHash(location.hash);
    };
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
  const change: Change = (parameters) => {
    const now = parseAddress(shown.current);
    const next = addressText({
      ...now,
      parameters: new Map([...now.parameters, ...Object.entries(parameters)]),
    });
    shown.current = next;
    setHash(next);
    clearTimeout(timer.current);
    // Steps through an execution are no pages to go back through.
    const before = location.hash;
    timer.current = setTimeout(() => {
      // Whoever followed a link meanwhile is elsewhere.
      if (location.hash === before) history.replaceState(null, '', next);
    }, WRITE_AFTER_MS);
  };
  return [parseAddress(hash), change];
}
