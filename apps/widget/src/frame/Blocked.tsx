/** Where a visitor would write that the team has blocked. It goes away by itself when that is taken back. */
export function Blocked() {
  return (
    <output class="blocked">
      <p>This chat was closed by the team. You can’t write here any more.</p>
    </output>
  );
}
