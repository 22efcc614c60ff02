import type { z } from 'zod';

import { activityEndpoints } from './activity.ts';
import { cannedReplyEndpoints } from './canned-replies.ts';
import { auditEndpoints } from './audit.ts';
import { chatEndpoints, type RecentChat } from './chats.ts';
import { conversationActionEndpoints } from './conversation-actions.ts';
import { draftEndpoints } from './drafts.ts';
import { conversationEndpoints } from './conversations.ts';
import type { AccessRule, Endpoint, EndpointKey, FormBody, JsonBody, JsonResponse } from './endpoint.ts';
import { inboxEndpoints } from './inboxes.ts';
import { invitationEndpoints } from './invitations.ts';
import { messageEndpoints } from './messages.ts';
import { noteEndpoints } from './notes.ts';
import { authEndpoints, documentEndpoints, operationEndpoints } from './operations.ts';
import { operatorEndpoints } from './operators.ts';
import { presenceEndpoints } from './presence.ts';
import { receiptEndpoints } from './receipts.ts';
import { savedViewEndpoints } from './saved-views.ts';
import { sessionEndpoints } from './sessions.ts';
import { settingEndpoints } from './settings.ts';
import { tagEndpoints } from './tags.ts';
import { teamEndpoints } from './teams.ts';
import { timingEndpoints } from './timings.ts';
import { uploadEndpoints } from './uploads.ts';
import { visitorEndpoints } from './visitors.ts';

/**
 * Every endpoint of the web app, by method and path. The server's handlers, the browsers' requests and the documents derive from it: an endpoint without a
 * handler or without a row in the access tests does not compile.
 */
export const ENDPOINTS = {
  ...sessionEndpoints,
  ...messageEndpoints,
  ...receiptEndpoints,
  ...uploadEndpoints,
  ...chatEndpoints,
  ...conversationActionEndpoints,
  ...visitorEndpoints,
  ...timingEndpoints,
  ...activityEndpoints,
  ...noteEndpoints,
  ...tagEndpoints,
  ...cannedReplyEndpoints,
  ...draftEndpoints,
  ...settingEndpoints,
  ...conversationEndpoints,
  ...savedViewEndpoints,
  ...auditEndpoints,
  ...operatorEndpoints,
  ...teamEndpoints,
  ...inboxEndpoints,
  ...presenceEndpoints,
  ...invitationEndpoints,
  ...authEndpoints,
  ...documentEndpoints,
  ...operationEndpoints,
} as const satisfies Record<EndpointKey, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;
/** The endpoint of this name. */
export type EndpointNamed<N extends EndpointName> = (typeof ENDPOINTS)[N];

/** Names of the endpoints that answer JSON of a known shape. */
export type JsonEndpointName = { [N in EndpointName]: EndpointNamed<N>['response'] extends JsonResponse ? N : never }[EndpointName];
type FormEndpointName = { [N in EndpointName]: EndpointNamed<N> extends { readonly body: FormBody } ? N : never }[EndpointName];
/** Names of the endpoints that take JSON or nothing, and answer JSON. */
export type JsonCallName = Exclude<JsonEndpointName, FormEndpointName>;

/** Names of the endpoints with one of these access rules. */
export type EndpointWith<A extends AccessRule> = { [N in EndpointName]: EndpointNamed<N>['access'] extends A ? N : never }[EndpointName];

type SchemaOf<B> = B extends JsonBody<infer S> | FormBody<infer S> | JsonResponse<infer S> ? S : undefined;
type Part<E extends Endpoint, K extends 'body' | 'query'> = E extends Readonly<Record<K, infer P>> ? P : undefined;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** The parsed body that a handler gets, undefined where there is none. */
export type ParsedBody<E extends Endpoint> = Parsed<SchemaOf<Part<E, 'body'>>>;
/** The parsed query that a handler gets, undefined where there is none. */
export type ParsedQuery<E extends Endpoint> = Parsed<Part<E, 'query'>>;
/** The JSON that an endpoint answers, undefined where it answers anything else. */
export type Answer<E extends Endpoint> = Parsed<SchemaOf<E['response']>>;

/** The JSON that the endpoint of this name answers. */
export type AnswerOf<N extends JsonEndpointName> = Answer<EndpointNamed<N>>;

/** A caller's input, deeply read-only. */
type Sent<T> = T extends readonly (infer V)[] ? readonly Sent<V>[] : T extends object ? { readonly [K in keyof T]: Sent<T[K]> } : T;

/** The keys of a query's input with the types of its output: a caller passes numbers and lists, not strings. */
type GivenQuery<S> = S extends z.ZodType ? { [K in keyof z.input<S>]: K extends keyof z.output<S> ? z.output<S>[K] : never } : never;

/** The names in braces in a path. */
type ParamName<Path extends string> = Path extends `${string}{${infer P}}${infer Rest}` ? P | ParamName<Rest> : never;

/** The input of the endpoint of this name: path parameters, query and body, where it has them; `unknown` where it takes nothing. */
export type RequestOf<N extends EndpointName> = ([ParamName<N>] extends [never]
  ? unknown
  : { readonly params: Sent<Record<ParamName<N>, string | number>> }) &
  (Part<EndpointNamed<N>, 'query'> extends z.ZodType ? { readonly query: Sent<GivenQuery<Part<EndpointNamed<N>, 'query'>>> } : unknown) &
  (Part<EndpointNamed<N>, 'body'> extends JsonBody<infer S> ? { readonly body: Sent<z.input<S>> } : unknown);

/**
 * Names of the endpoints that do something with one conversation: their body names it by `clientId`, and they answer what has become of it, in fields of
 * `RecentChat['client']`.
 */
export type ConversationActionName = {
  [N in JsonCallName]: RequestOf<N> extends { readonly body: { readonly clientId: number } }
    ? AnswerOf<N> extends Partial<RecentChat['client']>
      ? N
      : never
    : never;
}[JsonCallName];
