import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { requirePlainForm } from './plain-form.ts';

const TYPE = 'multipart/form-data; boundary=bound';
/** Why the form is refused; `fine` when it is accepted. */
function look(body: string | Buffer, type = TYPE): string {
  try {
    requirePlainForm(Buffer.from(body), type);
    return 'fine';
  } catch (error) {
    return /too many parts|must end within|must name the boundary/.exec(String(error))?.[0] ?? String(error);
  }
}
const part = (content: string, headers = 'Content-Disposition: form-data; name="a"') => `--bound\r\n${headers}\r\n\r\n${content}\r\n`;

describe('a form is checked before it is parsed', () => {
  it('and accepted as browsers write it, whatever the file contains', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), fc.string({ unit: 'binary', maxLength: 200 }), async (content, name) => {
        const form = new FormData();
        form.set('file', new File([content], name));
        form.set('clientId', '7');
        const sent = new Response(form);
        const type = sent.headers.get('content-type') ?? '';
        expect(look(Buffer.from(await sent.arrayBuffer()), type)).toBe('fine');
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['a boundary in quotation marks', `${part('x')}--bound--\r\n`, 'multipart/form-data; charset=utf-8; boundary="bound"', 'fine'],
    ['no boundary', part('x'), 'multipart/form-data', 'must name the boundary'],
    ['ten parts', `${part('x').repeat(10)}--bound--\r\n`, TYPE, 'fine'],
    ['eleven', `${part('x').repeat(11)}--bound--\r\n`, TYPE, 'too many parts'],
    ['a hundred thousand', part('').repeat(100_000), TYPE, 'too many parts'],
    ['boundaries and nothing else', '--bound--'.repeat(500_000), TYPE, 'too many parts'],
    ['headers that never end', `--bound\r\n${'A: b\r\n'.repeat(1_000_000)}`, TYPE, 'must end within'],
    ['a name without an end', part('x', `Content-Disposition: form-data; name="${'%22'.repeat(1_000_000)}"`), TYPE, 'must end within'],
    ['a half one', '--bound\r\nContent-Dis', TYPE, 'must end within'],
    ['nothing', '', TYPE, 'fine'],
  ])('%s', (_name, body, type, expected) => {
    expect(look(body, type)).toBe(expected);
  });
});
