import { uploadImage } from '../../../../server/requests/handlers/uploads.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const POST = uploadImage;
