/** Holds the language that somebody has chosen in this browser. */
export const LOCALE_COOKIE = 'switchboard.locale';
