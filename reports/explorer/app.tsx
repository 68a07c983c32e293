import { useEffect, useRef } from 'preact/hooks';
import { linkTo, type PageKind, useAddress } from './address.ts';
import { BisectPage } from './bisect.tsx';
import { CounterexamplePage } from './counterexample.tsx';
import type { ExplorerData } from './data.ts';
import { Overview } from './overview.tsx';
import { StatePage } from './state.tsx';
import { visible } from './visible.ts';

/** The page that the address names, below the bar that all have. */
export function App({ data }: { readonly data: ExplorerData }) {
  const [{ page, id, parameters }, change] = useAddress();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const cameBack = useRef(false);
  const places = useRef(new Map<string, number>());
  useEffect(() => {
    const heading = main.current?.querySelector('h1');
    document.title = `${heading?.textContent ?? 'overview'} – zpci-fuzz`;
    // Whoever follows a link goes on reading at the heading, whoever comes back where they were; whoever opens the page
    // is there.
    if (!isFirst.current) {
      heading?.focus({ preventScroll: true });
      scrollTo(0, cameBack.current ? (places.current.get(location.hash) ?? 0) : 0);
    }
    isFirst.current = false;
    cameBack.current = false;
  }, [page, id]);
  useEffect(() => {
    const remember = () => places.current.set(location.hash, scrollY);
    let isFollowing = false;
    // Links and steps back both change the address and then tell so: a link was clicked before that.
    const back = () => {
      cameBack.current = !isFollowing;
      isFollowing = false;
    };
    const follow = ({ target }: Event) => {
      if (!(target instanceof Element) || target.closest('a[href^="#"]') === null) return;
      isFollowing = true;
      remember();
    };
    addEventListener('click', follow, true);
    addEventListener('scrollend', remember);
    addEventListener('popstate', back);
    return () => {
      removeEventListener('click', follow, true);
      removeEventListener('scrollend', remember);
      removeEventListener('popstate', back);
    };
  }, []);
  const props = { data, parameters, change };
  const shown = () => {
    switch (page) {
      case 'overview':
        return <Overview {...props} />;
      case 'counterexample': {
        const found = data.counterexamples.find((one) => one.id === id);
        return found === undefined ? (
          <Missing kind={page} id={id} />
        ) : (
          <CounterexamplePage key={id} found={found} {...props} />
        );
      }
      case 'state': {
        const state = data.states.find(({ model }) => model === id);
        return state === undefined ? (
          <Missing kind={page} id={id} />
        ) : (
          <StatePage key={id} state={state} data={data} />
        );
      }
      case 'bisect': {
        const bisect = data.bisects.find(({ model }) => model === id);
        return bisect === undefined ? (
          <Missing kind={page} id={id} />
        ) : (
          <BisectPage key={id} bisect={bisect} />
        );
      }
      default:
        return page satisfies never;
    }
  };
  return (
    <>
      <header class="bar">
        <a href="#/" class="name">
          zpci-fuzz
        </a>
        <nav aria-label="pages">
          <a href="#/" aria-current={page === 'overview' ? 'page' : undefined}>
            overview
          </a>
          {data.bisects.map(({ model }) => (
            <a
              key={model}
              href={linkTo('bisect', model)}
              aria-current={page === 'bisect' && id === model ? 'page' : undefined}
            >
              bisect {model}
            </a>
          ))}
        </nav>
        <span class="faint from">
          {data.version}, {visible(data.from)}
        </span>
      </header>
      <main class="page" ref={main}>
        {shown()}
      </main>
    </>
  );
}

function Missing({ kind, id }: { readonly kind: PageKind; readonly id: string }) {
  return (
    <>
      <h1 tabIndex={-1}>Not in this report</h1>
      <p>
        There is no {kind} “{visible(id)}” in it. <a href="#/">Overview</a>
      </p>
    </>
  );
}
