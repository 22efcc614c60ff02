import { readUpload } from '../../../../../server/requests/handlers/uploads.ts';

export const GET = readUpload;
export const HEAD = readUpload;
