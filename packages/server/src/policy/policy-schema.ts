import Type, { type Static, type TSchema } from 'typebox';
import type { Policy } from './policy.ts';

const longestSeconds = 315_360_000;
const closed = { additionalProperties: false };

const oneOf = <T extends string>(names: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: names, description });
const seconds = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description });
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

// Each field says what it is for and in which bounds it lies.
const policy = Type.Object(
  {
    credentialRule: oneOf(['either', 'appSignFirst', 'both'], 'Which credentials must pass (AD3)'),
    forced: Type.Boolean({ description: 'Forced Token: only a token counts (AD5)' }),
    onForce: Type.Union(
      [
        Type.Object({ mode: Type.Literal('keep') }, closed),
        Type.Object({ mode: Type.Literal('end') }, closed),
        Type.Object({ mode: Type.Literal('endWithin'), minutes: seconds(1, 1_440, 'minutes') }, closed),
      ],
      { description: 'Sessions that AppSign admitted before Token was forced (AD5)' },
    ),
    appSignMaxSessionSeconds: seconds(1, longestSeconds, 'Longest session by AppSign (AD5a)'),
    appSignDisplaces: Type.Boolean({ description: 'AppSign may displace a session of a token (SE6a)' }),
    sameUser: oneOf(['kickEarlier', 'rejectNew'], 'The same user elsewhere (SE6)'),
    checkLogin: Type.Boolean({ description: 'Room and login bit are checked (AD7)' }),
    checkPublish: Type.Boolean({ description: 'Publish bit and stream list are checked (AD7)' }),
    emptyRoomId: oneOf(['anyRoom', 'refuse'], 'An empty room_id where the login bit is checked (AD7)'),
    basicTokens: oneOf(['allow', 'refuse'], 'Tokens without payload where privileges are checked (AD7)'),
    expiry: oneOf(['soft', 'hard'], 'What happens at the end of a lease (AD8)'),
    softMaxSeconds: orNull(seconds(0, longestSeconds, 'Longest life of a lapsed lease (SE4)')),
    renewSkewSeconds: seconds(0, 3_600, 'How much older a renewing token may be (AD9)'),
    maxTokenLifetimeSeconds: orNull(seconds(1, 10 * longestSeconds, 'A longer token ends there (AD11)')),
    reauthMarginSeconds: seconds(0, 3_600, 'Seconds a revoked session may go on (AD11)'),
    cbc: oneOf(['deny', 'appIdFirst', 'allow'], 'CBC tokens, which carry no MAC (TK12)'),
    cbcShape: oneOf(['off', 'strict'], 'CBC tokens that look like no published generator’s (TK12a)'),
    maxMembersPerRoom: orNull(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  },
  { ...closed, title: 'Policy', description: 'The rules of one app for admission' },
);

type SameShape<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
// A field of `Policy` that the schema lacks, or knows by another type, does not compile.
const schemaIsWhole: SameShape<Static<typeof policy>, Policy> = true;

/** The schema of each field of a policy, in the order in which people read them. */
export const policyFields: readonly (readonly [keyof Policy, TSchema])[] = Object.entries(
  policy.properties,
) as [keyof Policy, TSchema][];

/** The policy's JSON Schema (draft 2020-12), to publish. */
export const policyJsonSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...(schemaIsWhole && policy),
};
