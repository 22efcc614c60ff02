import type { useTranslations } from 'use-intl';

import type { Messages } from '../../locales/messages.ts';

/** The texts of one feature, as `useTranslations` gives them: for functions that word something outside a component. */
export type Texts<N extends keyof Messages> = ReturnType<typeof useTranslations<N>>;
