import { readPage, recordUpload } from '@switchboard/chat';
import { ChatError, UPLOADS_PATH, type UploadResponse } from '@switchboard/protocol';

import { addressKey, callerKey } from '../../../../server/admission.ts';
import { actorOf } from '../../../../server/authenticate.ts';
import { cleanName } from '../../../../server/image-types.ts';
import { OPTIONS, route } from '../../../../server/route.ts';
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
    const { chat, diskFloor, imageCleaner, images, imageLinks } = services;
    const actor = actorOf(caller);
    if (actor.kind === 'operator' && clientId === undefined) throw missing('clientId', 'which conversation it is for');
    const conversation = actor.kind === 'operator' ? clientId : undefined;
    // Asked first: work and disk are for conversations that exist.
    await readPage(chat, actor, { clientId: conversation, limit: 1 });
    // Nobody decodes what can't be stored.
    if (caller.kind === 'visitor') await diskFloor.requireRoom('images');
    const key = callerKey(caller);
    // Strangers can make themselves as many visitors as they like, so those of one address take turns with the others together.
    const waiter = { caller: key, group: caller.kind === 'visitor' ? addressKey(request) : key, signal: request.signal };
    const { bytes, extension, mimeType, width, height } = await imageCleaner.clean(Buffer.from(await file.arrayBuffer()), waiter);
    const name = cleanName(file.name);
    return await storeWithinQuota({ request, services, caller }, bytes.byteLength, async () => {
      const storageKey = await images.put(bytes, extension);
      try {
        const upload = { clientId: conversation, storageKey, name, mimeType, width, height, size: bytes.byteLength };
        const { id } = await recordUpload(chat, actor, upload);
        const imageUrl = imageLinks.sign(`${UPLOADS_PATH}${id}`);
        const answer: UploadResponse = { imageUrl, imageName: name, mimeType, width, height, size: bytes.byteLength };
        return Response.json(answer, { status: 201 });
      } catch (error) {
        await images.remove(storageKey);
        throw error;
      }
    });
  },
});

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
