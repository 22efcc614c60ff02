import { asset } from '../../../../server/requests/widget-routes.ts';

export const GET = asset;
