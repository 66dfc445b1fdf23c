import { streamDeleteReasons } from '@roomkey/protocol';
import type { EndCause, EndMeaning } from './session.ts';

const { userStopped, heartbeatTimeout, loggedInElsewhere, kicked, connectionLost } = streamDeleteReasons;

/** What each cause of an end means on the wire (SE4, SE6, SE7a, AD5a, AD11). `rules`: see `meaningOf`. */
export const endMeanings: Readonly<Record<EndCause['cause'], EndMeaning>> = {
  logout: { kicked: undefined, close: 'normal', streams: userStopped },
  switchRoom: { kicked: undefined, close: 'normal', streams: userStopped },
  leaseEnded: { kicked: 'kickedTokenExpired', close: 'leaseEnded', streams: kicked },
  lapsedTooLong: { kicked: 'kickedTokenExpired', close: 'leaseEnded', streams: kicked },
  appSignEnded: { kicked: 'kickedAppSignEnded', close: 'leaseEnded', streams: kicked },
  displaced: { kicked: 'kickedElsewhere', close: 'replaced', streams: loggedInElsewhere },
  kicked: { kicked: 'kickedByServer', close: 'refused', streams: kicked },
  revoked: { kicked: 'sessionRevoked', close: 'revoked', streams: kicked },
  rules: { kicked: 'endedByRules', close: 'leaseEnded', streams: kicked },
  timeout: { kicked: undefined, close: 'idle', streams: heartbeatTimeout },
  resumeTicketReused: { kicked: 'resumeTicketReused', close: 'revoked', streams: kicked },
  draining: { kicked: undefined, close: 'draining', streams: connectionLost },
  internal: { kicked: 'internal', close: 'internal', streams: connectionLost },
};

/** What this end means on the wire: one judged by changed rules says with which error they refuse it (SE10). */
export function meaningOf(cause: EndCause): EndMeaning {
  const meaning = endMeanings[cause.cause];
  return cause.cause === 'rules' ? { ...meaning, kicked: cause.error } : meaning;
}
