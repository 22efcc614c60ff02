import { expect, it } from 'vitest';

import { sameOriginUrl, relayedFields } from './relayed-picture.ts';

it.each([
  ['/api/chat/uploads/1?e=1&s=x', 'https://chat.example/api/chat/uploads/1?e=1&s=x'],
  ['https://shop.example/lamp.png', 'https://shop.example/lamp.png'],
  ['data:image/png;base64,AAAA', 'data:image/png;base64,AAAA'],
])('relays %s as %s', (url, relayed) => {
  const image = { blob: null, url, name: 'lamp.png', mimeType: 'image/png', width: 1, height: 1 };
  expect(relayedFields({ type: 'image', image, text: 'Red?' }, 'https://chat.example')).toEqual({
    type: 'image',
    message: 'Red?',
    image: relayed,
    name: 'lamp.png',
    mimeType: 'image/png',
  });
});

it.each([
  ['https://chat.example/api/chat/uploads/1?e=1&s=x', '/api/chat/uploads/1?e=1&s=x'],
  ['http://localhost:3000/api/chat/uploads/1?e=1&s=x', '/api/chat/uploads/1?e=1&s=x'],
  ['/api/chat/uploads/1?e=1&s=x', '/api/chat/uploads/1?e=1&s=x'],
  ['https://shop.example/lamp.png', 'https://shop.example/lamp.png'],
  ['https://shop.example/?x=/api/chat/uploads/1', 'https://shop.example/?x=/api/chat/uploads/1'],
  ['data:image/png;base64,AAAA', 'data:image/png;base64,AAAA'],
  ['no address', 'no address'],
  ['https://', 'https://'],
])('shows %s as %s', (url, shown) => {
  expect(sameOriginUrl(url)).toBe(shown);
});
