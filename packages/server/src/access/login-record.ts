import { errorFacts, isErrorName } from '@roomkey/protocol';
import type { Decision, RuleOutcomes, VerifiedCredential } from '#admission';
import { canUseTokens } from '#migration';
import type { AppRules, LoginFacts } from '#policy';
import type { LoginRecord } from '#storage';

/** The verbs that are recorded one by one (MG1). */
export type RecordedVerb = LoginRecord['verb'];

/** What a record is made of, whether admitted or refused. */
export interface RecordedLogin {
  readonly verb: RecordedVerb;
  readonly rules: AppRules;
  readonly facts: LoginFacts;
  readonly verified: VerifiedCredential;
  readonly ruleOutcomes: RuleOutcomes;
  readonly candidateOutcome: string | null;
  /** The refusal's name; absent when admitted. */
  readonly error?: string;
  readonly method?: LoginRecord['method'];
  readonly fellBack?: boolean;
}

/** One row of the ledger: every column of MG1. Pure. */
export function loginRecordOf(
  login: RecordedLogin,
  known: { readonly at: number; readonly diagnosis: string | null; readonly sessionId: string | null },
): LoginRecord {
  const { facts, verified, ruleOutcomes, error } = login;
  const token = verified.token.state === 'opened' ? verified.token.token : undefined;
  const { appId, roomId, userId, platform, product, sdkVersion, sdk = '' } = facts;
  return {
    kind: 'login',
    at: known.at,
    appId,
    verb: login.verb,
    roomId,
    userId,
    sessionId: known.sessionId,
    method: login.method ?? null,
    fellBack: login.fellBack ?? false,
    tokenVersion: token === undefined ? null : token.format === '03-cbc' ? '03' : '04',
    tokenFormat: token?.format ?? null,
    keyId: token?.keyId ?? null,
    platform,
    sdkVersion,
    product,
    outcome: error ?? 'admitted',
    code: error !== undefined && isErrorName(error) ? errorFacts[error][0] : 0,
    candidateOutcome: login.candidateOutcome,
    ruleOutcomes: [ruleOutcomes.either, ruleOutcomes.appSignFirst, ruleOutcomes.both],
    canUseTokens: canUseTokens({ platform, product, sdkVersion, sdk }),
    diagnosis: known.diagnosis,
    rulesVersion: login.rules.version,
  };
}

/** How a decision is written in a record: `admitted` or the refusal's name. */
export function outcomeOf(decision: Decision | undefined): string | null {
  if (decision === undefined) return null;
  return decision.allowed ? 'admitted' : decision.error;
}
