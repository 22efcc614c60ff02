/** What makes a message of one conversation that message: who makes the key is the sender's side, so the other side's same key means another message. */
export interface MessageRef {
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly key: string;
}

/** A message among those of all conversations. */
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
