/** Identifies a message within one conversation. The sender's side creates the key, so the same key of the other side is another message. */
export interface MessageRef {
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly key: string;
}

/** Identifies a message among all conversations. */
export interface ConversationMessageRef extends MessageRef {
  readonly clientId: number;
}

/** The identity of a message within its conversation, for maps and comparisons: its side and its key, never the key alone. */
export function messageId({ senderType, key }: MessageRef): string {
  return `${senderType} ${key}`;
}

/** The identity of a message among those of all conversations. */
export function conversationMessageId(message: ConversationMessageRef): string {
  return `${message.clientId} ${messageId(message)}`;
}
