import { z } from 'zod';

import { answer, content, form, type Endpoint, type EndpointKey } from './endpoint.ts';

const uploadForm = z.object({
  file: z.file('must be an image file'),
  clientId: z
    .string('must be the id of a conversation')
    .regex(/^[1-9]\d{0,8}$/, 'must be the id of a conversation')
    .transform(Number)
    .optional(),
  uploadKey: z.uuid('must be a UUID').optional(),
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
      'Uploads one image: a visitor’s into their own conversation, an operator’s into that of `clientId`. A retry with the same `uploadKey` returns the first upload.',
    body: form(uploadForm),
    response: answer(uploadResponse, 201),
  },
  'GET /api/chat/uploads/{id}': {
    access: 'holder-of-a-link',
    summary: 'The image, until the URL expires. HEAD returns its headers.',
    query: z.object({
      e: z.string().optional().describe('When the URL expires.'),
      s: z.string().optional().describe('The signature.'),
    }),
    response: content('image/*'),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
