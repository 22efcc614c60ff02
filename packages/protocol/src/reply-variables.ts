/** Variables in the texts of canned replies: `{{visitor.name}}`. No imports: browsers use it, too. */

/** The variables that a canned reply may contain. */
export const REPLY_VARIABLES = ['visitor.name', 'visitor.email', 'page', 'operator.name'] as const;
export type ReplyVariable = (typeof REPLY_VARIABLES)[number];

/** A variable: its name between double braces, with or without spaces around it. */
const VARIABLE = /\{\{([^{}]*)\}\}/g;

/** The variables of a text that do not exist, each once, as they are written between the braces. */
export function unknownVariables(text: string): readonly string[] {
  const names = [...text.matchAll(VARIABLE)].map(([, name = '']) => name.trim());
  return [...new Set(names)].filter((name) => !isReplyVariable(name));
}

/** A canned reply with its variables filled in. */
export interface FilledReply {
  readonly text: string;
  /** The variables that have no value, each once, in the order of the text. */
  readonly missing: readonly ReplyVariable[];
}

/**
 * Fills in the variables of a canned reply. A variable without a value (not given, null or empty) becomes an empty text, and is reported. Values are inserted
 * as they are: a variable inside a value is not filled in. Double braces with any other content stay as they are.
 */
export function fillReply(text: string, values: Readonly<Partial<Record<ReplyVariable, string | null>>>): FilledReply {
  const missing = new Set<ReplyVariable>();
  const filled = text.replaceAll(VARIABLE, (written, content: string) => {
    const name = content.trim();
    if (!isReplyVariable(name)) return written;
    const value = values[name] ?? '';
    if (value === '') missing.add(name);
    return value;
  });
  return { text: filled, missing: [...missing] };
}

function isReplyVariable(name: string): name is ReplyVariable {
  return REPLY_VARIABLES.some((known) => known === name);
}
