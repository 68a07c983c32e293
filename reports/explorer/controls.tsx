import type { ComponentChildren } from 'preact';

interface Props {
  readonly at: number;
  /** Null where there is no step. */
  readonly last: number | null;
  readonly brokenAt: number | null;
  readonly differsAt: number | null;
  readonly go: (step: number) => void;
  readonly help: () => void;
  readonly children: ComponentChildren;
}

/** What the keys do, for a mouse or a screen reader. */
export function Controls({ at, last, brokenAt, differsAt, go, help, children }: Props) {
  return (
    <div class="controls">
      {last === null ? null : (
        <fieldset class="steps">
          <legend class="sr">steps</legend>
          <button type="button" onClick={() => go(0)} title="Home" aria-label="first step">
            «
          </button>
          <button type="button" onClick={() => go(at - 1)} title="← or k" aria-label="one step back">
            ‹
          </button>
          <span class="count">
            step {at} of {last}
          </span>
          <button type="button" onClick={() => go(at + 1)} title="→ or j" aria-label="one step forward">
            ›
          </button>
          <button type="button" onClick={() => go(last)} title="End" aria-label="last step">
            »
          </button>
        </fieldset>
      )}
      {brokenAt === null ? null : (
        <button type="button" onClick={() => go(brokenAt)} title="v">
          to the violation
        </button>
      )}
      {differsAt === null ? null : (
        <button type="button" onClick={() => go(differsAt)} title="d">
          to the first difference
        </button>
      )}
      {children}
      <button type="button" onClick={help} title="?">
        keys
      </button>
    </div>
  );
}
