import { expiryModes } from '@roomkey/protocol';
import Type, { type Static, type TSchema, type TUnsafe } from 'typebox';
import type { Policy } from '#policy';
import { answerOf, instant, oneOf, orNull, wholeNumber } from './shape-parts.ts';

const exact = { additionalProperties: false };
const never = { description: 'null = no bound' };
const orNullNumber = (minimum: number, maximum: number) =>
  Type.Union([wholeNumber(minimum, maximum), Type.Null()], never);
const tenYearsInSeconds = 315_360_000;

const onForce = Type.Union([
  Type.Object({ mode: Type.Literal('keep') }, exact),
  Type.Object({ mode: Type.Literal('end') }, exact),
  Type.Object({ mode: Type.Literal('endWithin'), minutes: wholeNumber(1, 1440) }, exact),
]);

const policy = Type.Object(
  {
    credentialRule: oneOf(['either', 'appSignFirst', 'both']),
    forced: Type.Boolean({ description: 'Forced Token: only a token counts (AD5)' }),
    onForce,
    appSignMaxSessionSeconds: wholeNumber(1, tenYearsInSeconds),
    appSignDisplaces: Type.Boolean(),
    sameUser: oneOf(['kickEarlier', 'rejectNew']),
    checkLogin: Type.Boolean(),
    checkPublish: Type.Boolean(),
    emptyRoomId: oneOf(['anyRoom', 'refuse']),
    basicTokens: oneOf(['allow', 'refuse']),
    expiry: oneOf(expiryModes),
    softMaxSeconds: orNullNumber(0, tenYearsInSeconds),
    renewSkewSeconds: wholeNumber(0, 3600),
    maxTokenLifetimeSeconds: orNullNumber(1, tenYearsInSeconds * 10),
    reauthMarginSeconds: wholeNumber(0, 3600),
    cbc: oneOf(['allow', 'appIdFirst', 'deny']),
    cbcShape: oneOf(['off', 'strict']),
    maxMembersPerRoom: orNullNumber(1, 1_000_000),
  },
  { ...exact, title: 'Policy' },
);

type SameType<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
// A field of `Policy` that this schema lacks, or knows by another type, does not compile.
const fitsPolicy: SameType<Readonly<Static<typeof policy>>, Policy> = true;

/** The whole policy of an app, as it is read and written. The policy module judges what belongs together. */
export const policyShape: TUnsafe<Policy> = Type.Unsafe<Policy>(fitsPolicy && policy);

/** The policy of an app and its versions. */
export const policyAnswer: TSchema = answerOf({
  policy: policyShape,
  policyVersion: Type.Integer(),
  rulesVersion: Type.Integer(),
  changedAt: instant,
});

const changedField = answerOf({ field: Type.String(), from: Type.Unknown(), to: Type.Unknown() });

/** One version of a policy: who, when, why, and what it changed (MG10). */
export const policyVersionAnswer: TSchema = answerOf({
  version: Type.Integer(),
  kind: oneOf(['active', 'candidate']),
  policy: policyShape,
  changedBy: Type.String(),
  changedAt: instant,
  why: orNull(Type.String()),
  changes: Type.Array(changedField, { description: 'against the version before of the same kind' }),
});
