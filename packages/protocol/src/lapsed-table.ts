import type { RoomkeyErrorName } from './error-facts.ts';

/** Everything a session may try, as far as the end of its lease matters (SE4). */
export type SessionAction = keyof typeof lapsedTable;

/**
 * What a lapsed session gets: `allowed`, or the name it is refused with. `readOnly` and `closed` are states of a plane,
 * `freshToken` means allowed only with a token that admits it anew in the same call.
 */
export type LapsedVerdict =
  | { readonly verdict: 'allowed' }
  | { readonly verdict: 'refused'; readonly error: RoomkeyErrorName }
  | { readonly verdict: 'readOnly' }
  | { readonly verdict: 'closed' }
  | { readonly verdict: 'freshToken'; readonly error: RoomkeyErrorName };

/**
 * What a session may do while its lease is lapsed under soft expiry (SE4): it may receive, keep what runs, renew and
 * leave; it may start nothing new. `redialWithin60s` is a dial of what ran before, within a minute after a cut.
 */
export const lapsedTable = {
  receiveEvents: { verdict: 'allowed' },
  keepRunningStreams: { verdict: 'allowed' },
  redialWithin60s: { verdict: 'allowed' },
  renew: { verdict: 'allowed' },
  logout: { verdict: 'allowed' },
  unpublish: { verdict: 'allowed' },
  stopPlay: { verdict: 'allowed' },
  snapshot: { verdict: 'allowed' },
  challenge: { verdict: 'allowed' },
  ping: { verdict: 'allowed' },
  publish: { verdict: 'refused', error: 'publishRefused' },
  play: { verdict: 'refused', error: 'playRefused' },
  planeTicket: { verdict: 'refused', error: 'leaseLapsed' },
  firstDialWithOlderTicket: { verdict: 'refused', error: 'leaseLapsed' },
  sendBroadcast: { verdict: 'refused', error: 'leaseLapsed' },
  sendBarrage: { verdict: 'refused', error: 'leaseLapsed' },
  sendCommand: { verdict: 'refused', error: 'leaseLapsed' },
  setRoomExtraInfo: { verdict: 'refused', error: 'leaseLapsed' },
  setStreamExtraInfo: { verdict: 'refused', error: 'leaseLapsed' },
  switchRoom: { verdict: 'refused', error: 'leaseLapsed' },
  boardWrite: { verdict: 'readOnly' },
  filesOpen: { verdict: 'closed' },
  resume: { verdict: 'freshToken', error: 'tokenExpired' },
} as const satisfies Record<string, LapsedVerdict>;
