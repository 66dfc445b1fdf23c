import type { ExpiryMode } from '@roomkey/protocol';
import type { CbcRule, CbcShape } from '@roomkey/token';

/** Which credentials must pass (AD3). */
export type CredentialRule = 'either' | 'appSignFirst' | 'both';

/** What happens to sessions that AppSign admitted before Token was forced (AD5). */
export type OnForce =
  | { readonly mode: 'keep' }
  | { readonly mode: 'end' }
  | { readonly mode: 'endWithin'; readonly minutes: number };

/** The app's rules for admission, as the owner writes them. Every field has a value; defaults depend on origin (AD16). */
export interface Policy {
  readonly credentialRule: CredentialRule;
  /** Forced Token: only a token counts (AD5). */
  readonly forced: boolean;
  readonly onForce: OnForce;
  /** Longest life of a session admitted by AppSign, in seconds (AD5a). */
  readonly appSignMaxSessionSeconds: number;
  /** Whether an AppSign login may displace a session that a token proved (SE6a). */
  readonly appSignDisplaces: boolean;
  /** Same user elsewhere: the earlier session is kicked, or the newcomer refused (SE6). */
  readonly sameUser: 'kickEarlier' | 'rejectNew';
  /** Whether room and login bit of a privilege payload are checked (AD7). */
  readonly checkLogin: boolean;
  /** Whether publish bit and stream list are checked (AD7). */
  readonly checkPublish: boolean;
  /** What an empty room_id in a checked payload means (AD7). */
  readonly emptyRoomId: 'anyRoom' | 'refuse';
  /** Tokens without a payload where privileges are checked (AD7). */
  readonly basicTokens: 'allow' | 'refuse';
  readonly expiry: ExpiryMode;
  /** Longest life of a lapsed lease, in seconds; null = until the session leaves (SE4). */
  readonly softMaxSeconds: number | null;
  /** How much older a renewing token may be than the current one, in seconds (AD9). */
  readonly renewSkewSeconds: number;
  /** A longer token counts as ending there, counted from ctime; null = no bound (AD11). */
  readonly maxTokenLifetimeSeconds: number | null;
  /** Seconds a revoked session may go on before it is ended, to log in anew (AD11). */
  readonly reauthMarginSeconds: number;
  /** CBC tokens carry no MAC (TK12). Forcing Token never changes this. */
  readonly cbc: CbcRule;
  readonly cbcShape: CbcShape;
  /** Upper bound of members per room; null = as the first member asked (RM2). */
  readonly maxMembersPerRoom: number | null;
}
