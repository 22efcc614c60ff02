import { randomUUID } from 'node:crypto';

import { ChatError } from '@switchboard/protocol/errors';
import type { ChangeKind, ErrorCode, MessagesPage, MessageView, NewMessage, Receipts } from '@switchboard/protocol/types';

import { blocked, errorAnswer, fieldsOf, inADay, isRecord } from './fake-answers.ts';
import { markDone, oldRecentOf, recentOf } from './fake-list.ts';
import type { FakeClient } from './fake-list.ts';

export interface FakeOperator {
  readonly operatorId: number;
  readonly name: string;
}

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  /** Who sent it: a visitor by client id, or an operator. */
  readonly actor: { readonly clientId: number } | FakeOperator | null;
  /** The operator that the page claims to belong to; null if it claims none. */
  readonly claimedOperator: string | null;
}

/** A fault of a request: it never arrives, its answer is lost, or the server refuses it. */
export type Fault = 'refuse' | 'lose-answer' | { readonly code: ErrorCode; readonly retryAfter?: number };

/** The web app's HTTP API with its data in memory: numbers, idempotency by key and atomic saves as in the contract. Tokens are `v<clientId>`. */
export class FakeServer {
  readonly clients = new Map<number, FakeClient>();
  epoch: string | undefined = randomUUID();
  #clientIds = 0;
  readonly requests: FakeRequest[] = [];
  fault: (request: FakeRequest) => Fault | undefined = () => undefined;
  /** Called after each commit of new messages. */
  onCommit: (client: FakeClient) => void = () => undefined;
  onBlocked: (client: FakeClient) => void = () => undefined;
  /** Called when a conversation is blocked, ended or marked as done, when that is undone, and when its visitor is on another page. */
  onVisitorChanged: (client: FakeClient, what: ChangeKind) => void = () => undefined;
  /** Answers like a server of the previous build. */
  isOld = false;
  onReceipts: (client: FakeClient, by: 'client' | 'operator') => void = () => undefined;
  /** Texts that contain this word are refused for good. */
  forbidden = 'FORBIDDEN';
  #ids = 0;
  #lastArrival = 0;

  addClient(username = 'Ada', address?: string): FakeClient {
    const sessionId = randomUUID();
    const client: FakeClient = {
      id: ++this.#clientIds,
      sessionId,
      username,
      address: address ?? sessionId,
      rows: [],
      receipts: { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 },
      endedAt: null,
      blockedAt: null,
      waitingSince: null,
      doneAt: null,
      pages: [],
      over: false,
      lastActivityAt: this.#arrival(),
      version: 0,
      answered: '',
    };
    this.clients.set(client.id, client);
    return client;
  }

  /** A copy of all data, like a backup. */
  backUp(): readonly FakeClient[] {
    return structuredClone([...this.clients.values()]);
  }

  /** Replaces all data by a copy; new clients get ids that were never used. */
  restore(copy: readonly FakeClient[], epoch: string | undefined = randomUUID()): void {
    this.clients.clear();
    for (const client of structuredClone(copy)) this.clients.set(client.id, client);
    this.epoch = epoch;
  }

  /** Commits a message without the API, as if another browser of that side had sent it. */
  commit(clientId: number, message: Partial<NewMessage> & { operatorId?: number; operatorName?: string } = {}): MessageView {
    const client = this.#client(clientId);
    const key = message.messageKey ?? randomUUID();
    const senderType = message.senderType ?? 'CLIENT';
    const existing = client.rows.find((row) => row.messageKey === key && row.senderType === senderType);
    if (existing !== undefined) {
      if (existing.operatorId !== (message.operatorId ?? null)) throw new ChatError('conflict', 'The key belongs to another message.');
      return existing;
    }
    const row: MessageView = {
      id: ++this.#ids,
      messageKey: key,
      seq: client.rows.length + 1,
      clientId,
      senderType,
      messageType: message.messageType ?? 'TEXT',
      text: message.text ?? null,
      imageUrl: message.imageUrl ?? null,
      imageName: message.imageName ?? null,
      mimeType: message.mimeType ?? null,
      imageWidth: null,
      imageHeight: null,
      operatorId: message.operatorId ?? null,
      operatorName: message.operatorName ?? null,
      isRead: false,
      readAt: null,
      createdAt: message.sentAt ?? new Date().toISOString(),
    };
    client.rows.push(row);
    client.lastActivityAt = this.#arrival();
    client.endedAt = null;
    client.waitingSince = senderType === 'CLIENT' ? (client.waitingSince ?? row.createdAt) : null;
    if (senderType === 'CLIENT') client.doneAt = null;
    this.onCommit(client);
    return row;
  }

