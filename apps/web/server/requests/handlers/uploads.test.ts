import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { MessagesPage, UploadResponse } from '@switchboard/protocol';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';

import { installServices } from '../../services/services.ts';
import { ask, closedLimits, newOperator, newVisitor, text, useTestServer, type Person } from '../../testing/test-server.ts';
import { endConversation as end } from './sessions.ts';
import { readMessages as read, saveMessages as save } from './messages.ts';
import { readUpload as getImage, uploadImage as upload } from './uploads.ts';

const MAX_BYTES = 100_000;
const server = useTestServer({ MAX_IMAGE_BYTES: String(MAX_BYTES) });

let png: Uint8Array<ArrayBuffer>;
let visitor: Person;
let operator: Person;
beforeAll(async () => {
  png = Uint8Array.from(
    await sharp({ create: { width: 30, height: 20, channels: 3, background: '#c60' } })
      .png()
      .toBuffer(),
  );
  visitor = await newVisitor();
  operator = await newOperator(server.services);
});

async function send(person: Person, file: File | string | undefined, clientId?: string): Promise<Response> {
  const form = new FormData();
  if (file !== undefined) form.set('file', file);
  if (clientId !== undefined) form.set('clientId', clientId);
  return await upload(ask('POST', '/api/chat/uploads', { headers: person.headers, body: form }));
}
const picture = (name = 'lamp.png', bytes: BlobPart = png) => new File([bytes], name, { type: 'image/png' });
const uploaded = async (person: Person, clientId?: string, name?: string) =>
  (await (await send(person, picture(name), clientId)).json()) as UploadResponse;

/** Requests the URL of an image as a browser does. */
async function fetchImage(url: string, method = 'GET'): Promise<Response> {
  const { pathname, search } = new URL(url, 'https://chat.example');
  const id = pathname.split('/').at(-1) ?? '';
  return await getImage(ask(method, `${pathname}${search}`), { params: Promise.resolve({ id }) });
}

describe('an image', () => {
  it('is uploaded, sent in a message, and served from the message’s URL', async () => {
    const { imageUrl, ...rest } = await uploaded(visitor, undefined, 'Glühbirne "1".png');
    expect(rest).toEqual({ imageName: 'Glühbirne "1".png', mimeType: 'image/png', width: 30, height: 20, size: expect.any(Number) });
    const message = { messageKey: crypto.randomUUID(), messageType: 'IMAGE', imageUrl, imageName: rest.imageName, mimeType: 'image/png' };
    expect((await save(ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: [message] } }))).status).toBe(200);
    const row = await server.services.db.prisma.chatMessage.findFirstOrThrow({ where: { messageKey: message.messageKey } });
    expect(row.imageUrl).toBe(new URL(imageUrl, 'https://chat.example').pathname);
    const page = (await (await read(ask('GET', '/api/chat/messages', { headers: visitor.headers }))).json()) as MessagesPage;
    expect(page.messages.at(-1)).toMatchObject({ imageUrl, imageWidth: 30, imageHeight: 20 });
    const response = await fetchImage(page.messages.at(-1)?.imageUrl ?? '');
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(rest.size),
      'content-disposition': `inline; filename="Gl_hbirne _1_.png"; filename*=UTF-8''Gl%C3%BChbirne%20%221%22.png`,
      'cache-control': 'private, max-age=86400, immutable',
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
    });
    expect(await sharp(await response.arrayBuffer()).metadata()).toMatchObject({ format: 'png', width: 30 });
  });

  it('sent again with its key is answered with the first upload without decoding, and stored once', async () => {
    const uploadKey = crypto.randomUUID();
    const count = async () =>
      (await readdir(join(server.dataDir, 'uploads'), { recursive: true })).filter((name) => name.includes('.')).length;
    const before = await count();
    const sendAgain = async (content: BlobPart = png) => {
      const form = new FormData();
      form.set('uploadKey', uploadKey);
      form.set('file', picture('lamp.png', content));
      const response = await upload(ask('POST', '/api/chat/uploads', { headers: visitor.headers, body: form }));
      return { status: response.status, ...((await response.json()) as UploadResponse) };
    };
    const [first, together] = await Promise.all([sendAgain(), sendAgain()]);
    expect(first).toMatchObject({ status: 201, width: 30, height: 20 });
    expect(together).toEqual(first);
    // The file is no image: the answer shows that it was not decoded.
    expect(await sendAgain('no image')).toEqual(first);
    expect(await count()).toBe(before + 1);
    const { pathname } = new URL(first.imageUrl, 'https://chat.example');
    const { storageKey } = await server.services.db.prisma.upload.findUniqueOrThrow({ where: { id: pathname.split('/').at(-1) ?? '' } });
    await server.services.images.remove(storageKey);
    const repeated = await sendAgain();
    expect(repeated.status).toBe(201);
    expect((await fetchImage(repeated.imageUrl)).status).toBe(200);
  });

  it('needs a valid key or none', async () => {
    const form = new FormData();
    form.set('uploadKey', 'x');
    form.set('file', picture());
    expect((await upload(ask('POST', '/api/chat/uploads', { headers: visitor.headers, body: form }))).status).toBe(400);
  });

  it('of an operator belongs to the conversation that it names', async () => {
    const { imageUrl } = await uploaded(operator, String(visitor.id));
    expect((await fetchImage(imageUrl)).status).toBe(200);
    expect((await send(operator, picture())).status).toBe(400);
    expect((await send(operator, picture(), '999999')).status).toBe(404);
    expect((await send(operator, picture(), '1e1')).status).toBe(400);
  });

  it('cannot be attached by a visitor of another conversation', async () => {
    const { imageUrl } = await uploaded(visitor);
    const other = await newVisitor('Bea');
    const message = { messageKey: crypto.randomUUID(), messageType: 'IMAGE', imageUrl };
    const response = await save(ask('POST', '/api/chat/messages', { headers: other.headers, body: { messages: [message] } }));
    expect(response.status).toBe(404);
  });

  it('is not served for a modified link', async () => {
    const { imageUrl } = await uploaded(visitor);
    const { imageUrl: second } = await uploaded(visitor);
    const [path = '', query = ''] = imageUrl.split('?');
    const [otherPath = ''] = second.split('?');
    for (const forged of [
      path,
      `${path}?`,
      `${otherPath}?${query}`,
      imageUrl.replace(/e=\d+/, 'e=9999999999'),
      `${path}/?${query}`,
      imageUrl.slice(0, -1),
    ])
      expect((await fetchImage(forged)).status, forged).toBe(403);
  });

  it('is described by HEAD without opening its file', async () => {
    const { imageUrl, size } = await uploaded(visitor);
    const response = await fetchImage(imageUrl, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.body).toBeNull();
    expect(response.headers.get('content-length')).toBe(String(size));
  });

  it('is not found when its file is missing', async () => {
    const { imageUrl } = await uploaded(visitor);
    const id = imageUrl.split('?')[0]?.split('/').at(-1) ?? '';
    const { storageKey } = await server.services.db.prisma.upload.findUniqueOrThrow({ where: { id } });
    await server.services.images.remove(storageKey);
    expect((await fetchImage(imageUrl)).status).toBe(404);
  });
});

