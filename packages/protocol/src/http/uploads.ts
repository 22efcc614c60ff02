import { z } from 'zod';

import { answer, content, form, type Endpoint, type EndpointKey } from './endpoint.ts';

const uploadForm = z.object({
  file: z.file('must be given, an image'),
  clientId: z
    .string('must be given, the number of a conversation')
    .regex(/^[1-9]\d{0,8}$/, 'must be given, the number of a conversation')
    .transform(Number)
    .optional(),
  uploadKey: z.uuid('must be given, a UUID').optional(),
});

const uploadResponse = z.object({
  imageUrl: z.string(),
  imageName: z.string(),
  mimeType: z.string(),
  width: z.int(),
  height: z.int(),
  size: z.int(),
});
export type UploadResponse = z.output<typeof uploadResponse>;

export const uploadEndpoints = {
  'POST /api/chat/uploads': {
    access: 'visitor-or-operator',
    summary:
      'Takes one image: of a visitor into their own conversation, of an operator into that of `clientId`. A later try under the same `uploadKey` is answered with the first.',
    body: form(uploadForm),
    response: answer(uploadResponse, 201),
  },
  'GET /api/chat/uploads/{id}': {
    access: 'holder-of-a-link',
    summary: 'The image, until the address expires. Asked by HEAD, its headers.',
    query: z.object({
      e: z.string().optional().describe('When the address expires.'),
      s: z.string().optional().describe('The signature.'),
    }),
    response: content('image/*'),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
