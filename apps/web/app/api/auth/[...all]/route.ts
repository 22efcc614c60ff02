import { authRoute } from '../../../../server/requests/auth-route.ts';

export const GET = authRoute;
export const POST = authRoute;
