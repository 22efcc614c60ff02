import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';

import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';

import { createImageCleaner } from './clean-image.ts';
import { refuseCostly } from './image-limits.ts';
import { cleanName, detectImageType, inlineAs } from './image-types.ts';
import { gif, inParts, interlaced, pngOf, promising, scannedAgain, webp, withChunk, withComment } from '../../testing/odd-images.ts';

// Even on a busy machine.
const cleaner = createImageCleaner({ maxWaitMs: 120_000, timeLimitMs: 120_000 });
let callers = 0;
/** Each call for another caller. */
const cleanImage = async (bytes: Buffer, signal?: AbortSignal) => {
  callers += 1;
  return await cleaner.clean(bytes, { caller: `caller ${callers}`, group: 'office', signal });
};
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
  it('removes the metadata of a photograph and turns it upright', async () => {
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

  it('removes data after the pixels', async () => {
    const clean = await cleanImage(Buffer.concat([png, Buffer.from('<script>alert(1)</script>')]));
    expect(clean.bytes.toString('latin1')).not.toContain('<script>');
    expect(clean).toMatchObject({ mimeType: 'image/png', width: 60, height: 40 });
  });

  it('keeps an animation animated and answers the size of a frame', async () => {
    const clean = await cleanImage(await animation());
    expect(await sharp(clean.bytes, { animated: true }).metadata()).toMatchObject({ format: 'gif', pages: 3, pageHeight: 10 });
    expect(clean).toMatchObject({ mimeType: 'image/gif', width: 20, height: 10 });
  });

  it('scales a large image down', async () => {
    const wide = await sharp({ create: { width: 5_000, height: 100, channels: 3, background: '#000' } })
      .webp()
      .toBuffer();
    expect(await cleanImage(wide)).toMatchObject({ mimeType: 'image/webp', width: 4_096, height: 82 });
  });

  it('refuses a file that only begins like an image', async () => {
    const pretenders = [
      '<!doctype html><script>alert(1)</script>',
      '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
      '%PDF-1.7',
      '',
    ];
    for (const pretender of pretenders)
      await expect(cleanImage(Buffer.from(pretender))).rejects.toMatchObject({ code: 'unsupported_type' });
  });

  it('refuses a GIF that is truncated in its only frame', async () => {
    const whole = await sharp(png).gif().toBuffer();
    await expect(cleanImage(whole.subarray(0, Math.floor(whole.length / 2)))).rejects.toMatchObject({ code: 'invalid_request' });
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

  it('refuses a small file that decodes to a huge image', async () => {
    const bomb = await sharp({ create: { width: 8_200, height: 6_300, channels: 3, background: '#000' }, limitInputPixels: false })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(1_000_000);
    await expect(cleanImage(bomb)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('processes many images one after another', async () => {
    const cleaned = await Promise.all(Array.from({ length: 8 }, async () => await cleanImage(png)));
    expect(cleaned.every(({ width }) => width === 60)).toBe(true);
  });
});

/** Child processes that are still running. */
const processes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;

describe('an image that would take too long to decode', () => {
  it.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
    ['a GIF of 390,000 frames of one pixel', () => gif(390_000, 1, 1), /too many frames/],
    ['a GIF of many large frames', () => gif(101, 1_000, 1_000), /100 million/],
    ['a GIF of few huge frames', () => gif(2, 4_200, 4_200), /A frame .* 17 million/],
    ['a GIF whose frames are larger than it says', () => gif(2, 1, 1, 60_000), /too many pixels/],
    ['a GIF whose frames come after comments of one byte each', () => gif(1_001, 1, 1, 1, 1_000_000), /too many frames/],
    ['a WebP of 5,000 frames of one pixel', () => webp(5_000, 1, 1), /too many frames/],
    ['a WebP of 100 large frames', () => webp(101, 1_000, 1_000), /too many pixels/],
    ['a PNG of 65,535 by 65,535', () => pngOf(65_535, 65_535), /too many pixels/],
    ['an interlaced PNG of 41 megapixels', () => interlaced(6_400, 6_410), /40 million/],
    ['a JPEG whose header says 14,200 by 14,200', async () => await promising(14_200), /200 million/],
    ['a progressive JPEG whose header says 8,000 by 8,000', async () => await promising(8_000, { progressive: true }), /51 million/],
    ['a JPEG whose header says 8,000 by 8,000 and has one scan per color', async () => inParts(await promising(8_000)), /51 million/],
    ['a JPEG of 500 scans', async () => await scannedAgain(500), /too many scans/],
    ['a JPEG whose header says 65,500 by 65,500', async () => await promising(65_500), /too many pixels/],
  ])('%s is refused without being decoded', async (_what, make, reason) => {
    const bytes = await make();
    await expect.poll(processes).toBe(0);
    await expect(cleanImage(bytes)).rejects.toMatchObject({ code: 'too_large', message: expect.stringMatching(reason) });
    expect(processes()).toBe(0);
  });

  it.each<[string, (times: number) => Buffer]>([
    ['frames', (times) => gif(1_000, 1, 1, 1, times)],
    ['chunks', (times) => Buffer.concat([webp(1, 1, 1), Buffer.alloc(8 * times, Buffer.from('JUNK\0\0\0\0', 'latin1'))])],
    ['markers', (times) => Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(4 * times, Buffer.from([0xff, 0xe0, 0x00, 0x02]))])],
  ])('is detected in one pass over its %s', (_what, make) => {
    const read = (times: number) => {
      let reads = 0;
      const bytes = make(times);
      const counted = new Proxy(bytes, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof name === 'string' && /^(\d+|read.*|indexOf)$/.test(name)) reads += 1;
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const type = detectImageType(bytes);
      if (type === undefined) throw new Error('The test file is not an image.');
      refuseCostly(counted, type);
      return reads;
    };
    expect(read(20_000) / read(10_000)).toBeLessThan(2.5);
  });

  it.each<[string, number, number, object]>([
    ['48 megapixels', 8_064, 6_048, {}],
    ['50 megapixels, in many scans', 8_160, 6_120, { progressive: true }],
    ['108 megapixels, held upright', 12_000, 9_000, { orientation: 6 }],
  ])(
    'takes a photograph of %s, made smaller',
    async (_what, width, height, { progressive, orientation }: { progressive?: boolean; orientation?: number }) => {
      const photo = await sharp({ create: { width, height, channels: 3, background: '#c60' }, limitInputPixels: false })
        .jpeg({ quality: 50, progressive: progressive ?? false })
        .withMetadata(orientation === undefined ? {} : { orientation })
        .toBuffer();
      const clean = await cleanImage(photo);
      expect(orientation === 6 ? [clean.height, clean.width] : [clean.width, clean.height]).toEqual([4_096, 3_072]);
    },
  );

  it('scales a long animation down, so that it can be sent, and keeps every frame', async () => {
    const frame = async (nth: number) =>
      await sharp({ create: { width: 800, height: 600, channels: 3, background: nth % 2 === 0 ? '#c60' : '#06c' } })
        .png({ compressionLevel: 1 })
        .toBuffer();
    const frames = await Promise.all(Array.from({ length: 100 }, async (_, nth) => await frame(nth)));
    const recording = await sharp(frames, { join: { animated: true }, limitInputPixels: false })
      .gif({ effort: 1, keepDuplicateFrames: true })
      .toBuffer();
    const clean = await cleanImage(recording);
    const { pages } = await sharp(clean.bytes, { animated: true, limitInputPixels: false }).metadata();
    const { pages: before = 0 } = await sharp(recording, { animated: true, limitInputPixels: false }).metadata();
    expect(800 * 600 * before).toBeGreaterThan(40_000_000);
    expect(pages).toBe(before);
    expect(clean.width / clean.height).toBeCloseTo(4 / 3, 1);
    // Rounding to whole pixels may exceed the limit slightly.
    expect(clean.width * clean.height * before).toBeLessThan(41_000_000);
  });

  it('accepts ordinary images: an animation of some length, a progressive photograph', async () => {
    expect(await cleanImage(await animation())).toMatchObject({ width: 20 });
    const photo = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#c60' } })
      .jpeg({ progressive: true })
      .toBuffer();
    expect(await cleanImage(photo)).toMatchObject({ width: 300 });
  });
});

describe('a file that is valid as two types', () => {
  it.each<[string, () => Promise<Buffer>]>([
    ['a GIF with an archive after it', async () => Buffer.concat([await animation(), Buffer.from('PK\u0003\u0004 evil.jar')])],
    ['a JPEG with a page in its comment', async () => withComment(await sharp(png).jpeg().toBuffer(), '<script>evil</script>')],
    ['a WebP with an unknown chunk', async () => withChunk(await sharp(png).webp().toBuffer(), 'evil')],
  ])('%s is reduced to the picture', async (_what, make) => {
    const bytes = await make();
    expect(bytes.toString('latin1')).toContain('evil');
    const clean = await cleanImage(bytes);
    expect(clean.bytes.toString('latin1')).not.toContain('evil');
  });

  it('a script that begins like a GIF is refused as damaged', async () => {
    await expect(cleanImage(Buffer.from('GIF89a\n\0\n\0=1;alert(document.domain)//'))).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('processing an image', () => {
  it('is aborted when it takes too long, with a retryable error', async () => {
    const hurried = createImageCleaner({ timeLimitMs: 1 });
    const attempt = hurried.clean(png, { caller: 'a', group: 'a' });
    await expect(attempt).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      detail: { retryAfterSeconds: expect.any(Number) },
    });
    await expect.poll(processes).toBe(0);
  });

  it('is aborted when its signal is, and queued work is not begun', async () => {
    const line = createImageCleaner({ timeLimitMs: 120_000 });
    const gone = new AbortController();
    const attempts = ['a', 'b', 'c', 'd'].map(
      async (caller) => await line.clean(png, { caller, group: caller, signal: gone.signal }).catch((error: unknown) => error),
    );
    await expect.poll(processes).toBe(2);
    gone.abort();
    for (const error of await Promise.all(attempts)) expect(error).toMatchObject({ code: 'invalid_request' });
    await expect.poll(processes).toBe(0);
    expect(await line.clean(png, { caller: 'e', group: 'e' })).toMatchObject({ width: 60 });
  });

  it('has no access to the environment of this process', async () => {
    const large = await sharp({ create: { width: 3_000, height: 2_000, channels: 3, background: '#c60' } })
      .png()
      .toBuffer();
    const clean = cleanImage(large);
    await expect.poll(processes).toBe(1);
    const [child] = (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).split(' ');
    const environment = await readFile(`/proc/${child}/environ`, 'utf8');
    expect(environment).toContain('NODE_ENV=production');
    expect(environment).not.toContain('PATH=');
    await clean;
  });
});

describe('names', () => {
  it('get their extension from the type of the bytes', () => {
    expect(detectImageType(png)).toBe('image/png');
    expect(detectImageType(Buffer.from('RIFF1234WAVE'))).toBeUndefined();
  });

  it('lose folders and invisible characters', () => {
    expect(cleanName('C:\\photos\\..\\cat\u202Egpj.exe\r\n')).toBe('catgpj.exe');
    expect(cleanName('/etc/\u0000')).toBe('image');
    expect(cleanName('x'.repeat(400))).toHaveLength(255);
  });

  it('cannot break out of their header', () => {
    expect(inlineAs('a"; filename="x.html', 'image/png')).toBe(
      `inline; filename="a__ filename__x.png"; filename*=UTF-8''a%22%3B%20filename%3D%22x.png`,
    );
    expect(inlineAs('Glühbirne (1).jpeg', 'image/jpeg')).toBe(
      `inline; filename="Gl_hbirne (1).jpg"; filename*=UTF-8''Gl%C3%BChbirne%20%281%29.jpg`,
    );
    expect(() => new Headers({ 'content-disposition': inlineAs('\u{1F4A1} lamp\uD800.gif', 'image/gif') })).not.toThrow();
  });
});
