import { asset } from '../../../../server/requests/widget-routes.ts';

export const GET = async (request: Request, { params }: { params: Promise<{ name: string }> }): Promise<Response> =>
  await asset(request, await params);
