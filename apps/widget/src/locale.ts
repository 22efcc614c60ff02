const RIGHT_TO_LEFT = /^(?:ar|ckb|dv|fa|he|iw|ks|nqo|ps|sd|syr|ug|ur|yi)\b(?!.*-latn)|-(?:arab|hebr)\b/i;

/** Which way a language is written, by its tag (`ar`, `pt-BR`). */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.test(locale) ? 'rtl' : 'ltr';
}
