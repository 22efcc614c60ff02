import { randomUUID } from 'node:crypto';

import { SYSTEM, type Actor } from '../actor.ts';
import { listAudit } from '../audit/list-audit.ts';
import { changeInbox, createInbox } from '../inboxes/change-inbox.ts';
import { listInboxes } from '../inboxes/list-inboxes.ts';
import { removeInbox } from '../inboxes/remove-inbox.ts';
import { acceptInvitation, checkInvitation } from '../invitations/accept-invitation.ts';
import { createInvitation, listInvitations, revokeInvitation } from '../invitations/manage-invitations.ts';
import { offerFirstAdministrator } from '../invitations/offer-first-administrator.ts';
import { changeOperator } from '../operators/change-operator.ts';
import { createOperator } from '../operators/create-operator.ts';
import { listOperators, readOperator } from '../operators/list-operators.ts';
import { removeOperator } from '../operators/remove-operator.ts';
import { setOperatorPassword } from '../operators/set-operator-password.ts';
import { expirePresence } from '../presence/expire-presence.ts';
import { leavePresence } from '../presence/leave.ts';
import { countPresence, listPresence } from '../presence/list-presence.ts';
import { recordPresence } from '../presence/record-presence.ts';
import { changeTeam, createTeam } from '../teams/change-team.ts';
import { listTeams } from '../teams/list-teams.ts';
import { removeTeam } from '../teams/remove-team.ts';
import type { Action } from '../permissions.ts';
import type { ChatFixture } from './chat-fixture.ts';

type Attempt = [Action, (actor: Actor) => Promise<unknown>];

/** One attempt at each verb of operators, teams, inboxes, presence, invitations and the audit log, for the test of permissions. */
export function peopleAttempts(chat: ChatFixture) {
  async function newOperator() {
    return await Promise.resolve({ email: `${randomUUID()}@example.org`, name: 'Olga', password: 'correct horse battery' });
  }
  async function anOperator(): Promise<{ id: number }> {
    return { id: (await chat.operator()).userId };
  }
  async function aTeam(): Promise<number> {
    return (await chat.db.prisma.team.create({ data: { name: randomUUID() } })).id;
  }
  async function anInbox(): Promise<number> {
    return (await chat.db.prisma.inbox.create({ data: { key: randomUUID(), name: 'Shop' } })).id;
  }
  async function anInvitation(): Promise<{ id: number; token: string }> {
    const { id: userId } = await createOperator(chat.ctx, SYSTEM, { ...(await newOperator()), role: 'ADMIN' });
    const { invitation, token } = await createInvitation(chat.ctx, { kind: 'operator', userId, name: 'Ada', role: 'ADMIN' }, {});
    return { id: invitation.id, token };
  }
  const verbs = {
    listAudit: ['audit.list', async (actor) => await listAudit(chat.ctx, actor, {})],
    listOperators: ['operator.list', async (actor) => await listOperators(chat.ctx, actor)],
    readOperator: ['operator.list', async (actor) => await readOperator(chat.ctx, actor, (await chat.operator()).userId)],
    createOperator: ['operator.create', async (actor) => await createOperator(chat.ctx, actor, await newOperator())],
    changeOperator: ['operator.change', async (actor) => await changeOperator(chat.ctx, actor, await anOperator(), { role: 'OPERATOR' })],
    setOperatorPassword: [
      'operator.set-password',
      async (actor) => await setOperatorPassword(chat.ctx, actor, await anOperator(), 'correct horse battery'),
    ],
    removeOperator: ['operator.remove', async (actor) => await removeOperator(chat.ctx, actor, await anOperator())],
    listTeams: ['team.list', async (actor) => await listTeams(chat.ctx, actor)],
    createTeam: ['team.change', async (actor) => await createTeam(chat.ctx, actor, { name: randomUUID() })],
    changeTeam: ['team.change', async (actor) => await changeTeam(chat.ctx, actor, await aTeam(), { expected: { version: 1 } })],
    removeTeam: ['team.change', async (actor) => await removeTeam(chat.ctx, actor, await aTeam())],
    listInboxes: ['inbox.list', async (actor) => await listInboxes(chat.ctx, actor)],
    createInbox: ['inbox.change', async (actor) => await createInbox(chat.ctx, actor, { name: 'Shop' })],
    changeInbox: ['inbox.change', async (actor) => await changeInbox(chat.ctx, actor, await anInbox(), { expected: { version: 1 } })],
    removeInbox: ['inbox.change', async (actor) => await removeInbox(chat.ctx, actor, await anInbox())],
    listPresence: ['presence.list', async (actor) => await listPresence(chat.ctx, actor)],
    recordPresence: ['presence.record', async (actor) => await recordPresence(chat.ctx, actor, {})],
    leavePresence: ['presence.record', async (actor) => await leavePresence(chat.ctx, actor)],
    countPresence: ['presence.count', async (actor) => await countPresence(chat.ctx, actor)],
    expirePresence: ['presence.expire', async (actor) => await expirePresence(chat.ctx, actor)],
    listInvitations: ['invitation.list', async (actor) => await listInvitations(chat.ctx, actor)],
    createInvitation: ['invitation.change', async (actor) => await createInvitation(chat.ctx, actor, {})],
    revokeInvitation: ['invitation.change', async (actor) => await revokeInvitation(chat.ctx, actor, (await anInvitation()).id)],
    checkInvitation: ['invitation.accept', async (actor) => await checkInvitation(chat.ctx, actor, (await anInvitation()).token)],
    acceptInvitation: [
      'invitation.accept',
      async (actor) => await acceptInvitation(chat.ctx, actor, { ...(await newOperator()), token: (await anInvitation()).token }),
    ],
    offerFirstAdministrator: ['invitation.offer-first', async (actor) => await offerFirstAdministrator(chat.ctx, actor)],
  } satisfies Record<string, Attempt>;
  const changeOwn = async (actor: Actor) =>
    await changeOperator(chat.ctx, actor, actor.kind === 'operator' ? { id: actor.userId } : await anOperator(), { name: 'Another' });
  return { verbs, changeOwn };
}
