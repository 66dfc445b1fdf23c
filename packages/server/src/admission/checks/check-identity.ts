import type { OpenedToken } from '../decision.ts';
import { hintForIds } from '../hints.ts';
import { type Finding, makeFinding } from '../trace.ts';

/** Whom a credential is presented for. */
export interface AdmissionSubject {
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  /** The session that is judged again or renewed; none at a login. */
  readonly sessionId?: string;
}

/** App, then user: before anything else a token says, and before the clock (AD3a). */
export function checkIdentity(token: OpenedToken, subject: AdmissionSubject): readonly Finding[] {
  const sameApp = token.appId === subject.appId;
  return [
    makeFinding('app', sameApp, 'tokenApp', {
      expected: String(subject.appId),
      got: String(token.appId),
      hint: sameApp ? undefined : 'app-other',
    }),
    makeFinding('user', token.userId === subject.userId, 'tokenUser', {
      expected: subject.userId,
      got: token.userId,
      hint: hintForIds('user', subject.userId, token.userId),
    }),
  ];
}
