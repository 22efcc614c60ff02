/**
 * A value as JSON that may stand in a script, in a `<script>` element of any type and in an attribute: no character of it ends the element, begins a comment
 * or breaks a line.
 */
export function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
