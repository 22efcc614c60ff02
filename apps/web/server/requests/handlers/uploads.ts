import { findEarlierUpload, findUpload, recordUpload, SYSTEM, type Actor } from '@switchboard/chat';
import { errorFor, IMAGE_TYPES, invalidField, UPLOADS_PATH, type UploadResponse } from '@switchboard/protocol';

import { addressKey, callerKey } from '../admission.ts';
import { actorOf } from '../authenticate.ts';
import type { CleanImage } from '../../parts/images/clean-image.ts';
import { cleanName, inlineAs, type ImageType } from '../../parts/images/image-types.ts';
import { route } from '../route.ts';
import { IMAGE_POLICY } from '../../parts/http/security-headers.ts';
import type { Services } from '../../services/services.ts';
import { storeWithinQuota } from '../visitor-quota.ts';

/** Bytes of a form apart from its file. */
const FORM_BYTES = 16 * 1024;

/** Takes one image: a visitor's for their own conversation, an operator's for the one that the field `clientId` names. */
export const uploadImage = route('POST /api/chat/uploads', {
  limit: 'uploads',
  formBytes: ({ maxImageBytes }) => maxImageBytes + FORM_BYTES,
  async handle({ request, services, caller, body: { file, clientId, uploadKey } }) {
    const { chat, config, imageCleaner, images } = services;
    if (file.size > config.maxImageBytes) throw errorFor('picture_too_large', { size: file.size, limit: config.maxImageBytes });
    const actor = actorOf(caller);
    if (actor.kind === 'operator' && clientId === undefined) throw invalidField('clientId', 'must name the conversation');
    const conversation = actor.kind === 'operator' ? clientId : undefined;
    // Checked first: an image is decoded and stored only for an open conversation, and only once.
    const earlier = await findEarlierUpload(chat, actor, { clientId: conversation, uploadKey });
    const isStored = earlier !== undefined && (await images.get(earlier.storageKey)) !== undefined;
    if (isStored) return present(services, earlier);
    const key = callerKey(caller);
    // Anybody can create many visitors, so visitors of one address share its turns.
    const waiter = { caller: key, group: caller.kind === 'visitor' ? addressKey(request) : key, signal: request.signal };
    const sender = { request, services, caller };
    // An image beyond the quota is not decoded: the received size counts before, and what the decoded image adds counts after.
    return await storeWithinQuota(sender, file.size, async () => {
      const image = await imageCleaner.clean(Buffer.from(await file.arrayBuffer()), waiter);
      // The key of an image whose file is missing cannot be used again.
      const target = { clientId: conversation, uploadKey: earlier === undefined ? uploadKey : undefined };
      const storing = async () => await store(services, actor, { image, name: file.name, ...target });
      const more = image.bytes.byteLength - file.size;
      return more > 0 ? await storeWithinQuota(sender, more, storing) : await storing();
    });
  },
});

interface Storable {
  readonly image: CleanImage;
  readonly clientId: number | undefined;
  readonly uploadKey: string | undefined;
  /** The sender's file name. */
  readonly name: string;
}

/** Stores the bytes, then the row. Bytes without a row are removed. */
async function store(services: Services, actor: Actor, { image, name, clientId, uploadKey }: Storable): Promise<UploadResponse> {
  const { chat, images } = services;
  const { bytes, extension, mimeType, width, height } = image;
  const storageKey = await images.put(bytes, extension);
  let created = false;
  try {
    const upload = { clientId, uploadKey, storageKey, name: cleanName(name), mimeType, width, height, size: bytes.byteLength };
    const recorded = await recordUpload(chat, actor, upload);
    created = recorded.created;
    return present(services, recorded.row);
  } finally {
    if (!created) await images.remove(storageKey);
  }
}

function present({ imageLinks }: Services, { id, name, mimeType, width, height, size }: Upload): UploadResponse {
  return { imageUrl: imageLinks.sign(`${UPLOADS_PATH}${id}`), imageName: name, mimeType, width, height, size };
}

/** The fields of an upload's row that are answered. */
type Upload = Pick<Awaited<ReturnType<typeof recordUpload>>['row'], 'id' | 'name' | 'mimeType' | 'width' | 'height' | 'size'>;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const DAY_S = 24 * 60 * 60;

/** Serves a stored image to holders of a signed link. A HEAD request gets the headers and opens no file. */
export const readUpload = route('GET /api/chat/uploads/{id}', {
  async handle({ request, services: { chat, images, imageLinks, log }, params: { id = '' }, query: { e, s } }) {
    const worth = UUID.test(id) ? imageLinks.check(`${UPLOADS_PATH}${id}`, e ?? null, s ?? null) : 'forged';
    if (worth !== 'good') throw errorFor(worth === 'expired' ? 'link_expired' : 'link_invalid');
    const upload = await findUpload(chat, SYSTEM, id);
    const image = upload === undefined ? undefined : await images.get(upload.storageKey);
    if (upload === undefined || image === undefined) {
      if (upload !== undefined) log.error({ upload: id }, 'a stored image is missing on disk');
      throw errorFor('image_not_found');
    }
    if (!isImageType(upload.mimeType)) throw new Error(`Upload ${id} has the type ${upload.mimeType}.`);
    return new Response(request.method === 'HEAD' ? null : image.stream(request.signal), {
      headers: {
        'Content-Type': upload.mimeType,
        'Content-Length': String(image.size),
        'Content-Disposition': inlineAs(upload.name, upload.mimeType),
        'Cache-Control': `private, max-age=${DAY_S}, immutable`,
        'Content-Security-Policy': IMAGE_POLICY,
        // The link protects the image; old front-ends show it on pages of other sites.
        'Cross-Origin-Resource-Policy': 'cross-origin',
      },
    });
  },
});

function isImageType(type: string): type is ImageType {
  return (IMAGE_TYPES as readonly string[]).includes(type);
}
