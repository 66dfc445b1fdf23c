import type { App } from '#apps';
import type { Policy } from './policy.ts';

const daySeconds = 86_400;
// The comment on the vendor's sample generator bounds a token's life at 24 days.
const newAppTokenDays = 24;

const both = {
  credentialRule: 'either',
  onForce: { mode: 'keep' },
  appSignMaxSessionSeconds: daySeconds,
  appSignDisplaces: false,
  sameUser: 'kickEarlier',
  emptyRoomId: 'anyRoom',
  renewSkewSeconds: 60,
  reauthMarginSeconds: 0,
  cbcShape: 'off',
  maxMembersPerRoom: null,
} as const satisfies Partial<Policy>;

/**
 * The policy an app begins with (AD16). New apps are closed; imported ones behave as at the vendor, but for the end of
 * AppSign sessions (AD5a) and their right to displace (SE6a).
 */
export const defaultPolicies: Readonly<Record<App['origin'], Policy>> = {
  new: {
    ...both,
    forced: true,
    checkLogin: true,
    checkPublish: true,
    expiry: 'hard',
    cbc: 'deny',
    basicTokens: 'refuse',
    softMaxSeconds: 3_600,
    maxTokenLifetimeSeconds: newAppTokenDays * daySeconds,
  },
  imported: {
    ...both,
    forced: false,
    checkLogin: false,
    checkPublish: false,
    expiry: 'soft',
    cbc: 'allow',
    basicTokens: 'allow',
    softMaxSeconds: null,
    maxTokenLifetimeSeconds: null,
  },
};
