/**
 * Everything except invisible characters: white space, control characters, Unicode's default-ignorable characters (joiners, marks of direction, variation
 * selectors, fillers), and blank signs (the empty Braille pattern, marks of annotations and objects, an empty notehead, Egyptian blanks).
 */
const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFC\u{1D159}\u{13441}\u{13442}]/u;

/**
 * Whether a text has any visible character. The rule for names, messages and file names; texts are stored as given. No imports, so it costs browsers
 * nothing more.
 */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
