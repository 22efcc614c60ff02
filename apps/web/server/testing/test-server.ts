import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createOperator, SYSTEM } from '@switchboard/chat';
import type { OperatorRole, StartSessionResponse } from '@switchboard/protocol';
import { createTestDatabase } from '@switchboard/database/testing';
import { afterAll, beforeAll } from 'vitest';

import { POST as signIn } from '../../app/api/auth/[...all]/route.ts';
import { openSession as startConversation } from '../requests/handlers/sessions.ts';
import { readConfig } from '../../config.ts';
import { ADDRESS_HEADER } from '../parts/connections/note-addresses.ts';
import { closeServices, createServices } from '../services/create-services.ts';
import type { Limits } from '../parts/limits/limits.ts';
import { installServices, type Services } from '../services/services.ts';

export const ORIGIN = 'https://chat.example';
export const PASSWORD = 'correct horse battery';

/** A visitor or an operator on whose behalf a test sends requests. */
export interface Person {
  /** Their credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The id of a visitor's conversation or of the operator. */
  readonly id: number;
  /** A visitor's address. */
  readonly sessionId: string;
}

/** Installs services with the test file's own database before its tests, and removes them after. */
export function useTestServer(env: Readonly<Record<string, string>> = {}): { readonly services: Services; readonly dataDir: string } {
  const server: { services?: Services; dataDir?: string } = {};
  beforeAll(async () => {
    const { database, url } = await createTestDatabase();
    await database.close();
    server.dataDir = await mkdtemp(join(tmpdir(), 'switchboard-web-'));
    server.services = createServices(
      readConfig({
        DATABASE_URL: url,
        JWT_SECRET: 'vY7mQ2xT9bK4nW1rC8jH5gD3sF6pL0zA',
        FRONTEND_URL: `${ORIGIN},https://help.example`,
        // Nothing listens there: hints are dropped at once.
        RELAY_INTERNAL_URL: 'http://127.0.0.1:9',
        DATA_DIR: server.dataDir,
        SESSIONS_PER_MINUTE: '1000',
        LOG_LEVEL: 'silent',
        ...env,
      }),
    );
    installServices(server.services);
  });
  afterAll(async () => {
    if (server.services !== undefined) await closeServices(server.services);
    if (server.dataDir !== undefined) await rm(server.dataDir, { recursive: true, force: true });
  });
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The test server exists only while tests run.');
    return value;
  };
  return {
    get services() {
      return there(server.services);
    },
    get dataDir() {
      return there(server.dataDir);
    },
  };
}

/** A request to this server; an object as `body` is sent as JSON. */
export function ask(method: string, path: string, options: { headers?: Readonly<Record<string, string>>; body?: unknown } = {}): Request {
  const { headers = {}, body } = options;
  const raw = body === undefined || body instanceof FormData || typeof body === 'string';
  return new Request(`${ORIGIN}${path}`, {
    method,
    headers: { [ADDRESS_HEADER]: '192.0.2.1', ...(raw ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
  });
}

/** A visitor with a new conversation. */
export async function newVisitor(username = 'Ann'): Promise<Person & { readonly resumeToken: string }> {
  const response = await startConversation(ask('POST', '/api/chat/sessions', { body: { username } }));
  const { token = '', resumeToken = '', clientId, sessionId } = (await response.json()) as StartSessionResponse;
  return { headers: { authorization: `Bearer ${token}` }, id: clientId, sessionId, resumeToken };
}

/** An operator who has signed in through the console's form. */
export async function newOperator(
  services: Services,
  name = 'Maya',
  role: OperatorRole = 'OPERATOR',
): Promise<Person & { readonly email: string; readonly cookie: string }> {
  const email = `${randomUUID()}@lamps.example`;
  const { id } = await createOperator(services.chat, SYSTEM, { email, name, password: PASSWORD, role });
  const response = await signIn(
    ask('POST', '/api/auth/sign-in/email', {
      // A different address: signing in is limited per address.
      headers: { origin: ORIGIN, [ADDRESS_HEADER]: `198.51.100.${id % 250}` },
      body: { email, password: PASSWORD },
    }),
  );
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { headers: { cookie, origin: ORIGIN }, id, sessionId: '', email, cookie };
}

/** Limits that are exhausted for everybody. */
export function closedLimits(): Limits {
  const closed = { take: () => Promise.resolve(7), giveBack: () => Promise.resolve() };
  return {
    conversations: closed,
    uploads: closed,
    saves: closed,
    messages: closed,
    visitorBytes: closed,
    addressBytes: closed,
    allBytes: closed,
    timings: closed,
    pages: closed,
    visitorRequests: closed,
    operatorRequests: closed,
    addressRequests: closed,
    signIns: closed,
    signInsOfAddress: closed,
    signInsOfSite: closed,
    state: () => 'alone',
    close: () => undefined,
  };
}

/** A message as clients send it. */
export function text(words: string, more: object = {}): Record<string, unknown> {
  return { messageKey: randomUUID(), messageType: 'TEXT', text: words, ...more };
}
