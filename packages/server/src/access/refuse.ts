import type { RoomkeyErrorName } from '@roomkey/protocol';
import { type Check, findOpened, type RuleOutcomes, type VerifiedCredential } from '#admission';
import type { AppRules, LoginFacts } from '#policy';
import type { RefusedAnswer } from './access.ts';
import { loginRecordOf, type RecordedVerb } from './login-record.ts';
import type { AccessParts } from './parts.ts';

/** One refusal, with all that its owner may see. */
export interface Refusal {
  readonly verb: RecordedVerb;
  readonly rules: AppRules;
  readonly facts: LoginFacts;
  readonly verified: VerifiedCredential;
  readonly addressKey: string;
  readonly error: RoomkeyErrorName;
  readonly trace: readonly Check[];
  readonly ruleOutcomes: RuleOutcomes;
  readonly candidateOutcome: string | null;
  readonly retryAfterMs?: number | undefined;
}

/**
 * Refuses: one coded error and a diagnosis id for the client, the trace for the owner, and a record when the credential
 * was real; strangers are only counted, so that they cannot fill the disk (MG1a, AD13).
 */
export async function refuse(parts: AccessParts, refusal: Refusal): Promise<RefusedAnswer> {
  const { rules, facts, verified, error, trace, retryAfterMs } = refusal;
  const at = parts.now();
  const token = findOpened(rules.policy, verified.token);
  const { appId, roomId, userId, platform, product, sdkVersion } = facts;
  const issuerOffsetSeconds = token && parts.issuerClocks.offsetSeconds(appId, token.keyId);
  const who = { appId, roomId, userId, platform, product, sdkVersion };
  const diagnosis = parts.refusals.report({
    at,
    verb: refusal.verb,
    error,
    trace,
    token,
    issuerOffsetSeconds,
    ...who,
  });
  if (isAuthentic(verified, appId)) {
    await parts.book.record(loginRecordOf(refusal, { at, diagnosis, sessionId: facts.sessionId ?? null }));
  } else {
    parts.book.countRefused({ at, appId, error, addressKey: refusal.addressKey });
  }
  return { ok: false, error, diagnosis, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Whether the credential was made by somebody who holds a secret of this app (MG1). */
export function isAuthentic(verified: VerifiedCredential, appId: number): boolean {
  if (verified.appSign === 'ok') return true;
  return verified.token.state === 'opened' && verified.token.token.appId === appId;
}
