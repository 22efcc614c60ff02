import { findUpload } from '@switchboard/chat';
import { ChatError, IMAGE_TYPES, UPLOADS_PATH } from '@switchboard/protocol';

import { inlineAs, type ImageType } from '../../../../../server/parts/images/image-types.ts';
import { route } from '../../../../../server/requests/route.ts';
import { IMAGE_POLICY } from '../../../../../server/parts/http/security-headers.ts';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const DAY_S = 24 * 60 * 60;

/** Hands out a stored image to whoever holds a signed link to it. Asked by HEAD it says what it is and opens nothing. */
export const GET = route({
  route: '/api/chat/uploads/[id]',
  access: 'holder-of-a-link',
  async handle({ request, services: { chat, images, imageLinks, log }, params: { id = '' } }) {
    const { searchParams } = new URL(request.url);
    const worth = UUID.test(id) ? imageLinks.check(`${UPLOADS_PATH}${id}`, searchParams.get('e'), searchParams.get('s')) : 'forged';
    if (worth !== 'good')
      throw new ChatError(
        'forbidden',
        worth === 'expired' ? 'This link has run out; load the conversation again.' : 'This link is not valid.',
      );
    const upload = await findUpload(chat, id);
    const image = upload === undefined ? undefined : await images.get(upload.storageKey);
    if (upload === undefined || image === undefined) {
      if (upload !== undefined) log.error({ upload: id }, 'a stored image is missing on disk');
      throw new ChatError('not_found', 'There is no such image.');
    }
    if (!isImageType(upload.mimeType)) throw new Error(`Upload ${id} has the type ${upload.mimeType}.`);
    return new Response(request.method === 'HEAD' ? null : image.stream(request.signal), {
      headers: {
        'Content-Type': upload.mimeType,
        'Content-Length': String(image.size),
        'Content-Disposition': inlineAs(upload.name, upload.mimeType),
        'Cache-Control': `private, max-age=${DAY_S}, immutable`,
        'Content-Security-Policy': IMAGE_POLICY,
        // The link is what protects it; old front-ends show it on pages of other sites.
        'Cross-Origin-Resource-Policy': 'cross-origin',
      },
    });
  },
});

export const HEAD = GET;

function isImageType(type: string): type is ImageType {
  return (IMAGE_TYPES as readonly string[]).includes(type);
}
