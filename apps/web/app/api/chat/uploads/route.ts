import { findEarlierUpload, recordUpload, type Actor } from '@switchboard/chat';
import { ChatError, UPLOADS_PATH, type UploadResponse } from '@switchboard/protocol';

import { addressKey, callerKey } from '../../../../server/requests/admission.ts';
import { actorOf } from '../../../../server/requests/authenticate.ts';
import type { CleanImage } from '../../../../server/parts/images/clean-image.ts';
import { cleanName } from '../../../../server/parts/images/image-types.ts';
import { OPTIONS, route } from '../../../../server/requests/route.ts';
import type { Services } from '../../../../server/services/services.ts';
import { storeWithinQuota } from '../../../../server/requests/visitor-quota.ts';

export { OPTIONS };

/** What a form takes besides its file. */
const FORM_BYTES = 16 * 1024;

/** Takes one image: a visitor into its own conversation, an operator into the one that the field `clientId` names. */
export const POST = route({
  route: '/api/chat/uploads',
  access: 'visitor-or-operator',
  limit: 'uploads',
  body: {
    kind: 'form',
    maxBytes: ({ config }) => config.maxImageBytes + FORM_BYTES,
    read: (form, { config }) => readUpload(form, config.maxImageBytes),
  },
  async handle({ request, services, caller, body: { file, clientId, uploadKey } }) {
    const { chat, imageCleaner, images } = services;
    const actor = actorOf(caller);
    if (actor.kind === 'operator' && clientId === undefined) throw missing('clientId', 'which conversation it is for');
    const conversation = actor.kind === 'operator' ? clientId : undefined;
    // Asked first: work and disk are for conversations that exist and go on, and for what is not there yet.
    const earlier = await findEarlierUpload(chat, actor, { clientId: conversation, uploadKey });
    const isStored = earlier !== undefined && (await images.get(earlier.storageKey)) !== undefined;
    if (isStored) return Response.json(present(services, earlier), { status: 201 });
    const key = callerKey(caller);
    // Strangers can make themselves as many visitors as they like, so those of one address take turns with the others together.
    const waiter = { caller: key, group: caller.kind === 'visitor' ? addressKey(request) : key, signal: request.signal };
    const sender = { request, services, caller };
    // Nobody decodes what can't be stored: what came counts before, what it has become more, after.
    const answer = await storeWithinQuota(sender, file.size, async () => {
      const image = await imageCleaner.clean(Buffer.from(await file.arrayBuffer()), waiter);
      // The key of an image that the disk has lost is taken.
      const target = { clientId: conversation, uploadKey: earlier === undefined ? uploadKey : undefined };
      const storing = async () => await store(services, actor, { image, name: file.name, ...target });
      const more = image.bytes.byteLength - file.size;
      return more > 0 ? await storeWithinQuota(sender, more, storing) : await storing();
    });
    return Response.json(answer, { status: 201 });
  },
});

interface Storable {
  readonly image: CleanImage;
  readonly clientId: number | undefined;
  readonly uploadKey: string | undefined;
  /** As the sender calls it. */
  readonly name: string;
}

/** Bytes first, then the row. Bytes that get no row are removed. */
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

/** What of an upload's row is told. */
type Upload = Pick<Awaited<ReturnType<typeof recordUpload>>['row'], 'id' | 'name' | 'mimeType' | 'width' | 'height' | 'size'>;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

interface UploadForm {
  readonly file: File;
  readonly clientId: number | undefined;
  readonly uploadKey: string | undefined;
}

function readUpload(form: FormData, maxBytes: number): UploadForm {
  const file = form.get('file');
  if (!(file instanceof File)) throw missing('file', 'an image');
  if (file.size > maxBytes) throw new ChatError('too_large', `The image is too large: ${maxBytes} bytes at most.`);
  const clientId = optionalText(form, 'clientId', /^[1-9]\d{0,8}$/, 'the number of a conversation');
  const uploadKey = optionalText(form, 'uploadKey', UUID, 'a UUID');
  return { file, clientId: clientId === undefined ? undefined : Number(clientId), uploadKey };
}

/** @param what it is, as far as it is there */
function optionalText(form: FormData, field: string, pattern: RegExp, what: string): string | undefined {
  const value = form.get(field);
  if (value === null) return undefined;
  if (typeof value !== 'string' || !pattern.test(value)) throw missing(field, what);
  return value;
}

function missing(field: string, what: string): ChatError {
  return new ChatError('invalid_request', `${field}: must be given, ${what}`, { fields: { [field]: `must be given, ${what}` } });
}