  /** The visitor goes to another page of the host site. */
  move(clientId: number, url: string): void {
    const client = this.#client(clientId);
    client.pages.unshift({ url, at: this.#arrival() });
    this.onVisitorChanged(client, 'state');
  }

  /** `fetch` for a browser. Visitors are identified by their token; `operator` takes the place of an operator's cookie. */
  fetchAs(operator?: FakeOperator) {
    return async (path: string, init: RequestInit): Promise<Response> => {
      const url = new URL(path, 'http://fake');
      const token = new Headers(init.headers).get('authorization')?.replace('Bearer v', '');
      const actor = operator ?? (token === undefined ? null : { clientId: Number(token) });
      const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : fieldsOf(init.body);
      const request: FakeRequest = {
        method: init.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        body: isRecord(body) ? body : {},
        actor,
        claimedOperator: new Headers(init.headers).get('x-switchboard-operator'),
      };
      this.requests.push(request);
      // Asynchronous, like a real network.
      await new Promise((resolve) => setImmediate(resolve));
      const fault = this.fault(request);
      if (fault === 'refuse') throw new TypeError('Failed to fetch');
      const answer = typeof fault === 'object' ? errorAnswer(fault.code, fault.retryAfter) : this.#answer(request);
      if (fault === 'lose-answer') throw new TypeError('Failed to fetch');
      return answer;
    };
  }

  #answer(request: FakeRequest): Response {
    try {
      return Response.json(this.#route(request));
    } catch (error) {
      if (error instanceof ChatError) return errorAnswer(error.code, undefined, error.message);
      throw error;
    }
  }

  #route(request: FakeRequest): unknown {
    const { path, method, actor, body } = request;
    const operatorId = actor !== null && 'operatorId' in actor ? String(actor.operatorId) : undefined;
    if (request.claimedOperator !== null && operatorId !== request.claimedOperator)
      throw new ChatError('unauthenticated', 'Somebody else is signed in.');
    if (path === '/api/chat/sessions') return this.#session(request);
    if (actor === null) throw new ChatError('unauthenticated', 'Who are you?');
    const own = 'clientId' in actor ? this.clients.get(actor.clientId) : undefined;
    if (own?.blockedAt != null && path !== '/api/chat/messages') throw blocked();
    if ('clientId' in actor && own === undefined) throw new ChatError('not_found', 'No such conversation.');
    if ('clientId' in actor && own?.over === true && !(path === '/api/chat/messages' && method === 'GET'))
      throw new ChatError('unauthenticated', 'This conversation is over.');
    if (path === '/api/chat/token')
      return 'clientId' in actor
        ? { token: `v${actor.clientId}`, expiresAt: inADay() }
        : { token: 'operator', expiresAt: inADay(), operatorId: actor.operatorId };
    if (path === '/api/chat/messages') return method === 'GET' ? this.#page(request) : this.#save(request);
    if (path === '/api/chat/timings') return {};
    if (path === '/api/chat/recent') {
      const answer = (this.isOld ? oldRecentOf : recentOf)([...this.clients.values()], request.query);
      return { ...answer, ...(this.epoch === undefined ? {} : { epoch: this.epoch }) };
    }
    if (path === '/api/chat/uploads') {
      const imageUrl = `/api/chat/uploads/${randomUUID()}?e=1&s=x`;
      return { imageUrl, imageName: 'a.png', mimeType: 'image/png', width: 4, height: 3, size: 12 };
    }
    const client = this.#client('clientId' in actor ? actor.clientId : Number(body['clientId']));
    if (path === '/api/chat/block') {
      client.blockedAt = body['blocked'] === true ? new Date().toISOString() : null;
      this.onBlocked(client);
      this.onVisitorChanged(client, 'state');
      return { blockedAt: client.blockedAt };
    }
    if (path === '/api/chat/end') {
      client.endedAt = new Date().toISOString();
      client.over = 'clientId' in actor;
      this.onVisitorChanged(client, 'state');
      return { endedAt: client.endedAt };
    }
    if (path === '/api/chat/done' && !this.isOld) {
      const answer = markDone(client, body, this.#arrival());
      this.onVisitorChanged(client, 'state');
      return answer;
    }
    if (path === '/api/chat/receipts') return this.#receipts(client, 'clientId' in actor ? 'client' : 'operator', body);
    throw new ChatError('not_found', 'No such route.');
  }

  /** The current time, but later than every earlier arrival. */
  #arrival(): string {
    this.#lastArrival = Math.max(Date.now(), this.#lastArrival + 1);
    return new Date(this.#lastArrival).toISOString();
  }

  #session({ body, actor }: FakeRequest): unknown {
    if (typeof body['clientSocketId'] === 'string') {
      const address = body['clientSocketId'];
      const known = [...this.clients.values()].find((client) => client.address === address);
      const client = known ?? this.addClient(String(body['username']), address);
      return { clientId: client.id, sessionId: client.sessionId, username: client.username };
    }
    const resumed = typeof body['resumeToken'] === 'string' ? Number(body['resumeToken'].slice(1)) : undefined;
    const id = actor !== null && 'clientId' in actor ? actor.clientId : resumed;
    const known = id === undefined ? undefined : this.clients.get(id);
    // Resuming a conversation never starts a new one.
    if (resumed !== undefined && (known === undefined || known.over))
      throw new ChatError('unauthenticated', 'There is no such conversation.');
    const client = known === undefined || known.over ? this.addClient(String(body['username'])) : known;
    if (client.blockedAt !== null) throw blocked();
    return {
      token: `v${client.id}`,
      expiresAt: inADay(),
      resumeToken: `r${client.id}`,
      clientId: client.id,
      sessionId: client.sessionId,
      username: client.username,
    };
  }

  #save({ actor, body }: FakeRequest): unknown {
    // The real server validates this; here the client's types are trusted.
    const messages = body['messages'] as NewMessage[];
    if (messages.some((message) => message.text?.includes(this.forbidden) === true))
      throw new ChatError('invalid_request', 'That word is not taken.');
    const answers = messages.map((message) => {
      const isClient = actor !== null && 'clientId' in actor;
      const client = this.#client(isClient ? actor.clientId : (message.clientId ?? 0));
      const senderType = isClient ? 'CLIENT' : (message.senderType ?? 'OPERATOR');
      const duplicate = client.rows.some((row) => row.messageKey === message.messageKey && row.senderType === senderType);
      if (client.blockedAt !== null && !duplicate) throw blocked();
      const operator =
        isClient || message.senderType === 'CLIENT' || actor === null ? {} : { operatorId: actor.operatorId, operatorName: actor.name };
      const row = this.commit(client.id, { ...message, senderType, ...operator });
      return { messageKey: row.messageKey, id: row.id, seq: row.seq, createdAt: row.createdAt, duplicate };
    });
    return { messages: answers };
  }

