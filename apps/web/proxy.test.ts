import { NextRequest } from 'next/server';
import { describe, expect, it } from 'vitest';

import { config, proxy } from './proxy.ts';
import { useTestServer } from './server/testing/test-server.ts';

useTestServer({ NEXT_PUBLIC_SOCKET_URL: 'http://localhost:3001', NODE_ENV: 'production' });

const policyOf = () => proxy(new NextRequest('https://chat.example/')).headers.get('content-security-policy') ?? '';

describe('the console', () => {
  it('runs only scripts of its own response', () => {
    const policy = policyOf();
    const nonce = /'nonce-([\w+/=]{20,})'/.exec(policy)?.[1];
    expect(policy).toContain(`script-src 'self' 'nonce-${nonce}' 'strict-dynamic';`);
    expect(policy.split(';').find((directive) => directive.includes('script-src'))).not.toContain('unsafe');
    expect(policyOf()).not.toContain(`'nonce-${nonce}'`);
  });

  it('connects to this server and the relay only, and cannot be framed', () => {
    expect(policyOf()).toContain("connect-src 'self' http://localhost:3001 ws://localhost:3001;");
    expect(policyOf()).toContain("frame-ancestors 'none'");
    expect(policyOf()).toContain("base-uri 'none'");
  });

  it('requires TLS once it was used', () => {
    const { headers } = proxy(new NextRequest('https://chat.example/'));
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('passes through the proxy, unlike uploads and the widget', () => {
    const matcher = new RegExp(`^${config.matcher}$`);
    for (const page of ['/', '/sign-in', '/conversations/7']) expect(matcher.test(page), page).toBe(true);
    for (const path of ['/api/chat/uploads', '/widget', '/widget.js', '/_next/static/a.js', '/metrics', '/demo'])
      expect(matcher.test(path), path).toBe(false);
  });
});
