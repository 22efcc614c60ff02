import type { OperatorRole } from '@switchboard/protocol';

/** Who asks. Made at the edge from a verified token or a signed-in session, never from a payload. `permissions.ts` says what each may do. */
export type Actor = AnonymousActor | VisitorActor | OperatorActor | SystemActor;

export interface AnonymousActor {
  readonly kind: 'anonymous';
}

/** A visitor with a token. */
export interface VisitorActor {
  readonly kind: 'visitor';
  readonly clientId: number;
  readonly sessionId: string;
}

/** A signed-in operator. */
export interface OperatorActor {
  readonly kind: 'operator';
  readonly userId: number;
  readonly name: string;
  readonly role: OperatorRole;
}

/** The installation itself: its command line and its background jobs. */
export interface SystemActor {
  readonly kind: 'system';
}

export const SYSTEM: SystemActor = { kind: 'system' };
