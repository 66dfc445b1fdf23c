import Type, { type TSchema } from 'typebox';
import { scopes } from './api-keys.ts';
import { answerOf, appIdNumber, instant, oneOf, orNull } from './shape-parts.ts';

const text = Type.String();
const textOrNull = orNull(Type.String());

/** A server secret: its state, never its bytes. */
export const secretAnswer: TSchema = answerOf(
  {
    secretId: text,
    state: oneOf(['staged', 'verifying', 'primary', 'retiring', 'retired']),
    formats: Type.Array(text),
    createdAt: instant,
    stateSince: instant,
  },
  'Secret',
);

/** An app. */
export const appAnswer: TSchema = answerOf(
  {
    appId: appIdNumber,
    name: text,
    origin: oneOf(['new', 'imported']),
    appSign: oneOf(['active', 'suspended', 'destroyed']),
    secrets: Type.Array(secretAnswer),
    allowedOrigins: Type.Array(text),
    createdAt: instant,
    forced: Type.Boolean(),
    policyVersion: Type.Integer(),
    rulesVersion: Type.Integer(),
  },
  'App',
);

/** A new app with what is shown this once (API2). */
export const createdAppAnswer: TSchema = answerOf({
  app: appAnswer,
  appSign: Type.Optional(text),
  secrets: Type.Array(answerOf({ secretId: text, secret: text })),
});

/** A new secret; its text is there only when the server made it, and only this once. */
export const addedSecretAnswer: TSchema = answerOf({
  secret: secretAnswer,
  secretText: Type.Optional(text),
  rulesVersion: Type.Integer(),
});

/** A revocation in force. */
export const revocationAnswer: TSchema = answerOf({
  revocationId: text,
  target: Type.Object({ kind: text }, { additionalProperties: true }),
  revokedAt: instant,
  expiresAt: orNull(instant),
  revokedBy: text,
  reason: textOrNull,
  rulesVersion: Type.Integer(),
});

/** A rule that keeps a user, or everybody of a room, or both out. */
export const forbidAnswer: TSchema = answerOf({
  ruleId: text,
  userId: textOrNull,
  roomId: textOrNull,
  createdAt: instant,
  expiresAt: instant,
  createdBy: text,
});

/** A login record (MG1). */
export const loginAnswer: TSchema = answerOf({
  at: instant,
  verb: oneOf(['login', 'resume', 'renew', 'switchRoom']),
  roomId: text,
  userId: text,
  sessionId: textOrNull,
  method: textOrNull,
  fellBack: Type.Boolean(),
  tokenVersion: textOrNull,
  tokenFormat: textOrNull,
  keyId: textOrNull,
  platform: text,
  sdkVersion: text,
  product: text,
  outcome: text,
  code: Type.Integer(),
  candidateOutcome: textOrNull,
  ruleOutcomes: answerOf({ either: text, appSignFirst: text, both: text }),
  canUseTokens: oneOf(['yes', 'no', 'unknown']),
  diagnosis: textOrNull,
  rulesVersion: Type.Integer(),
});

/** A span in which login records are missing (ST3); `count` is null when it is not known. */
export const gapAnswer: TSchema = answerOf({
  from: instant,
  to: instant,
  count: orNull(Type.Integer()),
  cause: oneOf(['slow', 'failed', 'uncleanStop']),
});

/** A diagnosis in a list; its trace is asked for by id. */
export const diagnosisListed: TSchema = answerOf({ diagnosisId: text, at: instant });

/** Why somebody was refused, or that the trace was dropped and how many were alike (AD13). */
export const diagnosisAnswer: TSchema = Type.Object(
  {
    diagnosisId: text,
    dropped: Type.Boolean(),
    alike: Type.Optional(Type.Integer()),
    diagnosis: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/** An entry of the audit trail. */
export const auditAnswer: TSchema = answerOf({
  seq: Type.Integer(),
  at: instant,
  actor: text,
  action: text,
  appId: orNull(appIdNumber),
  details: Type.Unknown(),
});

/** An API key: what may be told of it. */
export const keyAnswer: TSchema = answerOf(
  {
    keyId: text,
    name: text,
    prefix: text,
    scopes: Type.Array(oneOf(scopes)),
    appIds: orNull(Type.Array(appIdNumber)),
    createdAt: instant,
    revokedAt: orNull(instant),
  },
  'ApiKey',
);

/** A new key with its text, shown this once. */
export const createdKeyAnswer: TSchema = answerOf({ key: keyAnswer, text });
