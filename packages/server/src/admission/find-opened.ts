import type { Policy } from '#policy';
import type { OpenedToken, TokenEvidence } from './decision.ts';

/**
 * The token that counts as opened under this policy, or nothing. A CBC token that the policy's CBC rules refuse is
 * `unopened` for everyone, claims and all (TK12, TK13): whoever shows what a token says asks this first.
 */
export function findOpened(policy: Policy, evidence: TokenEvidence): OpenedToken | undefined {
  if (evidence.state !== 'opened') return undefined;
  const { cbc, format } = evidence.token;
  if (format === '04-gcm') return evidence.token;
  // A CBC token that nobody described passes only where nothing is asked of it.
  const byRule = policy.cbc === 'allow' || (policy.cbc === 'appIdFirst' && cbc?.appIdFirst === true);
  const byShape = policy.cbcShape === 'off' || cbc?.strictShape === true;
  return byRule && byShape ? evidence.token : undefined;
}
