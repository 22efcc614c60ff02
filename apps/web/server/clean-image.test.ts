import { Buffer } from 'node:buffer';

import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';

import { cleanImage } from './clean-image.ts';
import { cleanName, detectImageType, inlineAs } from './image-types.ts';

let png: Buffer;
beforeAll(async () => {
  png = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#c60' } })
    .png()
    .toBuffer();
});

/** A GIF of three frames, 20 by 10. */
async function animation(): Promise<Buffer> {
  const frames = await Promise.all(
    ['#f00', '#0f0', '#00f'].map(
      async (background) =>
        await sharp({ create: { width: 20, height: 10, channels: 3, background } })
          .png()
          .toBuffer(),
    ),
  );
  return await sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100, 100] })
    .toBuffer();
}

describe('cleanImage', () => {
  it('takes out where and with what a photograph was taken, and turns it upright', async () => {
    const photo = await sharp(png)
      .jpeg()
      .withMetadata({ orientation: 6, exif: { IFD0: { Make: 'Spycam' }, IFD3: { GPSLatitude: '52/1 31/1 0/1', GPSLatitudeRef: 'N' } } })
      .toBuffer();
    const before = await sharp(photo).metadata();
    expect(before.exif?.toString('latin1')).toContain('Spycam');
    expect(before.orientation).toBe(6);
    const clean = await cleanImage(photo);
    expect((await sharp(clean.bytes).metadata()).exif).toBeUndefined();
    expect(clean.bytes.toString('latin1')).not.toContain('Spycam');
    expect(clean).toMatchObject({ mimeType: 'image/jpeg', extension: 'jpg', width: 40, height: 60 });
  });

  it('drops what hides behind the pixels', async () => {
    const clean = await cleanImage(Buffer.concat([png, Buffer.from('<script>alert(1)</script>')]));
    expect(clean.bytes.toString('latin1')).not.toContain('<script>');
    expect(clean).toMatchObject({ mimeType: 'image/png', width: 60, height: 40 });
  });

  it('keeps an animation moving and says how large one frame is', async () => {
    const clean = await cleanImage(await animation());
    expect(await sharp(clean.bytes, { animated: true }).metadata()).toMatchObject({ format: 'gif', pages: 3, pageHeight: 10 });
    expect(clean).toMatchObject({ mimeType: 'image/gif', width: 20, height: 10 });
  });

  it('makes a large image smaller', async () => {
    const wide = await sharp({ create: { width: 5_000, height: 100, channels: 3, background: '#000' } })
      .webp()
      .toBuffer();
    expect(await cleanImage(wide)).toMatchObject({ mimeType: 'image/webp', width: 4_096, height: 82 });
  });

  it('refuses what only pretends to be an image', async () => {
    const pretenders = [
      '<!doctype html><script>alert(1)</script>',
      '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
      '%PDF-1.7',
      '',
    ];
    for (const pretender of pretenders)
      await expect(cleanImage(Buffer.from(pretender))).rejects.toMatchObject({ code: 'unsupported_type' });
  });

  it('refuses a damaged image', async () => {
    const noise = await sharp({
      create: { width: 200, height: 200, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
    })
      .png()
      .toBuffer();
    await expect(cleanImage(noise.subarray(0, noise.length / 2))).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(cleanImage(noise.subarray(0, 20))).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('refuses a small file that unfolds to a huge image', async () => {
    const bomb = await sharp({ create: { width: 8_000, height: 5_100, channels: 3, background: '#000' }, limitInputPixels: false })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(1_000_000);
    await expect(cleanImage(bomb)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('works on many at once, each in its turn', async () => {
    const cleaned = await Promise.all(Array.from({ length: 20 }, async () => await cleanImage(png)));
    expect(cleaned.every(({ width }) => width === 60)).toBe(true);
  });
});

describe('names', () => {
  it('are known by their bytes', () => {
    expect(detectImageType(png)).toBe('image/png');
    expect(detectImageType(Buffer.from('RIFF1234WAVE'))).toBeUndefined();
  });

  it('lose folders and what does not show', () => {
    expect(cleanName('C:\\photos\\..\\cat\u202Egpj.exe\r\n')).toBe('catgpj.exe');
    expect(cleanName('/etc/\u0000')).toBe('image');
    expect(cleanName('x'.repeat(400))).toHaveLength(255);
  });

  it('can not leave their header', () => {
    expect(inlineAs('a"; filename="x.html', 'image/png')).toBe(
      `inline; filename="a__ filename__x.png"; filename*=UTF-8''a%22%3B%20filename%3D%22x.png`,
    );
    expect(inlineAs('Glühbirne (1).jpeg', 'image/jpeg')).toBe(
      `inline; filename="Gl_hbirne (1).jpg"; filename*=UTF-8''Gl%C3%BChbirne%20%281%29.jpg`,
    );
    expect(() => new Headers({ 'content-disposition': inlineAs('\u{1F4A1} lamp\uD800.gif', 'image/gif') })).not.toThrow();
  });
});
