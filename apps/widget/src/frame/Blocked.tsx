/** Where a visitor would write that the team has blocked; `alone` where there is nothing else to show. It goes away by itself when that is taken back. */
export function Blocked({ alone = false }: { readonly alone?: boolean }) {
  return (
    <output class={alone ? 'blocked alone' : 'blocked'}>
      <p>This chat was closed by the team. You can’t write here any more.</p>
    </output>
  );
}
