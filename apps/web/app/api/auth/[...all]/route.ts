import { authRoute } from '../../../../server/auth-route.ts';

export const GET = authRoute;
export const POST = authRoute;
