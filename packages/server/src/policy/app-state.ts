import type { OpenedApp } from '#apps';
import type { UnixMillis } from '#kernel';
import type { AppRules, RulesVersion } from './app-rules.ts';
import type { ForbidRules } from './forbid-rules.ts';
import type { Policy } from './policy.ts';
import type { RevocationIndex } from './revocation-index.ts';

/** What the store holds of one app: its rules, and what the next rules are made from. */
export interface AppState {
  readonly opened: OpenedApp;
  readonly policy: Policy;
  readonly policyVersion: number;
  readonly candidate: Policy | undefined;
  readonly candidateVersion: number | null;
  /** The highest number any policy of the app has, active or candidate. */
  readonly lastPolicyVersion: number;
  readonly index: RevocationIndex;
  readonly forbids: ForbidRules;
  readonly version: RulesVersion;
  readonly changedAt: UnixMillis;
  readonly rules: AppRules;
}

/** Everything of a state but the rules, which follow from it. */
export type StateParts = Omit<AppState, 'rules'>;

/** Makes the immutable snapshot that decisions are made by (CL2). */
export function toAppState(parts: StateParts): AppState {
  const { opened, forbids } = parts;
  const rules: AppRules = Object.freeze({
    appId: opened.app.appId,
    version: parts.version,
    app: opened.app,
    policy: parts.policy,
    policyVersion: parts.policyVersion,
    candidate: parts.candidate,
    keys: opened.keys,
    revocations: parts.index.view(parts.version),
    findForbid: forbids.find,
    changedAt: parts.changedAt,
  });
  return { ...parts, rules };
}
