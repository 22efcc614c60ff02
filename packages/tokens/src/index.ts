export {
  CLOCK_TOLERANCE_S,
  createTokens,
  InvalidTokenError,
  MIN_SECRET_BYTES,
  type MintedToken,
  type ResumeClaims,
  type Tokens,
} from './tokens.ts';
