import { bestLocale, isLocale, type Locale } from '@switchboard/protocol/locales';
import { cookies, headers } from 'next/headers';
import { createTranslator } from 'use-intl/core';

import { LOCALE_COOKIE } from '../../locales/locale-cookie.ts';
import { MESSAGES } from '../../locales/messages.ts';

/** The languages of an `Accept-Language` header, the most wanted first. What is not understood counts as not wanted. */
export function acceptedLanguages(header: string | null): readonly string[] {
  const wanted = (header ?? '').split(',', 20).map((part) => {
    const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { tag, quality: quality === undefined ? 1 : Number(quality) };
  });
  return wanted
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
}

/** The language of the page that is asked for: the one chosen in this browser, else the one that the browser prefers. */
export async function requestLocale(): Promise<Locale> {
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value ?? '';
  return isLocale(chosen) ? chosen : bestLocale(acceptedLanguages((await headers()).get('accept-language')));
}

/** The texts of one feature in the language of the page that is asked for, for what the server renders. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the keys of the result are those of the namespace
export async function serverTexts<N extends 'signIn' | 'notFound'>(namespace: N) {
  const locale = await requestLocale();
  return createTranslator({ locale, messages: MESSAGES[locale], namespace });
}
