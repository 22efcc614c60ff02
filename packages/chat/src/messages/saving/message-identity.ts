/**
 * What makes a message itself: its key counts within one conversation and one sending side only. Each side hears the other's keys over the relay, and a visitor
 * may make up any; none of that can occupy or displace a message of somebody else.
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
