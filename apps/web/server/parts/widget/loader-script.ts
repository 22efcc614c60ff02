import { etagOf } from '../http/etag.ts';
import { inScript } from './in-script.ts';

/** Stands in the built loader where the settings belong that it needs (`apps/widget/src/loader/settings.ts`). */
const PLACEHOLDER = '$SWITCHBOARD_SETTINGS';

/** The loader as host pages get it. */
interface LoaderScript {
  readonly bytes: Buffer<ArrayBuffer>;
  /** Strong: it changes with the content and only then. */
  readonly etag: string;
}

let last: { readonly built: Buffer; readonly json: string; readonly script: LoaderScript } | undefined;

/** The built loader with these settings in it. @param built as `requireWidgetFile` returns it */
export function loaderScript(built: Buffer, settings: { readonly color: string; readonly title: string }): LoaderScript {
  const json = inScript(settings);
  if (last?.built !== built || last.json !== json) {
    const bytes = Buffer.from(built.toString('utf8').replaceAll(PLACEHOLDER, () => `(${json})`));
    last = { built, json, script: { bytes, etag: etagOf(bytes) } };
  }
  return last.script;
}