  #page({ actor, query }: FakeRequest): MessagesPage {
    const client = this.#client(actor !== null && 'clientId' in actor ? actor.clientId : Number(query.get('clientId')));
    if (client.blockedAt !== null && actor !== null && 'clientId' in actor) throw blocked();
    const limit = Number(query.get('limit') ?? 50);
    const after = query.get('afterSeq');
    const before = query.get('beforeSeq');
    const { rows, receipts, endedAt } = client;
    const wanted = rows.filter((row) => (after === null || row.seq > Number(after)) && (before === null || row.seq < Number(before)));
    const messages = after === null ? wanted.slice(-limit) : wanted.slice(0, limit);
    return {
      messages: structuredClone(messages),
      lastSeq: rows.length,
      hasMore: wanted.length > messages.length,
      receipts: { ...receipts },
      endedAt,
      ...(this.epoch === undefined ? {} : { epoch: this.epoch }),
    };
  }

  #receipts(client: FakeClient, by: 'client' | 'operator', body: Record<string, unknown>): Receipts {
    if (body['epoch'] !== undefined && body['epoch'] !== this.epoch) return client.receipts;
    const cap = (value: unknown) => Math.min(Number(value ?? 0), client.rows.length);
    const read = Math.max(client.receipts[`${by}ReadSeq`], cap(body['readSeq']));
    client.receipts[`${by}ReadSeq`] = read;
    client.receipts[`${by}DeliveredSeq`] = Math.max(client.receipts[`${by}DeliveredSeq`], cap(body['deliveredSeq']), read);
    this.onReceipts(client, by);
    return client.receipts;
  }

  #client(id: number): FakeClient {
    const client = this.clients.get(id);
    if (client === undefined) throw new ChatError('not_found', 'No such conversation.');
    return client;
  }
}
