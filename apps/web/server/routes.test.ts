import { join, resolve } from 'node:path';

import { ENDPOINTS, type Endpoint } from '@switchboard/protocol';
import { describe, expect, it } from 'vitest';

import { route, serve } from './requests/route.ts';
import { HANDLERS, ROUTES } from './routes.ts';

const APP = resolve(import.meta.dirname, '../app');

/** The folder of Next.js that serves a path. */
function folderOf(path: string): string {
  if (path.startsWith('/api/auth/')) return '/api/auth/[...all]';
  return path.startsWith('/api/') ? '/api/[...path]' : path.replaceAll('{', '[').replaceAll('}', ']');
}

describe('the table of endpoints', () => {
  it('has one handler for each endpoint, and each handler knows its endpoint', () => {
    expect(Object.keys(HANDLERS).toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
    for (const [name, handler] of Object.entries(HANDLERS)) expect(handler.endpoint).toBe(name);
  });

  it.each(ROUTES.map((each) => [`${each.method} ${each.path}`, each] as const))(
    '%s is served by Next.js',
    async (_name, { method, path }) => {
      const folder = folderOf(path);
      const module = (await import(join(APP, folder, 'route.ts'))) as Record<string, unknown>;
      // Next.js answers HEAD with the handler of GET.
      expect(module[method] ?? (method === 'HEAD' ? module['GET'] : undefined)).toBeTypeOf('function');
    },
  );
});

// `tsc` is what fails when one of these compiles.
describe('what is missing does not compile', () => {
  it('a handler', () => {
    const { 'POST /api/chat/done': missing, ...rest } = HANDLERS;
    // @ts-expect-error: one endpoint has no handler
    const handlers: typeof HANDLERS = rest;
    // @ts-expect-error: one endpoint has the handler of another
    const swapped: typeof HANDLERS = { ...HANDLERS, 'POST /api/chat/block': missing };
    expect([Object.keys(handlers), Object.keys(swapped)]).toHaveLength(2);
  });

  it('an access rule', () => {
    const { access: _missing, ...rest } = ENDPOINTS['POST /api/chat/done'];
    // @ts-expect-error: the endpoint says nothing of who may call it
    const endpoint: Endpoint = rest;
    // @ts-expect-error: no rule that `serve` checks
    const handler = serve('/x', { ...endpoint, access: 'public' }, { handle: () => new Response() });
    expect(handler).toBeTypeOf('function');
  });

  it('a field of the answer', () => {
    // @ts-expect-error: `waitingSince` is missing
    const incomplete = route('POST /api/chat/done', { handle: () => ({ doneAt: null }) });
    // @ts-expect-error: an operator's endpoint meets no visitor
    const mistaken = route('POST /api/chat/block', { handle: ({ caller }) => ({ blockedAt: caller.claims.name }) });
    expect([incomplete.endpoint, mistaken.endpoint]).toEqual(['POST /api/chat/done', 'POST /api/chat/block']);
  });
});
