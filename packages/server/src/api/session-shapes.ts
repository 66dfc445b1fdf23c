import { credentialMethods } from '@roomkey/protocol';
import Type, { type TSchema } from 'typebox';
import type { ChangeEffect, ChangeReceipt, SessionInfo } from '#access';
import { answerOf, instant, oneOf, orNull } from './shape-parts.ts';

/** A session as its owner sees it. Platform and version are the client's claims (AD17). */
export const sessionAnswer: TSchema = answerOf(
  {
    sessionId: Type.String(),
    roomId: Type.String(),
    userId: Type.String(),
    userName: Type.String(),
    state: oneOf(['present', 'detached', 'absent']),
    method: oneOf(credentialMethods),
    keyId: orNull(Type.String()),
    platform: Type.String(),
    sdkVersion: Type.String(),
    product: Type.String(),
    leaseEndsAt: instant,
    lapsed: Type.Boolean(),
    expiry: oneOf(['soft', 'hard']),
    generation: Type.Integer(),
    enteredAt: instant,
  },
  'Session',
);

/** Sessions named in one answer; `count` counts them all. */
export const listedSessions = 1_000;

const someSessions = answerOf(
  {
    count: Type.Integer({ minimum: 0 }),
    sessions: Type.Array(sessionAnswer, { maxItems: listedSessions }),
  },
  'Sessions',
);

/** What a change does, or did, to running sessions. */
export const effectAnswer: TSchema = answerOf(
  {
    judged: Type.Integer({ minimum: 0 }),
    ended: someSessions,
    narrowed: someSessions,
    ending: someSessions,
  },
  'Effect',
);

/**
 * What a change answers with 200: a preview, or a receipt. One shape, not a choice of two: a choice is found by trying
 * every session against both.
 */
export const changeAnswer: TSchema = answerOf(
  {
    preview: Type.Optional(Type.Literal(true, { description: 'only in a preview: nothing was changed' })),
    applied: Type.Optional(Type.Boolean({ description: 'in a receipt, as the following three' })),
    silentNodes: Type.Optional(Type.Array(Type.String())),
    rulesVersion: Type.Optional(Type.Integer()),
    policyVersion: Type.Optional(Type.Integer()),
    effect: effectAnswer,
  },
  'Change',
);

/** What a change did, and on which nodes it is not yet confirmed. */
export const receiptAnswer: TSchema = answerOf(
  {
    applied: Type.Boolean(),
    silentNodes: Type.Array(Type.String()),
    rulesVersion: Type.Integer(),
    policyVersion: Type.Integer(),
    effect: effectAnswer,
  },
  'Receipt',
);

/** Sessions of an answer, counted in full and listed up to a bound. */
export interface SessionCut {
  readonly count: number;
  readonly sessions: readonly SessionInfo[];
}

/** Counts all, lists the first 1000. */
export function cutSessions(sessions: readonly SessionInfo[]): SessionCut {
  return { count: sessions.length, sessions: sessions.slice(0, listedSessions) };
}

/** An effect as it is answered. */
export function effectBody(effect: ChangeEffect): object {
  return {
    judged: effect.judged,
    ended: cutSessions(effect.ended),
    narrowed: cutSessions(effect.narrowed),
    ending: cutSessions(effect.ending),
  };
}

/** A receipt as it is answered. */
export function receiptBody(receipt: ChangeReceipt): object {
  return {
    applied: receipt.applied,
    silentNodes: receipt.silentNodes,
    rulesVersion: receipt.rules.version,
    policyVersion: receipt.rules.policyVersion,
    effect: effectBody(receipt.effect),
  };
}

/** 200 when every node has applied the change, 202 while some are silent (CL4). */
export function receiptStatus(receipt: ChangeReceipt): 200 | 202 {
  return receipt.applied ? 200 : 202;
}
