import type { ComponentChildren } from 'preact';

/** After the visitor ended the conversation. */
export function Ended({ onAgain, children }: { readonly onAgain: () => void; readonly children: ComponentChildren }) {
  return (
    <section class="ended" aria-live="polite">
      <h2>Chat ended</h2>
      <p>Nothing of it is kept in this browser. Whatever comes up next, we are here.</p>
      {children}
      <button type="button" class="primary" data-first-focus onClick={onAgain}>
        Start a new chat
      </button>
    </section>
  );
}
