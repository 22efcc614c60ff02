import type { EndpointName } from '@switchboard/protocol';

import { authRoute } from './requests/auth-route.ts';
import { demoPage } from './requests/demo-page.ts';
import { readAudit } from './requests/handlers/audit.ts';
import { addCannedReply, deleteCannedReply, editCannedReply, readCannedReplies } from './requests/handlers/canned-replies.ts';
import { listChats, setDone } from './requests/handlers/chats.ts';
import { blockConversation, closeChat, reopenChat, setAssignment, snoozeChat } from './requests/handlers/conversation-actions.ts';
import { listConversations, listViews, showConversation } from './requests/handlers/conversations.ts';
import { openApi } from './requests/handlers/documents.ts';
import { keepDraft, readDrafts } from './requests/handlers/drafts.ts';
import { changeNote, createNote, listActivity, readNotes, removeNote, seeMentions } from './requests/handlers/notes.ts';
import { readConversationMessages, readMessages, saveMessages, sendMessage } from './requests/handlers/messages.ts';
import { deleteInbox, getInboxes, patchInbox, postInbox } from './requests/handlers/inboxes.ts';
import { acceptLink, checkLink, deleteInvitation, getInvitations, postInvitation } from './requests/handlers/invitations.ts';
import { deleteOperator, getOperator, getOperators, patchOperator } from './requests/handlers/operators.ts';
import { getPresence, leave, postPresence } from './requests/handlers/presence.ts';
import { saveReceipts } from './requests/handlers/receipts.ts';
import { changeView, listOwnViews, removeView, saveView } from './requests/handlers/saved-views.ts';
import { endConversation, openSession, renewToken } from './requests/handlers/sessions.ts';
import { listSettings, setSettings } from './requests/handlers/settings.ts';
import { addTag, changeTag, deleteTag, readTags, tagConversation } from './requests/handlers/tags.ts';
import { deleteTeam, getTeams, patchTeam, postTeam } from './requests/handlers/teams.ts';
import { noteTimings } from './requests/handlers/timings.ts';
import { readUpload, uploadImage } from './requests/handlers/uploads.ts';
import { notePage, setBlocked } from './requests/handlers/visitors.ts';
import { alive, figures, ready } from './requests/operations.ts';
import { standalone, type EndpointHandler } from './requests/route.ts';
import { asset, frame, loader } from './requests/widget-routes.ts';

