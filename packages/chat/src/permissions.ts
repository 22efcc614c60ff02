import { errorFor, type OperatorRole } from '@switchboard/protocol';

import type { Actor, AnonymousActor, OperatorActor, SystemActor, VisitorActor } from './actor.ts';

/** Kinds of actors, with operators by their role. */
interface Grantees {
  readonly anonymous: AnonymousActor;
  readonly visitor: VisitorActor;
  readonly operator: OperatorActor;
  readonly supervisor: OperatorActor;
  readonly admin: OperatorActor;
  readonly system: SystemActor;
}
type Grantee = keyof Grantees;

const SUPERVISORS = ['supervisor', 'admin'] as const;
const OPERATORS = ['operator', ...SUPERVISORS] as const;
const BOTH_SIDES = ['visitor', ...OPERATORS] as const;

/** Everything that verbs do, and who may do it. Which conversations an actor may do it with is up to `visible.ts`. */
export const PERMISSIONS = {
  'session.start': ['anonymous', ...BOTH_SIDES],
  'session.adopt': OPERATORS,
  'session.renew': ['visitor'],
  'session.visit-page': ['visitor'],
  'message.save': BOTH_SIDES,
  'message.save-as-operator': OPERATORS,
  'message.link-anywhere': OPERATORS,
  'message.read': BOTH_SIDES,
  'message.mark-read': OPERATORS,
  'receipts.record': BOTH_SIDES,
  'upload.add': BOTH_SIDES,
  'upload.open': ['system'],
  'upload.sweep': ['system'],
  'conversation.list': OPERATORS,
  'conversation.read-events': OPERATORS,
  'conversation.end': BOTH_SIDES,
  'conversation.mark-done': OPERATORS,
  'chat.assign': OPERATORS,
  'chat.snooze': OPERATORS,
  'chat.wake-snoozed': ['system'],
  'conversation.tag': OPERATORS,
  'note.list': OPERATORS,
  'note.write': OPERATORS,
  /** Others may delete their own. */
  'note.delete-any': SUPERVISORS,
  'mention.mark-seen': OPERATORS,
  'draft.list': OPERATORS,
  'draft.save': OPERATORS,
  'tag.list': OPERATORS,
  'tag.create': OPERATORS,
  'tag.change': SUPERVISORS,
  'canned-reply.list': OPERATORS,
  'canned-reply.write': OPERATORS,
  /** Everybody’s, and those of teams that they do not lead. */
  'canned-reply.write-any': SUPERVISORS,
  'saved-view.list': OPERATORS,
  'saved-view.change': OPERATORS,
  'visitor.block': OPERATORS,
  'waiting.count': ['system'],
  'waiting.settle': ['system'],
  'operator.read-teams': OPERATORS,
  'audit.list': ['admin'],
  'invitation.list': ['admin'],
  'invitation.change': ['admin'],
  'invitation.accept': ['anonymous', ...BOTH_SIDES],
  'invitation.offer-first': ['system'],
  'presence.list': OPERATORS,
  'presence.record': OPERATORS,
  'presence.count': ['system'],
  'presence.expire': ['system'],
  'team.list': OPERATORS,
  'team.change': ['admin'],
  'inbox.list': OPERATORS,
  'inbox.change': ['admin'],
  'operator.list': [...OPERATORS, 'system'],
  'operator.create': ['system'],
  'operator.change': ['admin', 'system'],
  'operator.change-own': [...OPERATORS, 'system'],
  'operator.set-password': ['system'],
  'operator.remove': ['admin', 'system'],
  'operator.remove-expired-sessions': ['system'],
  'revocation.record': ['system'],
  'revocation.list': ['system'],
  'revocation.forget': ['system'],
  'setting.read': [...OPERATORS, 'system'],
  'setting.change': ['admin', 'system'],
  'installation.read': [...BOTH_SIDES, 'system'],
} as const satisfies Readonly<Record<string, readonly Grantee[]>>;

export type Action = keyof typeof PERMISSIONS;

/** The actors who may do this. */
export type PermittedActor<A extends Action> = Grantees[(typeof PERMISSIONS)[A][number]];

/** Whether the actor may do this at all. */
export function isPermitted<A extends Action>(actor: Actor, action: A): actor is Actor & PermittedActor<A> {
  const grantees: readonly Grantee[] = PERMISSIONS[action];
  return grantees.includes(granteeOf(actor));
}

/**
 * Returns the actor if they may do this. Every verb begins with this check.
 *
 * @throws ChatError otherwise: `unauthenticated` for an anonymous actor, `forbidden` for any other
 */
export function requirePermission<A extends Action>(actor: Actor, action: A): PermittedActor<A> {
  if (isPermitted(actor, action)) return actor;
  const grantees: readonly Grantee[] = PERMISSIONS[action];
  if (actor.kind === 'anonymous') throw errorFor(grantees.includes('visitor') ? 'token_required' : 'sign_in_required');
  throw errorFor(forbidden(grantees));
}

function granteeOf(actor: Actor): Grantee {
  if (actor.kind !== 'operator') return actor.kind;
  return GRANTEE_OF_ROLE[actor.role];
}

const GRANTEE_OF_ROLE = { OPERATOR: 'operator', SUPERVISOR: 'supervisor', ADMIN: 'admin' } as const satisfies Record<OperatorRole, Grantee>;

function forbidden(grantees: readonly Grantee[]) {
  if (grantees.includes('operator')) return 'operators_only';
  if (grantees.includes('supervisor')) return 'supervisors_only';
  if (grantees.includes('admin')) return 'administrators_only';
  return grantees.includes('visitor') ? 'visitors_only' : 'installation_only';
}
