import { createHmac, timingSafeEqual } from 'node:crypto';
import { appSignProofInput } from '@roomkey/protocol';
import { createKeyring, createTokenKey, type TokenFormat } from '@roomkey/token';
import type { KeyRing } from '#apps';
import type { Policy, Revocation, Revocations } from '#policy';
import type { Credential, Grants, ProofBinding, VerifiedCredential } from '../decision.ts';
import type { RejudgeRules } from '../rule-view.ts';
import type { SessionView } from '../session-view.ts';
import { verifyCredential } from '../verify-credential.ts';

/** The instant of the tests, in Unix seconds; milliseconds in `now`. */
export const nowSeconds = 1_795_488_930;
export const now: number = nowSeconds * 1000;

export const secret = 'abcdefghijklmnopqrstuvwxyz012345';
export const otherSecret = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ543210';
export const appSign: string = '00112233445566778899aabbccddeeff'.repeat(2);

export const subject = { appId: 4_000_000_001, roomId: 'room-1', userId: 'alice' } as const;

export const allFormats: readonly TokenFormat[] = ['04-gcm', '04-cbc', '03-cbc'];

/** As an imported app is born (AD16): a base on which tests switch one thing at a time. */
export const openPolicy: Policy = {
  credentialRule: 'either',
  forced: false,
  onForce: { mode: 'keep' },
  appSignMaxSessionSeconds: 86_400,
  appSignDisplaces: false,
  sameUser: 'kickEarlier',
  checkLogin: false,
  checkPublish: false,
  emptyRoomId: 'anyRoom',
  basicTokens: 'allow',
  expiry: 'soft',
  softMaxSeconds: null,
  renewSkewSeconds: 60,
  maxTokenLifetimeSeconds: null,
  reauthMarginSeconds: 0,
  cbc: 'allow',
  cbcShape: 'off',
  maxMembersPerRoom: null,
};

/** Keys of the test app: `k1` opens; AppSign is active unless told otherwise. */
export function makeKeys(
  options: { formats?: readonly TokenFormat[]; appSignActive?: boolean; withKey?: boolean } = {},
): KeyRing {
  const { formats = allFormats, appSignActive = true, withKey = true } = options;
  const key = createTokenKey({ id: 'k1', secret, appId: subject.appId });
  return {
    tokens: withKey ? createKeyring([key], { describeCbc: true }) : undefined,
    formats: new Map(withKey ? [['k1', formats]] : []),
    appSign: appSignActive ? { verify: verifyProof } : undefined,
  };
}

function verifyProof(input: Uint8Array, proof: string): boolean {
  const given = Buffer.from(proof, 'base64');
  const right = createHmac('sha256', Buffer.from(appSign, 'hex')).update(input).digest();
  return given.length === right.length && timingSafeEqual(given, right);
}

export const binding: ProofBinding = {
  ...subject,
  host: 'rtc.example:8443',
  connectionId: 'connection-1',
  verb: 'login',
  challenge: 'challenge-1',
};

/** What a client that holds the AppSign sends for this binding. */
export function makeProof(of: ProofBinding = binding, key: string = appSign): string {
  const { challenge = '', verb } = of;
  // What no honest client does: a proof for `resume`, to see it refused.
  const input = appSignProofInput({ ...of, challenge, verb: verb as 'login' });
  return createHmac('sha256', Buffer.from(key, 'hex')).update(input).digest('base64');
}

/** Verifies with the keys of the test app. */
export function verify(credential: Credential, keys: KeyRing = makeKeys()): VerifiedCredential {
  return verifyCredential(credential, keys, binding);
}

/** A revocation of this target, made now, with defaults that hit nothing else. */
export function makeRevocation(target: Revocation['target'], over: Partial<Revocation> = {}): Revocation {
  return {
    revocationId: 'revocation-1',
    target,
    revokedAt: now,
    expiresAt: null,
    aheadSecondsByKey: {},
    aheadDigests: [],
    appSignRefusedUntil: target.kind === 'user' ? now + 86_400_000 : null,
    marginSeconds: 0,
    ...over,
  };
}