/** The handler of each endpoint of protocol's table. A missing one, or that of another endpoint, does not compile. */
export const HANDLERS: { readonly [N in EndpointName]: EndpointHandler<N> } = {
  'POST /api/chat/sessions': openSession,
  'POST /api/chat/token': renewToken,
  'POST /api/chat/end': endConversation,
  'POST /api/chat/messages': saveMessages,
  'GET /api/chat/messages': readMessages,
  'POST /api/chat/receipts': saveReceipts,
  'POST /api/chat/uploads': uploadImage,
  'GET /api/chat/uploads/{id}': readUpload,
  'GET /api/chat/recent': listChats,
  'POST /api/chat/done': setDone,
  'POST /api/chat/page': notePage,
  'POST /api/chat/block': setBlocked,
  'POST /api/chat/timings': noteTimings,
  'POST /api/v1/conversations/{id}/assignment': setAssignment,
  'POST /api/v1/conversations/{id}/close': closeChat,
  'POST /api/v1/conversations/{id}/reopen': reopenChat,
  'POST /api/v1/conversations/{id}/snooze': snoozeChat,
  'POST /api/v1/conversations/{id}/block': blockConversation,
  'GET /api/v1/conversations/{id}/activity': listActivity,
  'GET /api/v1/conversations/{id}/notes': readNotes,
  'POST /api/v1/conversations/{id}/notes': createNote,
  'POST /api/v1/conversations/{id}/mentions-seen': seeMentions,
  'PATCH /api/v1/notes/{id}': changeNote,
  'DELETE /api/v1/notes/{id}': removeNote,
  'GET /api/v1/tags': readTags,
  'POST /api/v1/tags': addTag,
  'PATCH /api/v1/tags/{id}': changeTag,
  'DELETE /api/v1/tags/{id}': deleteTag,
  'PUT /api/v1/conversations/{id}/tags': tagConversation,
  'GET /api/v1/canned-replies': readCannedReplies,
  'POST /api/v1/canned-replies': addCannedReply,
  'PATCH /api/v1/canned-replies/{id}': editCannedReply,
  'DELETE /api/v1/canned-replies/{id}': deleteCannedReply,
  'GET /api/v1/drafts': readDrafts,
  'PUT /api/v1/conversations/{id}/draft': keepDraft,
  'GET /api/v1/audit': readAudit,
  'GET /api/v1/operators': getOperators,
  'GET /api/v1/operators/{id}': getOperator,
  'PATCH /api/v1/operators/{id}': patchOperator,
  'DELETE /api/v1/operators/{id}': deleteOperator,
  'GET /api/v1/teams': getTeams,
  'POST /api/v1/teams': postTeam,
  'PATCH /api/v1/teams/{id}': patchTeam,
  'DELETE /api/v1/teams/{id}': deleteTeam,
  'GET /api/v1/inboxes': getInboxes,
  'POST /api/v1/inboxes': postInbox,
  'PATCH /api/v1/inboxes/{id}': patchInbox,
  'DELETE /api/v1/inboxes/{id}': deleteInbox,
  'GET /api/v1/presence': getPresence,
  'POST /api/v1/presence': postPresence,
  'POST /api/v1/presence/leave': leave,
  'GET /api/v1/invitations': getInvitations,
  'POST /api/v1/invitations': postInvitation,
  'DELETE /api/v1/invitations/{id}': deleteInvitation,
  'POST /api/v1/invitations/check': checkLink,
  'POST /api/v1/invitations/accept': acceptLink,
  'GET /api/v1/settings': listSettings,
  'PATCH /api/v1/settings': setSettings,
  'GET /api/v1/conversations': listConversations,
  'GET /api/v1/views': listViews,
  'GET /api/v1/conversations/{id}': showConversation,
  'GET /api/v1/conversations/{id}/messages': readConversationMessages,
  'POST /api/v1/conversations/{id}/messages': sendMessage,
  'GET /api/v1/saved-views': listOwnViews,
  'POST /api/v1/saved-views': saveView,
  'PATCH /api/v1/saved-views/{id}': changeView,
  'DELETE /api/v1/saved-views/{id}': removeView,
  'POST /api/auth/sign-in/email': standalone('POST /api/auth/sign-in/email', authRoute),
  'POST /api/auth/sign-out': standalone('POST /api/auth/sign-out', authRoute),
  'POST /api/auth/change-password': standalone('POST /api/auth/change-password', authRoute),
  'POST /api/auth/revoke-other-sessions': standalone('POST /api/auth/revoke-other-sessions', authRoute),
  'GET /api/v1/openapi.json': openApi,
  'GET /widget.js': standalone('GET /widget.js', loader),
  'GET /widget': standalone('GET /widget', frame),
  'GET /widget/assets/{name}': standalone('GET /widget/assets/{name}', asset),
  'GET /demo': standalone('GET /demo', demoPage),
  'GET /livez': standalone('GET /livez', alive),
  'GET /readyz': standalone('GET /readyz', ready),
  'GET /metrics': standalone('GET /metrics', figures),
};

/** One method of one path, for a server that dispatches requests. */
export interface Route {
  readonly method: string;
  /** A name in braces matches one part of a path: `/api/chat/uploads/{id}`. */
  readonly path: string;
  /** Its `params` are the parts in braces. */
  readonly handle: EndpointHandler<EndpointName>;
}

/** Every method of every endpoint. HEAD is answered by the handler of GET. */
export const ROUTES: readonly Route[] = Object.values(HANDLERS).flatMap(routesOf);

function routesOf(handle: EndpointHandler<EndpointName>): readonly Route[] {
  const [method = '', path = ''] = handle.endpoint.split(' ');
  return [method, ...(method === 'GET' ? ['HEAD'] : [])].map((each) => ({ method: each, path, handle }));
}
