import { bestLocale, type Locale } from '@switchboard/protocol/locales';
import { headers } from 'next/headers';
import { createTranslator } from 'use-intl/core';

import { MESSAGES } from '../../locales/messages.ts';

/** The languages of an `Accept-Language` header, by preference. Entries that can't be parsed are left out. */
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

/** The language of the requested page: the first of the browser's languages with texts. */
export async function requestLocale(): Promise<Locale> {
  return bestLocale(acceptedLanguages((await headers()).get('accept-language')));
}

/** The texts of one feature in the language of the requested page, for server-rendered parts. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the keys of the result are those of the namespace
export async function serverTexts<N extends 'signIn' | 'join' | 'notFound'>(namespace: N) {
  const locale = await requestLocale();
  return createTranslator({ locale, messages: MESSAGES[locale], namespace });
}
