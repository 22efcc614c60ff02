import { recordUpload, requireUploadable, type Actor } from '@switchboard/chat';
import { ChatError, UPLOADS_PATH, type UploadResponse } from '@switchboard/protocol';

import { addressKey, callerKey } from '../../../../server/admission.ts';
import { actorOf } from '../../../../server/authenticate.ts';
import type { CleanImage } from '../../../../server/clean-image.ts';
import { cleanName } from '../../../../server/image-types.ts';
import { OPTIONS, route } from '../../../../server/route.ts';
import type { Services } from '../../../../server/services.ts';
import { storeWithinQuota } from '../../../../server/visitor-quota.ts';

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
  async handle({ request, services, caller, body: { file, clientId } }) {
    const { chat, imageCleaner } = services;
    const actor = actorOf(caller);
    if (actor.kind === 'operator' && clientId === undefined) throw missing('clientId', 'which conversation it is for');
    const conversation = actor.kind === 'operator' ? clientId : undefined;
    // Asked first: work and disk are for conversations that exist and go on.
    await requireUploadable(chat, actor, conversation);
    const key = callerKey(caller);
    // Strangers can make themselves as many visitors as they like, so those of one address take turns with the others together.
    const waiter = { caller: key, group: caller.kind === 'visitor' ? addressKey(request) : key, signal: request.signal };
    const sender = { request, services, caller };
    // Nobody decodes what can't be stored: what came counts before, what it has become more, after.
    const answer = await storeWithinQuota(sender, file.size, async () => {
      const image = await imageCleaner.clean(Buffer.from(await file.arrayBuffer()), waiter);
      const storing = async () => await store(services, actor, { image, clientId: conversation, name: file.name });
      const more = image.bytes.byteLength - file.size;
      return more > 0 ? await storeWithinQuota(sender, more, storing) : await storing();
    });
    return Response.json(answer, { status: 201 });
  },
});

interface Storable {
  readonly image: CleanImage;
  readonly clientId: number | undefined;
  /** As the sender calls it. */
  readonly name: string;
}

/** Bytes first, then the row. A row that can't be written leaves no bytes. */
async function store({ chat, images, imageLinks }: Services, actor: Actor, { image, clientId, name }: Storable): Promise<UploadResponse> {
  const { bytes, extension, mimeType, width, height } = image;
  const storageKey = await images.put(bytes, extension);
  try {
    const upload = { clientId, storageKey, name: cleanName(name), mimeType, width, height, size: bytes.byteLength };
    const { id } = await recordUpload(chat, actor, upload);
    return { imageUrl: imageLinks.sign(`${UPLOADS_PATH}${id}`), imageName: upload.name, mimeType, width, height, size: upload.size };
  } catch (error) {
    await images.remove(storageKey);
    throw error;
  }
}

function readUpload(form: FormData, maxBytes: number): { file: File; clientId: number | undefined } {
  const file = form.get('file');
  if (!(file instanceof File)) throw missing('file', 'an image');
  if (file.size > maxBytes) throw new ChatError('too_large', `The image is too large: ${maxBytes} bytes at most.`);
  const clientId = form.get('clientId');
  if (clientId === null) return { file, clientId: undefined };
  if (typeof clientId !== 'string' || !/^[1-9]\d{0,8}$/.test(clientId)) throw missing('clientId', 'the number of a conversation');
  return { file, clientId: Number(clientId) };
}

function missing(field: string, what: string): ChatError {
  return new ChatError('invalid_request', `${field}: must be given, ${what}`, { fields: { [field]: `must be given, ${what}` } });
}