/** Revocations as policy keeps them, without its indexes. */
export function makeRevocations(list: readonly Revocation[] = []): Revocations {
  return {
    size: list.length,
    findForToken: ({ userId, roomId, sessionId, token }) =>
      list.find(({ target, revokedAt, aheadSecondsByKey, aheadDigests }) => {
        if (token === undefined) return false;
        const before = (seconds: number): boolean =>
          token.ctime < seconds + (aheadSecondsByKey[token.keyId] ?? 0) ||
          aheadDigests.includes(token.digest);
        const issuedBefore = before(Math.ceil(revokedAt / 1000));
        if (target.kind === 'token') return target.digest === token.digest;
        if (target.kind === 'session')
          return target.sessionId === sessionId || target.digest === token.digest;
        if (target.kind === 'issuedBefore') return before(target.atSeconds);
        if (target.kind === 'user') return target.userId === userId && issuedBefore;
        if (target.kind === 'room') return target.roomId === roomId && issuedBefore;
        return target.secretId === token.keyId && issuedBefore;
      }),
    findForAppSign: ({ userId, sessionId }, at) =>
      list.find(
        ({ target, appSignRefusedUntil }) =>
          (target.kind === 'session' && target.sessionId === sessionId) ||
          (target.kind === 'user' && target.userId === userId && at < (appSignRefusedUntil ?? 0)),
      ),
  };
}

/** Rules of the test app: a policy, revocations and keys. */
export function makeRules(
  policy: Partial<Policy> = {},
  over: { revocations?: readonly Revocation[]; keys?: KeyRing; forbidden?: string } = {},
): RejudgeRules {
  return {
    policy: { ...openPolicy, ...policy },
    revocations: makeRevocations(over.revocations),
    keys: over.keys ?? makeKeys(),
    findForbid: (userId) =>
      userId === over.forbidden ? { ruleId: 'forbid-1', userId, expiresAt: now + 1 } : undefined,
  };
}

export const allGrants: Grants = {
  login: true,
  publish: true,
  streams: 'any',
  planes: ['media', 'board', 'files'],
};

/** A running session of the subject, one hour from its end on both clocks; the monotonic one starts at 0 now. */
export function makeSession(
  credential: VerifiedCredential,
  over: { lease?: Partial<SessionView['lease']>; streams?: readonly string[] } = {},
): SessionView {
  const { streams = [], lease = {} } = over;
  return {
    ...subject,
    sessionId: 'session-1',
    streams,
    lease: {
      method: 'token',
      grants: allGrants,
      expiry: 'soft',
      endsAt: now + 3_600_000,
      endsAtMono: 3_600_000,
      lapsedAtMono: undefined,
      grantedMs: 3_600_000,
      credential,
      ...lease,
    },
  };
}

interface SealOf {
  readonly appId: number;
  readonly userId: string;
  readonly key: string;
  readonly seconds: number;
  readonly iv: Uint8Array;
  readonly nonce: string;
  readonly nowSeconds: number;
}

/** How the codec's testing door seals: it comes in as an argument, because only tests may open that door. */
export type FixedSealer = (
  seal: SealOf &
    (
      | { readonly format: '04-gcm' | '04-cbc'; readonly payload?: string }
      | {
          readonly format: '03-cbc';
          readonly roomId: string;
          readonly privilege: { readonly canLoginRoom: boolean; readonly canPublishStream: boolean };
        }
    ),
) => string;

/** What differs from the usual token: alice's, made a minute ago, good for an hour, sealed with `k1` in GCM. */
export interface TokenWish {
  readonly format?: TokenFormat;
  readonly appId?: number;
  readonly userId?: string;
  readonly key?: string;
  readonly ctime?: number;
  readonly seconds?: number;
  readonly nonce?: string;
  readonly payload?: string;
  /** Of a token03. */
  readonly roomId?: string;
  readonly login?: boolean;
  readonly publish?: boolean;
}

/** Makes real tokens whose every byte is decided (TK8). */
export function createSealer(sealFixed: FixedSealer): (wish?: TokenWish) => string {
  return ({ format = '04-gcm', ...wish } = {}) => {
    const common = {
      appId: wish.appId ?? subject.appId,
      userId: wish.userId ?? subject.userId,
      key: wish.key ?? secret,
      seconds: wish.seconds ?? 3_600,
      nowSeconds: wish.ctime ?? nowSeconds - 60,
      nonce: wish.nonce ?? '7',
      iv: new Uint8Array(format === '04-gcm' ? 12 : 16).fill(9),
    };
    if (format !== '03-cbc') {
      return sealFixed({
        format,
        ...common,
        ...(wish.payload === undefined ? {} : { payload: wish.payload }),
      });
    }
    const { login = true, publish = true, roomId = subject.roomId } = wish;
    return sealFixed({
      format,
      ...common,
      roomId,
      privilege: { canLoginRoom: login, canPublishStream: publish },
    });
  };
}
