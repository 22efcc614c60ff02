import { frame } from '../../server/widget-routes.ts';

export const dynamic = 'force-dynamic';

export const GET = frame;
