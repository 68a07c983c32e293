import { useEffect, useRef } from 'preact/hooks';

export const KEYS: readonly (readonly [string, string])[] = [
  ['→ or j', 'one step forward'],
  ['← or k', 'one step back'],
  ['Home', 'first step'],
  ['End', 'last step'],
  ['v', 'the step that breaks the claim'],
  ['d', 'the first difference from the state beside it'],
  ['?', 'these keys'],
  ['Esc', 'closes this'],
];

/** The keys of a counterexample's page. */
export function Help({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={close}>
        close
      </button>
    </dialog>
  );
}
