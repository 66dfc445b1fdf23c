import type { Frame, FrameFault } from './frame.ts';
import { parseFrame } from './frame.ts';
import { judgeOpened, type OpenExpectation } from './judge-opened.ts';
import type { Keyring } from './keyring.ts';
import { MAX_UNIX_SECONDS } from './limits.ts';
import {
  type AdmittingRule,
  type ClosedRefusalReason,
  OPEN_REFUSAL_CODES,
  type OpenedToken,
  type OpenRefusal,
  type OpenResult,
} from './open-result.ts';
import type { TokenClaims, UnixSeconds } from './token-claims.ts';
import { tokenDigest } from './token-digest.ts';
import { type Attempt, type OpenProbe, tryKey } from './try-key.ts';

/** One opening, with everything it depends on. */
export interface OpenCall {
  readonly token: string;
  readonly keyring: Keyring;
  readonly nowSeconds: UnixSeconds;
  readonly expected: OpenExpectation;
  readonly probe?: OpenProbe;
  /** Told what came of each key that was tried; given only by the offline door. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** The way of a token through the checks of TK9, shared by the doors of this package. */
export function openFrame(call: OpenCall): OpenResult {
  checkCall(call);
  const frame = parseFrame(call.token);
  if (typeof frame === 'string') return refuseForm(frame);
  if (frame.format !== '04-gcm' && call.keyring.cbc === 'deny') return refuseClosed('cbcDenied');
  const opened = openWithKeys(frame, call);
  if (opened === undefined) return refuseUnopened(frame, call);
  const { nowSeconds, keyring, expected } = call;
  const reason = judgeOpened(opened, expected, { nowSeconds, clockSkewSeconds: keyring.clockSkewSeconds });
  if (reason === undefined) return { ok: true, ...opened };
  return { ok: false, reason, code: OPEN_REFUSAL_CODES[reason], opened };
}

function openWithKeys(frame: Frame, call: OpenCall): OpenedToken | undefined {
  for (const key of call.keyring.keys) {
    const attempt = tryKey(frame, key, call.keyring, call.probe);
    call.onAttempt?.(attempt);
    if (attempt.faults === 0 && attempt.claims !== undefined) {
      return describeOpened(frame, attempt, attempt.claims, call.keyring);
    }
  }
  return undefined;
}

function describeOpened(frame: Frame, attempt: Attempt, claims: TokenClaims, keyring: Keyring): OpenedToken {
  return {
    claims,
    keyId: attempt.keyId,
    format: frame.format,
    rule: nameRule(frame, attempt, keyring),
    digest: tokenDigest(claims),
    ivHex: frame.iv.toString('hex'),
    ...(attempt.cbc === undefined ? {} : { cbc: attempt.cbc }),
  };
}

function nameRule(frame: Frame, attempt: Attempt, keyring: Keyring): AdmittingRule {
  if (frame.format === '04-gcm') return 'gcm';
  if (attempt.unpadded) return 'cpp03Unpadded';
  return keyring.cbc === 'appIdFirst' ? 'cbcAppIdFirst' : 'cbcAllow';
}

function refuseForm(fault: FrameFault): OpenRefusal {
  if (fault === 'version') return refuseClosed('version');
  return { ok: false, reason: 'format', code: OPEN_REFUSAL_CODES.format, check: fault };
}

// An outer expiry in the past needs no key to see, so it says nothing about the key (TK13).
function refuseUnopened(frame: Frame, call: OpenCall): OpenRefusal {
  const past = call.expected.checkClock !== 'none' && call.nowSeconds >= frame.outerExpire;
  return refuseClosed(past ? 'outerExpired' : 'unopened');
}

function refuseClosed(reason: Exclude<ClosedRefusalReason, 'format'>): OpenRefusal {
  return { ok: false, reason, code: OPEN_REFUSAL_CODES[reason] };
}

function checkCall(call: OpenCall): void {
  if (typeof call.token !== 'string') throw new TypeError('token must be a string');
  if (!Array.isArray(call.keyring?.keys)) throw new TypeError('keyring must come from createKeyring');
  checkNow(call.nowSeconds);
}

/** @throws {TypeError} unless `now` is a whole number of seconds; milliseconds are too large to pass. */
export function checkNow(nowSeconds: UnixSeconds): void {
  if (!Number.isInteger(nowSeconds) || nowSeconds < 0 || nowSeconds > MAX_UNIX_SECONDS) {
    throw new TypeError('nowSeconds must be whole UNIX seconds (not milliseconds)');
  }
}