describe('an upload is refused', () => {
  it.each([
    ['a page named as an image', '<!doctype html><script>alert(1)</script>', 415],
    ['an SVG document', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 415],
    ['nothing', '', 415],
    ['too much', 'x'.repeat(MAX_BYTES + 1), 413],
    ['far too much', 'x'.repeat(2 * MAX_BYTES), 413],
  ])('%s', async (_name, content, status) => {
    expect((await send(visitor, picture('lamp.png', content))).status).toBe(status);
  });

  it('when the image is truncated', async () => {
    const response = await send(visitor, picture('lamp.png', png.subarray(0, png.length - 30)));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', fields: { file: expect.any(String) } } });
  });

  it('when the form has no file or a text instead, is incomplete, or is no form', async () => {
    expect((await send(visitor, undefined)).status).toBe(400);
    expect((await send(visitor, 'text')).status).toBe(400);
    const headers = { ...visitor.headers, 'content-type': 'multipart/form-data; boundary=x' };
    expect((await upload(ask('POST', '/api/chat/uploads', { headers, body: '--x\r\nhalf' }))).status).toBe(400);
    expect((await upload(ask('POST', '/api/chat/uploads', { headers: visitor.headers, body: text('no form') }))).status).toBe(415);
  });

  it('as retryable when the disk is full, and leaves no row', async () => {
    const { services } = server;
    const rows = await services.db.prisma.upload.count();
    // A real system error, independent of the room on this machine.
    const put = async (bytes: Uint8Array) => {
      await writeFile('/dev/full', bytes);
      return 'never';
    };
    installServices({ ...services, images: { ...services.images, put } });
    try {
      const response = await send(visitor, picture());
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
      expect(await services.db.prisma.upload.count()).toBe(rows);
    } finally {
      installServices(services);
    }
    expect((await send(visitor, picture())).status).toBe(201);
  });

  it('before decoding when the visitor’s chat has ended', async () => {
    const guest = await newVisitor();
    expect((await end(ask('POST', '/api/chat/end', { headers: guest.headers, body: {} }))).status).toBe(200);
    // The file is no image: the answer shows that it was not decoded.
    const response = await send(guest, picture('lamp.png', 'no image'));
    expect(response.status).toBe(401);
  });

  it('when it exceeds a visitor’s quota; operators have none', async () => {
    const { services } = server;
    installServices({ ...services, limits: { ...services.limits, visitorBytes: closedLimits().visitorBytes } });
    try {
      const response = await send(visitor, picture());
      expect(response.status).toBe(429);
      expect((await send(operator, picture(), String(visitor.id))).status).toBe(201);
    } finally {
      installServices(services);
    }
  });

  it('when its sender has disconnected', async () => {
    const rows = await server.services.db.prisma.upload.count();
    const leave = new AbortController();
    const form = new FormData();
    form.set('file', picture());
    const { url, headers } = ask('POST', '/api/chat/uploads', { headers: visitor.headers });
    const sending = upload(new Request(url, { method: 'POST', headers, body: form, signal: leave.signal }));
    await expect.poll(() => process.getActiveResourcesInfo().includes('ProcessWrap')).toBe(true);
    leave.abort();
    expect((await sending).status).toBe(400);
    expect(await server.services.db.prisma.upload.count()).toBe(rows);
  });

  it('and leaves no file on the disk', async () => {
    const files = (await readdir(join(server.dataDir, 'uploads'), { recursive: true })).filter((name) => name.includes('.'));
    const rows = await server.services.db.prisma.upload.count();
    // Two were removed above.
    expect(files.length).toBe(rows - 2);
    expect(files.every((name) => name.endsWith('.png'))).toBe(true);
  });
});
