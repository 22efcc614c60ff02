import { Prisma } from '@switchboard/database';

import type { OperatorActor, SystemActor } from '../actor.ts';
import type { Queryable } from '../visible.ts';

/** What can be changed outside of conversations. */
type AuditSubject = 'operator' | 'team' | 'inbox' | 'invitation' | 'tag' | 'canned-reply';
/** `removed` of an operator or an invitation: it can no longer be used, and its row stays. */
type AuditAction = `${AuditSubject}.${'created' | 'changed' | 'removed'}` | 'operator.password-changed' | 'invitation.accepted';

/** What a verb did. */
export interface NewAuditEntry {
  readonly action: AuditAction;
  /** To which row of the action's kind. */
  readonly id: number;
  /** The changed values by their names, before and after. Never a password, a token or a hash. */
  readonly from?: Prisma.InputJsonObject;
  readonly to?: Prisma.InputJsonObject;
}

/** Records that `actor` did this, in the transaction that does it. The time is that of the transaction, by the clock of the database. */
export async function writeAudit(
  tx: Queryable,
  actor: OperatorActor | SystemActor,
  { action, id, from, to }: NewAuditEntry,
): Promise<void> {
  const subject = `${action.slice(0, action.indexOf('.'))}:${id}`;
  const [actorId, actorName] = actor.kind === 'operator' ? [actor.userId, actor.name] : [null, null];
  await tx.$executeRaw`
    INSERT INTO "AuditEntry" (at, "actorKind", "actorId", "actorName", action, subject, "from", "to")
    VALUES (now(), ${actor.kind}, ${actorId}::int, ${actorName}, ${action}, ${subject}, ${json(from)}::jsonb, ${json(to)}::jsonb)`;
}

function json(values: Prisma.InputJsonObject | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}
