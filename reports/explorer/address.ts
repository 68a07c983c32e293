/** Which page is shown, as the part of the address behind `#`: it can be sent to somebody. */
import { useEffect, useState } from 'preact/hooks';

export interface Address {
  /** Counterexample, or null for the overview. */
  readonly id: string | null;
  readonly parameters: ReadonlyMap<string, string>;
}

export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const id = path.startsWith('c/') ? decodeURIComponent(path.slice(2)) : null;
  return { id, parameters: new Map(new URLSearchParams(query)) };
}

export function addressText({ id, parameters }: Address): string {
  const query = new URLSearchParams([...parameters].filter(([, value]) => value !== '')).toString();
  return `#/${id === null ? '' : `c/${encodeURIComponent(id)}`}${query === '' ? '' : `?${query}`}`;
}

export function useAddress(): [Address, (change: Readonly<Record<string, string>>) => void] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const listen = () => setHash(location.hash);
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
  const address = parseAddress(hash);
  const change = (parameters: Readonly<Record<string, string>>) => {
    const next = addressText({
      id: address.id,
      parameters: new Map([...address.parameters, ...Object.entries(parameters)]),
    });
    // Steps through an execution are no pages to go back through.
    history.replaceState(null, '', next);
    setHash(next);
  };
  return [address, change];
}
