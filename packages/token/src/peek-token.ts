import { parseFrame } from './frame.ts';
import type { FormatCheck } from './open-result.ts';
import { OPEN_REFUSAL_CODES } from './open-result.ts';
import type { TokenFormat, UnixSeconds } from './token-claims.ts';

/** What a token looks like from outside. No key was used: all of it may be forged. Decide nothing by it. */
export interface UnverifiedToken {
  readonly ok: true;
  readonly verified: false;
  readonly version: '03' | '04';
  readonly format: TokenFormat;
  /** The clear-text copy of the expiry. */
  readonly outerExpire: UnixSeconds;
  readonly tokenCharacters: number;
  readonly frameBytes: number;
  readonly ivBytes: number;
  /** In GCM with the tag's 16 bytes. */
  readonly ciphertextBytes: number;
  readonly ivHex: string;
  /** Present for a kit token (`token04 + "#" + base64`): its tail, so many characters long, was ignored. */
  readonly kit?: { readonly ignoredCharacters: number };
}

/** A text that is no token, and which check of its form failed. */
export interface UnverifiedRefusal {
  readonly ok: false;
  readonly verified: false;
  readonly reason: 'format' | 'version';
  readonly code: number;
  readonly check: FormatCheck | 'version';
}

/** What can be read without a key. */
export type Unverified = UnverifiedToken | UnverifiedRefusal;

const KIT_MARK = '#';

/**
 * Reads what is readable without a key: version, format, outer expiry, sizes (TK16). For support and for
 * counting, never for admission: nothing in it was checked against a seal.
 *
 * A kit token (as UIKit samples make it) is recognised by its `#`; what follows is ignored and said so. It
 * does not open as it is: give `openToken` the part before the mark.
 */
export function peekToken(token: string): Unverified {
  if (typeof token !== 'string') throw new TypeError('token must be a string');
  const mark = token.indexOf(KIT_MARK);
  const sealed = mark === -1 ? token : token.slice(0, mark);
  const frame = parseFrame(sealed);
  if (typeof frame === 'string') {
    const reason = frame === 'version' ? 'version' : 'format';
    return { ok: false, verified: false, reason, code: OPEN_REFUSAL_CODES[reason], check: frame };
  }
  return {
    ok: true,
    verified: false,
    version: frame.version,
    format: frame.format,
    outerExpire: frame.outerExpire,
    tokenCharacters: sealed.length,
    frameBytes: frame.frameBytes,
    ivBytes: frame.iv.length,
    ciphertextBytes: frame.body.length,
    ivHex: frame.iv.toString('hex'),
    ...(mark === -1 ? {} : { kit: { ignoredCharacters: token.length - mark } }),
  };
}
