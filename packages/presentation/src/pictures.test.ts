import { expect, it } from 'vitest';

import { externalHost, safeImageUrl } from './pictures.ts';

it.each([
  '/api/chat/uploads/0191d2a4?e=1&s=x',
  'https://shop.example/lamp.png',
  'http://localhost:3000/lamp.png',
  'blob:https://chat.example/0191d2a4',
  'data:image/png;base64,AAAA',
  'DATA:IMAGE/JPEG;base64,AAAA',
  'data:image/webp,xyz',
])('shows %s', (url) => {
  expect(safeImageUrl(url)).toBe(url);
});

it.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'JaVa\tScript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:image/svg+xml,<svg onload="alert(1)"/>',
  'data:image/svg+xml;base64,AAAA',
  'data:image/pngx,AAAA',
  'vbscript:x',
  'file:///etc/passwd',
  'filesystem:https://chat.example/x',
  'about:blank',
  'https://',
])('does not show %s', (url) => {
  expect(safeImageUrl(url)).toBeUndefined();
});

it.each([
  ['/api/chat/uploads/0191d2a4?e=1&s=x', undefined],
  ['https://chat.example/api/chat/uploads/0191d2a4', undefined],
  ['blob:https://other.example/0191d2a4', undefined],
  ['data:image/png;base64,AAAA', undefined],
  ['https://shop.example:8443/lamp.png', 'shop.example:8443'],
  ['http://chat.example/lamp.png', 'chat.example'],
  ['//shop.example/lamp.png', 'shop.example'],
])('knows on whose site %s is', (url, host) => {
  expect(externalHost(url, 'https://chat.example')).toBe(host);
});
