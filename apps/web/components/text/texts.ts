import type { useTranslations } from 'use-intl';

import type { Messages } from '../../locales/messages.ts';

/** The texts of one feature, as `useTranslations` gives them: for functions outside components. */
export type Texts<N extends keyof Messages> = ReturnType<typeof useTranslations<N>>;
