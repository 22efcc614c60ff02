/** After the visitor ended the conversation. */
export function Ended({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <section class="ended" aria-live="polite">
      <h2>Chat ended</h2>
      <p>Nothing of it is kept in this browser. Whatever comes up next, we are here.</p>
      <button type="button" class="primary" data-first-focus onClick={onAgain}>
        Start a new chat
      </button>
    </section>
  );
}
