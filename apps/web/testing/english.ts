import { createTranslator } from 'use-intl/core';

import { MESSAGES, type Messages } from '../locales/messages.ts';

/** The English texts of one feature, for tests of functions that take texts. */
export const english = <N extends keyof Messages>(namespace: N) => createTranslator({ locale: 'en', messages: MESSAGES.en, namespace });
