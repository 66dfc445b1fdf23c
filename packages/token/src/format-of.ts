import { peekToken } from './peek-token.ts';
import type { TokenFormat } from './token-claims.ts';

/** The format a token claims to have, read without a key, for counters by format; undefined for no token. */
export function formatOf(token: string): TokenFormat | undefined {
  const seen = peekToken(token);
  return seen.ok ? seen.format : undefined;
}
