/**
 * What nobody sees: white space, control characters, all that Unicode says may be left out where text is shown (joiners, marks of direction, variation
 * selectors, fillers), and signs that are blank by themselves: the empty Braille pattern, marks of annotations and objects, an empty notehead, Egyptian blanks.
 */
const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFC\u{1D159}\u{13441}\u{13442}]/u;

/**
 * Whether there is anything to see in a text: asked of names, messages and names of files alike. What is kept is what was given. No imports, so it costs
 * browsers only itself.
 */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
