/** Who asks. Made at the edge from a verified token or a signed-in session, never from a payload. */
export type Actor = AnonymousActor | ClientActor | OperatorActor;

export interface AnonymousActor {
  readonly kind: 'anonymous';
}

/** A visitor with a token: may touch its own conversation and no other. */
export interface ClientActor {
  readonly kind: 'client';
  readonly clientId: number;
  readonly sessionId: string;
}

/** A signed-in operator: may touch every conversation. */
export interface OperatorActor {
  readonly kind: 'operator';
  readonly userId: number;
  readonly name: string;
  readonly role: 'OPERATOR' | 'ADMIN';
}
