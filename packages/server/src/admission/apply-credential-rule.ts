import type { CredentialMethod, RoomkeyErrorName } from '@roomkey/protocol';
import type { CredentialRule } from '#policy';
import type { VerifiedCredential } from './decision.ts';

/** How a token stands before the rule: see `TokenVerdict`. */
export type TokenStanding =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'mayFallBack' | 'refuses'; readonly error: RoomkeyErrorName };

/**
 * The rule that counts: the owner's, or `forced`, or `renewal`. The last two look at the token alone: a renewing call
 * carries no proof, as AppSign was proven, where it must be, when the session logged in (AD5, AD9).
 */
export type EffectiveRule = CredentialRule | 'forced' | 'renewal';

/** What the rule makes of both credentials. */
export type RuleResult =
  | { readonly admitted: true; readonly method: CredentialMethod; readonly fellBack: boolean }
  | { readonly admitted: false; readonly error: RoomkeyErrorName };

type AppSignStanding = VerifiedCredential['appSign'];

/** The truth table of AD3, with AD3a in it: which credential admits, or which code refuses. */
export function applyCredentialRule(
  rule: EffectiveRule,
  appSign: AppSignStanding,
  token: TokenStanding,
): RuleResult {
  if (rule === 'forced' || rule === 'renewal') return judgeByToken(token);
  if (appSign === 'none' && token.outcome === 'none') return refuse('noToken');
  if (rule === 'both') return applyBoth(appSign, token);
  if (rule === 'appSignFirst' && appSign === 'bad') return refuse('appSignIncorrect');
  return applyEither(appSign, token);
}

function applyEither(appSign: AppSignStanding, token: TokenStanding): RuleResult {
  if (token.outcome === 'ok') return admit(appSign === 'ok' ? 'both' : 'token');
  if (token.outcome === 'refuses') return refuse(token.error);
  if (appSign === 'ok') return { ...admit('appSign'), fellBack: token.outcome === 'mayFallBack' };
  return token.outcome === 'none' ? refuse('appSignIncorrect') : refuse(token.error);
}

function applyBoth(appSign: AppSignStanding, token: TokenStanding): RuleResult {
  if (appSign === 'none') return refuse('appSignMissing');
  if (token.outcome === 'none') return refuse('noToken');
  if (appSign === 'bad') return refuse('appSignIncorrect');
  return token.outcome === 'ok' ? admit('both') : refuse(token.error);
}

function judgeByToken(token: TokenStanding): RuleResult {
  if (token.outcome === 'ok') return admit('token');
  return refuse(token.outcome === 'none' ? 'noToken' : token.error);
}

function admit(method: CredentialMethod): Extract<RuleResult, { admitted: true }> {
  return { admitted: true, method, fellBack: false };
}

function refuse(error: RoomkeyErrorName): RuleResult {
  return { admitted: false, error };
}
