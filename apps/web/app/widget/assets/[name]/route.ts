import { asset } from '../../../../server/widget-routes.ts';

export const GET = asset;
