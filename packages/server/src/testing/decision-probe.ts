import { createHash } from 'node:crypto';
import { createKeyring, createTokenKey } from '@roomkey/token';
import { decideLogin, verifyCredential } from '#admission';
import type { KeyRing } from '#apps';
import { defaultPolicies, type Revocation, RevocationIndex } from '#policy';

/** Verify and decide without anything around them, for figures (AD15). */
export interface DecisionProbe {
  /** Whether the token may enter, by verification and decision alone. */
  decide(token: string): boolean;
  readonly revocations: number;
}

/** A probe with so many revocations of tokens and users that hit nobody who asks. */
export function createDecisionProbe(options: {
  readonly appId: number;
  readonly secrets: readonly string[];
  readonly revocations: number;
}): DecisionProbe {
  const { appId, secrets } = options;
  const tokenKeys = secrets.map((secret, index) => createTokenKey({ id: `k${index}`, secret, appId }));
  const formats = new Map(tokenKeys.map(({ id }) => [id, ['04-gcm', '04-cbc', '03-cbc'] as const]));
  const keys: KeyRing = {
    tokens: createKeyring(tokenKeys, { describeCbc: true }),
    formats,
    appSign: undefined,
  };
  const index = new RevocationIndex();
  for (let at = 0; at < options.revocations; at++) index.append(revocationAt(at), 1);
  const rules = {
    policy: defaultPolicies.imported,
    revocations: index.view(1),
    findForbid: () => undefined,
  };
  const subject = { appId, roomId: 'room1', userId: 'demo' };
  const binding = {
    host: '',
    connectionId: '',
    verb: 'login',
    appId,
    roomId: 'room1',
    userId: 'demo',
    challenge: undefined,
  } as const;
  return {
    revocations: options.revocations,
    decide: (token) =>
      decideLogin(rules, verifyCredential({ token }, keys, binding), subject, Date.now()).allowed,
  };
}

function revocationAt(at: number): Revocation {
  const digest = createHash('sha256').update(String(at)).digest('hex');
  return {
    revocationId: `r${at}`,
    target: at % 2 === 0 ? { kind: 'token', digest } : { kind: 'user', userId: `revoked-${at}` },
    revokedAt: Date.now(),
    expiresAt: null,
    aheadSecondsByKey: {},
    aheadDigests: [],
    appSignRefusedUntil: null,
    marginSeconds: 0,
  };
}
