/**
 * What identifies a message. Its key is unique within one conversation and one sending side only: each side receives the other's keys over the relay, and a
 * visitor may invent any, and neither may take or displace another sender's message.
 */
export interface MessageIdentity {
  readonly clientId: number;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  /** In lower case. */
  readonly messageKey: string;
}

/** The identity as a key of maps. */
export function identityOf({ clientId, senderType, messageKey }: MessageIdentity): string {
  return `${clientId} ${senderType} ${messageKey}`;
}
