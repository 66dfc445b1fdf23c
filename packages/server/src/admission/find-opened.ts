import type { Policy } from '#policy';
import type { OpenedToken, TokenEvidence } from './decision.ts';

/**
 * The token that counts as opened under this policy, or nothing. A CBC token that the policy's CBC rules refuse is
 * `unopened` for everyone, claims and all (TK12, TK13): whoever shows what a token says asks this first.
 */
export function findOpened(policy: Policy, evidence: TokenEvidence): OpenedToken | undefined {
  if (evidence.state !== 'opened') return undefined;
  const { cbc } = evidence.token;
  if (cbc === undefined) return evidence.token;
  const byRule = policy.cbc === 'allow' || (policy.cbc === 'appIdFirst' && cbc.appIdFirst);
  const byShape = policy.cbcShape === 'off' || cbc.strictShape;
  return byRule && byShape ? evidence.token : undefined;
}
