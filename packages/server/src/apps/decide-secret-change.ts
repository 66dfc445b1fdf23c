import type { RoomkeyErrorName } from '@roomkey/protocol';
import type { UnixMillis } from '#kernel';
import type { AppSignState, SecretState } from './app.ts';

/** A secret as the state machine sees it. */
export interface SecretStanding {
  readonly secretId: string;
  readonly state: SecretState;
}

/** What is asked of one secret. */
export interface SecretChange {
  readonly secretId: string;
  readonly to: SecretState;
  /** Why; needed to retire a secret that opened a token in the last hour. */
  readonly reason?: string;
}

/** One step of one secret from state to state. */
export interface SecretMove {
  readonly secretId: string;
  readonly from: SecretState;
  readonly to: SecretState;
}

/** The steps that happen together, or the refusal. */
export type SecretDecision =
  | { readonly ok: true; readonly moves: readonly SecretMove[] }
  | {
      readonly ok: false;
      readonly error: Extract<RoomkeyErrorName, 'notFound' | 'wrongState' | 'reasonRequired'>;
    };

/** When a secret last opened a token; undefined when it is not known to have. */
export type LastOpenedAt = (secretId: string) => UnixMillis | undefined;

/** How many secrets of one app may open tokens at once (TK9). */
export const maxOpeningSecrets = 4;

/** How many secrets of one app may exist that are not retired. */
export const maxHeldSecrets = 8;

const recentlyMs = 60 * 60_000;

/** From which states a secret may be taken to a state; `retiring` is reached only by the promotion of another. */
const mayComeFrom: Readonly<Record<SecretState, readonly SecretState[]>> = {
  staged: [],
  verifying: ['staged'],
  primary: ['verifying'],
  retiring: [],
  retired: ['staged', 'verifying', 'retiring'],
};

/** Whether a secret in this state opens tokens (AD12). */
export function isOpening(state: SecretState): boolean {
  return state === 'verifying' || state === 'primary' || state === 'retiring';
}

/**
 * Decides whether a secret may change its state (AD12): `staged → verifying → primary → retiring → retired`.
 *
 * Pure. Promoting a secret makes the old primary retiring in the same step, so an app never has two primaries, and
 * never loses its only one. A secret that is not the primary may be dropped straight to `retired`; one that opened a
 * token in the last hour only with a reason.
 */
export function decideSecretChange(
  secrets: readonly SecretStanding[],
  change: SecretChange,
  lastOpenedAt: LastOpenedAt,
  now: UnixMillis,
): SecretDecision {
  const secret = secrets.find((each) => each.secretId === change.secretId);
  if (secret === undefined) return { ok: false, error: 'notFound' };
  if (!mayComeFrom[change.to].includes(secret.state)) return { ok: false, error: 'wrongState' };
  if (change.to === 'verifying' && countOpening(secrets) >= maxOpeningSecrets) {
    return { ok: false, error: 'wrongState' };
  }
  if (change.to === 'retired' && needsReason(secret, lastOpenedAt, now) && !hasText(change.reason)) {
    return { ok: false, error: 'reasonRequired' };
  }
  const moves: SecretMove[] = [{ secretId: secret.secretId, from: secret.state, to: change.to }];
  const old = secrets.find((each) => each.state === 'primary');
  if (change.to === 'primary' && old !== undefined) {
    moves.push({ secretId: old.secretId, from: 'primary', to: 'retiring' });
  }
  return { ok: true, moves };
}

const appSignMoves: Readonly<Record<AppSignState, readonly AppSignState[]>> = {
  active: ['suspended'],
  suspended: ['active', 'destroyed'],
  destroyed: [],
};

/** Whether an AppSign may change so (AD12): it is suspended first, which can be undone, and only then destroyed. */
export function mayChangeAppSign(from: AppSignState, to: AppSignState): boolean {
  return appSignMoves[from].includes(to);
}

function countOpening(secrets: readonly SecretStanding[]): number {
  return secrets.filter((each) => isOpening(each.state)).length;
}

function needsReason(secret: SecretStanding, lastOpenedAt: LastOpenedAt, now: UnixMillis): boolean {
  const at = lastOpenedAt(secret.secretId);
  return isOpening(secret.state) && at !== undefined && now - at < recentlyMs;
}

function hasText(reason: string | undefined): boolean {
  return reason !== undefined && reason.trim() !== '';
}
