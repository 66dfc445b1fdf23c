import {
  type Credential,
  type Decision,
  decideLogin,
  type ProofBinding,
  ruleViewOf,
  type VerifiedCredential,
  verifyCredential,
} from '#admission';
import { type AppRules, type LoginFacts, policyFor } from '#policy';
import { outcomeOf } from './login-record.ts';
import type { AccessParts } from './parts.ts';

/** A login as it was judged by one version of the rules. */
export interface Judged {
  readonly rules: AppRules;
  readonly verified: VerifiedCredential;
  readonly decision: Decision;
  /** What the candidate would have said: nothing else comes of it (MG3). */
  readonly candidateOutcome: string | null;
}

/**
 * Judges a login by the rules of now: all the crypto once, then the active policy and the candidate on the same verified
 * credential. A host that is not ours makes every proof wrong (AD2).
 */
export function judgeLogin(
  parts: AccessParts,
  rules: AppRules,
  login: { readonly facts: LoginFacts; readonly credential: Credential; readonly binding: ProofBinding },
): Judged {
  const { facts, credential, binding } = login;
  const now = parts.now();
  const isOurHost = parts.publicHosts.has(binding.host);
  const bound = isOurHost ? binding : { ...binding, challenge: undefined };
  const verified = verifyCredential(credential, rules.keys, bound);
  noteOpened(parts, facts, verified);
  const { active, candidate } = policyFor(rules, facts, now);
  const decision = decideLogin(ruleViewOf(rules, active), verified, facts, now);
  const shadow = candidate && decideLogin(ruleViewOf(rules, candidate), verified, facts, now);
  return { rules, verified, decision, candidateOutcome: outcomeOf(shadow) };
}

/** Notes which key opened a token and what its issuer's clock said (AD12, AD14). */
export function noteOpened(parts: AccessParts, facts: LoginFacts, verified: VerifiedCredential): void {
  if (verified.token.state !== 'opened') return;
  const { keyId, digest, ctime, userId, appId } = verified.token.token;
  if (appId !== facts.appId) return;
  const nowMs = parts.now();
  parts.keyUse.noteOpened(appId, keyId, nowMs);
  parts.issuerClocks.noteFirstSight({ appId, keyId, digest, ctime, userId, nowMs });
}
