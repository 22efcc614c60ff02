import { expect, it } from 'vitest';

import { checkWidget } from './widget.ts';

const ORIGIN = 'https://chat.example';
type Answer = readonly [status: number, headers: Readonly<Record<string, string>>];
const LOADER: Answer = [200, { 'content-type': 'text/javascript', 'cross-origin-resource-policy': 'cross-origin' }];
const FRAME: Answer = [200, { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'; frame-ancestors *" }];

async function check(answers: Readonly<Record<string, Answer>> = {}) {
  const fetch = async (input: unknown): Promise<Response> => {
    const { pathname } = new URL(String(input));
    const [status, headers] = answers[pathname] ?? (pathname === '/widget.js' ? LOADER : FRAME);
    return await Promise.resolve(new Response('', { status, headers }));
  };
  return await checkWidget({ origin: ORIGIN, fetch, signal: new AbortController().signal });
}

it('accepts a widget that any site can show', async () => {
  expect(await check()).toEqual({ status: 'ok' });
});

it.each<[string, Record<string, Answer>, RegExp]>([
  ['a web app without a widget', { '/widget.js': [503, { 'content-type': 'application/json' }] }, /no built widget/],
  ['a proxy that does not reach the web app', { '/widget.js': [503, { 'content-type': 'text/html' }] }, /a proxy answers with status 503/],
  ['a proxy that redirects', { '/widget': [302, { location: 'https://www.example/' }] }, /redirects to https:\/\/www\.example\//],
  ['a script of another type', { '/widget.js': [200, { 'content-type': 'text/html' }] }, /arrives as text\/html/],
  [
    'a script that browsers block on other sites',
    { '/widget.js': [200, { 'content-type': 'text/javascript', 'cross-origin-resource-policy': 'same-origin' }] },
    /Cross-Origin-Resource-Policy: same-origin/,
  ],
  ['a frame that a header forbids', { '/widget': [200, { 'x-frame-options': 'SAMEORIGIN' }] }, /X-Frame-Options: SAMEORIGIN/],
  [
    'a frame that its policy forbids',
    { '/widget': [200, { 'content-security-policy': "frame-ancestors 'none'" }] },
    /Content-Security-Policy/,
  ],
])('reports %s, with advice', async (_, answers, problem) => {
  expect(await check(answers)).toMatchObject({
    status: 'fail',
    problem: expect.stringMatching(problem),
    advice: expect.stringMatching(/\.$/),
  });
});
