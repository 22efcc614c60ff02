import { noteTimings } from '../../../../server/requests/handlers/timings.ts';
import { OPTIONS } from '../../../../server/requests/route.ts';

export { OPTIONS };
export const POST = noteTimings;
