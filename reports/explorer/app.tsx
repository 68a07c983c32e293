import { useAddress } from './address.ts';
import { CounterexamplePage } from './counterexample.tsx';
import type { ExplorerData } from './data.ts';
import { Overview } from './overview.tsx';

/** The overview, or one counterexample. */
export function App({ data }: { readonly data: ExplorerData }) {
  const [{ id, parameters }, change] = useAddress();
  const found = data.counterexamples.find((one) => one.id === id);
  return (
    <>
      <header class="bar">
        <a href="#/" class="name">
          zpci-fuzz
        </a>
        <span class="faint">
          {data.version}, {data.from}
        </span>
      </header>
      <main class="page">
        {found !== undefined ? (
          <CounterexamplePage
            key={found.id}
            data={data}
            found={found}
            parameters={parameters}
            change={change}
          />
        ) : id !== null ? (
          <p>
            There is no counterexample “{id}” in this report. <a href="#/">Overview</a>
          </p>
        ) : (
          <Overview data={data} parameters={parameters} change={change} />
        )}
      </main>
    </>
  );
}
