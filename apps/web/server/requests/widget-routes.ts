import { errorFor } from '@switchboard/protocol';

import { hasCurrent } from '../parts/http/etag.ts';
import type { HttpRequest } from '../parts/http/http-request.ts';
import { asChatError, errorResponse } from '../parts/http/present-error.ts';
import type { Params } from './route.ts';
import { addSecurityHeaders, framePolicy } from '../parts/http/security-headers.ts';
import { services, type Services } from '../services/services.ts';
import { inScript } from '../parts/widget/in-script.ts';
import { loaderScript } from '../parts/widget/loader-script.ts';
import { isAssetName, readWidgetFile, requireWidgetFile, typeOf } from '../parts/widget/widget-files.ts';

const ASSET_AGE_S = 365 * 24 * 60 * 60;

/** The script that a host page includes, with the settings that it needs. Its name stays, so browsers ask again after five minutes. */
export async function loader(request: HttpRequest): Promise<Response> {
  return await serve(async ({ config, settings }) => {
    const built = await requireWidgetFile(config.widgetDir, 'widget.js');
    const areKnown = await settings.known().then(
      () => true,
      () => false,
    );
    const { bytes, etag } = loaderScript(built, { color: settings.value('widget.color'), title: settings.value('widget.title') });
    // Defaults that stand in for settings that can't be read are not kept.
    const headers = { ETag: etag, 'Cache-Control': areKnown ? 'public, max-age=300, stale-while-revalidate=86400' : 'no-cache' };
    if (hasCurrent(request, etag)) return new Response(null, { status: 304, headers });
    return new Response(bytes, { headers: { ...headers, 'Content-Type': 'text/javascript; charset=utf-8' } });
  });
}

/** What the frame reads from `<script type="application/json" id="switchboard-config">`. */
function frameConfig({ config, settings }: Services): object {
  return {
    relay: config.relay,
    debug: config.debugSockets,
    maxImageBytes: config.maxImageBytes,
    color: settings.value('widget.color'),
    title: settings.value('widget.title'),
    greeting: settings.value('widget.greeting'),
    sound: settings.value('widget.sound'),
  };
}

/** The document of the widget's frame, with what it must know about this installation. */
export async function frame(): Promise<Response> {
  return await serve(async (now) => {
    const { config, settings } = now;
    // Before anything else: a page that may not frame the chat never gets it, not even from a server that has just started.
    const sites = await settings.sites();
    const bytes = await requireWidgetFile(config.widgetDir, 'frame/index.html');
    const data = inScript(frameConfig(now));
    const html = bytes
      .toString('utf8')
      .replace('</head>', () => `<script type="application/json" id="switchboard-config">${data}</script></head>`);
    return new Response(html, {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-cache',
        'Content-Security-Policy': framePolicy(config, sites),
      },
    });
  });
}

/** A file of the frame. Its name holds a hash of its content, so it never changes. */
export async function asset(_request: HttpRequest, { name = '' }: Params): Promise<Response> {
  return await serve(async ({ config }) => {
    const file = isAssetName(name) ? await readWidgetFile(config.widgetDir, `frame/assets/${name}`) : undefined;
    if (file === undefined) throw errorFor('file_not_found');
    return new Response(file, {
      headers: { 'Content-Type': typeOf(name) ?? '', 'Cache-Control': `public, max-age=${ASSET_AGE_S}, immutable` },
    });
  });
}

/**
 * Everything of the widget is public and made to be used by pages of other origins: as a module, which is fetched with CORS, and by isolated pages
 * (`Cross-Origin-Embedder-Policy`), which take only frames that isolate themselves as well.
 */
async function serve(answer: (now: Services) => Promise<Response>): Promise<Response> {
  const now = services();
  let response: Response;
  try {
    response = await answer(now);
  } catch (thrown) {
    const { error, unexpected } = asChatError(thrown);
    if (unexpected) now.log.error({ err: thrown }, 'a file of the widget could not be served');
    else now.log.info({ code: error.code }, 'a request for a file of the widget was refused');
    response = errorResponse(error);
    response.headers.set('Cache-Control', 'no-store');
  }
  addSecurityHeaders(response.headers, now.config);
  response.headers.set('Cross-Origin-Resource-Policy', 'cross-origin');
  response.headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  response.headers.set('Access-Control-Allow-Origin', '*');
  return response;
}
