import type { KeyRing } from '#apps';
import type { UnixMillis } from '#kernel';
import type { AppRules, Revocation, Revocations, RulesEdit } from './app-rules.ts';
import { doesHitAppSign, doesHitToken } from './does-revocation-hit.ts';
import type { IssuerClocks } from './issuer-clocks.ts';
import { createRevocation } from './plan-revocation.ts';

/**
 * The rules that an edit would lead to, for a look at whom it would hit (AD11: preview beforehand). Nothing is checked
 * for sense and nothing is kept. Edits that hit no running session give the rules as they are.
 */
export function imagineRules(
  rules: AppRules,
  edit: RulesEdit,
  known: { readonly now: UnixMillis; readonly clocks: IssuerClocks },
): AppRules {
  switch (edit.kind) {
    case 'policy':
      return { ...rules, policy: edit.policy };
    case 'revoke': {
      const { appId, policy } = rules;
      const margin = edit.marginSeconds ?? policy.reauthMarginSeconds;
      const revocation = createRevocation({ ...known, appId, state: { policy } }, edit.target, margin);
      return { ...rules, revocations: withOneMore(rules.revocations, revocation) };
    }
    case 'forbid':
      return { ...rules, findForbid: forbidOf(rules, edit, known.now) };
    case 'secretState':
      return edit.to === 'retired' ? { ...rules, keys: withoutSecret(rules.keys, edit.secretId) } : rules;
    case 'appSign':
      return edit.to === 'active' ? rules : { ...rules, keys: { ...rules.keys, appSign: undefined } };
    default:
      return rules;
  }
}

function withOneMore(revocations: Revocations, extra: Revocation): Revocations {
  return {
    size: revocations.size + 1,
    findForToken: (subject, now) =>
      revocations.findForToken(subject, now) ?? (doesHitToken(extra, subject, now) ? extra : undefined),
    findForAppSign: (subject, now) =>
      revocations.findForAppSign(subject, now) ?? (doesHitAppSign(extra, subject, now) ? extra : undefined),
  };
}

function forbidOf(
  rules: AppRules,
  edit: Extract<RulesEdit, { readonly kind: 'forbid' }>,
  madeAt: UnixMillis,
): AppRules['findForbid'] {
  const { userId, roomId, seconds } = edit;
  const rule = {
    ruleId: 'imagined',
    expiresAt: madeAt + seconds * 1_000,
    ...(userId === undefined ? {} : { userId }),
    ...(roomId === undefined ? {} : { roomId }),
  };
  return (user, room, now) => {
    const isHit = (userId ?? user) === user && (roomId ?? room) === room;
    return rules.findForbid(user, room, now) ?? (isHit ? rule : undefined);
  };
}

function withoutSecret(keys: KeyRing, secretId: string): KeyRing {
  return { ...keys, formats: new Map([...keys.formats].filter(([keyId]) => keyId !== secretId)) };
}
