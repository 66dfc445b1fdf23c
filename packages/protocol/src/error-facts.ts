import type { CloseCode } from './close-codes.ts';

/** What a client does after a refusal: give up, ask for a new token, try at once, or try after a wait. */
export type ErrorRetry = 'never' | 'newToken' | 'now' | 'after';

/**
 * Where a row's number and meaning come from. `vendor`: both are in the vendor's published error list.
 * `vendorNumber`: the number is the vendor's, the narrower meaning is ours. `roomkey`: both are ours.
 */
export type ErrorSource = 'vendor' | 'vendorNumber' | 'roomkey';

/**
 * One row without its texts: number on the wire, HTTP status, what the client does, where it comes from,
 * the vendor's own name, and the code that closes the socket when this ends the whole connection (WS12).
 */
export type ErrorFacts = readonly [
  code: number,
  httpStatus: number,
  retry: ErrorRetry,
  source: ErrorSource,
  vendorName?: string | undefined,
  closeCode?: CloseCode,
];

/**
 * Every coded failure by its unique name, without texts, so that a page loads none of them (AD4).
 *
 * Several names may share one number: the vendor's list has one for "another fault of the token". The
 * first row of a number is its most general meaning. Numbers from 900000 up are ours, the vendor has none there.
 */
export const errorFacts = {
  // The credential (AD3, AD4, AD9)
  noToken: [1002067, 403, 'newToken', 'vendor', 'RoomNoToken'],
  appIdZero: [1001000, 400, 'never', 'vendor', 'AppidZero'],
  appSignInvalidLength: [1001001, 400, 'never', 'vendor', 'AppsignInvalidLength'],
  appSignInvalidCharacter: [1001002, 400, 'never', 'vendor', 'AppsignInvalidCharacter'],
  appSignMissing: [1001003, 403, 'never', 'vendor', 'AppsignNull'],
  appUnknown: [1001004, 404, 'never', 'vendor', 'AppidIncorrectOrNotOnline'],
  appSignIncorrect: [1001005, 403, 'never', 'vendor', 'AppsignIncorrect'],
  tokenUnopened: [1002033, 403, 'newToken', 'vendor', 'RoomErrorAuthenticationFailed'],
  tokenOther: [1002074, 403, 'newToken', 'vendor', 'RoomTokenInnerError'],
  revoked: [1002074, 403, 'newToken', 'vendorNumber', 'RoomTokenInnerError'],
  notYetValid: [1002074, 403, 'after', 'vendorNumber', 'RoomTokenInnerError'],
  otherRoom: [1002074, 403, 'newToken', 'vendorNumber', 'RoomTokenInnerError'],
  loginBitMissing: [1002074, 403, 'newToken', 'vendorNumber', 'RoomTokenInnerError'],
  basicTokenRefused: [1002074, 403, 'newToken', 'vendorNumber', 'RoomTokenInnerError'],
  wrongAudience: [1002074, 403, 'newToken', 'vendorNumber', 'RoomTokenInnerError'],
  staleToken: [1002074, 403, 'newToken', 'vendorNumber', 'RoomTokenInnerError'],
  tokenFormat: [1002075, 403, 'newToken', 'vendor', 'RoomTokenFormatError'],
  tokenApp: [1002076, 403, 'newToken', 'vendor', 'RoomTokenAppidError'],
  tokenUser: [1002077, 403, 'newToken', 'vendor', 'RoomTokenUseridError'],
  tokenExpired: [1002078, 403, 'newToken', 'vendor', 'RoomTokenExpireError'],
  leaseLapsed: [1002078, 403, 'newToken', 'vendorNumber', 'RoomTokenExpireError'],
  tokenVersion: [1002079, 403, 'newToken', 'vendor', 'RoomTokenVersionError'],
  tokenNonceType: [1002080, 403, 'newToken', 'vendor', 'RoomTokenNoncetypeError'],
  renewLosesPublish: [1002082, 403, 'newToken', 'vendor', 'RoomRenewTokenNoPublishAuthError'],

  // Entering and staying in a room (RM1, RM2, RM5, SE6, SE7)
  roomCountExceeded: [1002001, 409, 'never', 'vendor', 'RoomCountExceed'],
  notInRoom: [1002002, 409, 'never', 'vendor', 'RoomRoomidIncorrect'],
  userIdEmpty: [1002005, 400, 'never', 'vendor', 'RoomUserIdNull'],
  userIdInvalidCharacter: [1002006, 400, 'never', 'vendor', 'RoomUserIdInvalidCharacter'],
  userIdTooLong: [1002007, 400, 'never', 'vendor', 'RoomUserIdTooLong'],
  userNameEmpty: [1002008, 400, 'never', 'vendor', 'RoomUserNameNull'],
  userNameInvalidCharacter: [1002009, 400, 'never', 'vendor', 'RoomUserNameInvalidCharacter'],
  userNameTooLong: [1002010, 400, 'never', 'vendor', 'RoomUserNameTooLong'],
  roomIdEmpty: [1002011, 400, 'never', 'vendor', 'RoomRoomidNull'],
  roomIdInvalidCharacter: [1002012, 400, 'never', 'vendor', 'RoomRoomidInvalidCharacter'],
  roomIdTooLong: [1002013, 400, 'never', 'vendor', 'RoomRoomidTooLong'],
  roomExtraInfoKeyEmpty: [1002014, 400, 'never', 'vendor', 'RoomRoomExtraInfoKeyEmpty'],
  roomExtraInfoKeyTooLong: [1002015, 400, 'never', 'vendor', 'RoomRoomExtraInfoKeyTooLong'],
  roomExtraInfoValueTooLong: [1002016, 400, 'never', 'vendor', 'RoomRoomExtraInfoValueTooLong'],
  roomExtraInfoKeysExceeded: [1002017, 409, 'never', 'vendor', 'RoomRoomExtraInfoExceedKeys'],
  multiRoomOtherUser: [1002018, 409, 'never', 'vendor', 'RoomMultiRoomLoginUserNotSame'],
  switchRoomInMultiRoom: [1002019, 409, 'never', 'vendor', 'RoomMultiRoomSwtichRoomInvalid'],
  connectFailed: [1002030, 503, 'after', 'vendor', 'RoomErrorConnectFailed'],
  rulesUnsettled: [1002030, 503, 'after', 'vendorNumber', 'RoomErrorConnectFailed'],
  draining: [1002030, 503, 'after', 'vendorNumber', 'RoomErrorConnectFailed', 4503],
  loginTimeout: [1002031, 408, 'after', 'vendor', 'RoomErrorLoginTimeout', 4401],
  roomFull: [1002034, 409, 'after', 'vendor', 'RoomErrorExceedMaximumMember'],
  multiRoomNotOpen: [1002036, 403, 'never', 'vendor', 'RoomErrorLoginMultiRoomNotOpen'],
  multiRoomCountExceeded: [1002037, 409, 'never', 'vendor', 'RoomErrorMultiRoomExceedMaximumRoomCount'],
  resumeUnknown: [1002053, 410, 'newToken', 'vendorNumber', 'RoomRetryTimeout'],
  wrongSequence: [1002061, 409, 'never', 'vendorNumber', 'RoomWrongLoginSequence'],
  userForbidden: [1002066, 403, 'never', 'vendor', 'RoomUserInBlacklist'],
  userElsewhere: [1002086, 409, 'never', 'vendor', 'RoomRoomLoginOther'],

  // Ends of a session (SE4, SE6, AD5, AD11)
  kickedElsewhere: [1002050, 409, 'never', 'vendor', 'RoomKickedOut', 4409],
  kickedByServer: [1002055, 403, 'never', 'vendor', 'RoomManualKickedOut', 4403],
  kickedTokenExpired: [1002056, 403, 'newToken', 'vendor', 'RoomTokenExpiredKickedOut', 4410],
  kickedAppSignEnded: [1002056, 403, 'now', 'vendorNumber', 'RoomTokenExpiredKickedOut', 4410],
  sessionException: [1002057, 403, 'newToken', 'vendor', 'RoomSessionExceptionKickedOut', 4411],
  sessionRevoked: [1002057, 403, 'never', 'vendorNumber', 'RoomSessionExceptionKickedOut', 4411],
  resumeTicketReused: [1002057, 403, 'never', 'vendorNumber', 'RoomSessionExceptionKickedOut', 4411],
  endedByRules: [1002057, 403, 'newToken', 'vendorNumber', 'RoomSessionExceptionKickedOut', 4410],

  // Streams (RM1, RM3)
  streamIdTooLong: [1000014, 400, 'never', 'vendor', 'CommonStreamIdTooLong'],
  streamIdEmpty: [1000015, 400, 'never', 'vendor', 'CommonStreamIdNull'],
  streamIdInvalidCharacter: [1000016, 400, 'never', 'vendor', 'CommonStreamIdInvalidCharacter'],
  alreadyPublishing: [1003023, 409, 'never', 'vendor', 'PublisherErrorAlreadyDoPublish'],
  streamDuplicate: [1003028, 409, 'never', 'vendor', 'PublisherErrorRepetitivePublishStream'],
  streamExtraInfoEmpty: [1003050, 400, 'never', 'vendor', 'PublisherUpdateExtraInfoNull'],
  streamExtraInfoTooLong: [1003051, 400, 'never', 'vendor', 'PublisherUpdateExtraInfoTooLong'],
  streamExtraInfoFailed: [1003053, 409, 'now', 'vendor', 'PublisherUpdateExtraInfoFailed'],
  publishRefused: [1003072, 403, 'newToken', 'vendor', 'PublisherErrorDispatchAuthError'],
  streamNotExist: [1004002, 404, 'after', 'vendor', 'PlayerErrorStreamNotExist'],
  playRefused: [1004003, 403, 'newToken', 'vendor', 'PlayerErrorDispatchAuthError'],
  planeUnavailable: [1000010, 503, 'after', 'vendorNumber', 'CommonSdkNoModule'],

  // Messages (RM4)
  messageEmpty: [1009001, 400, 'never', 'vendor', 'IMContentNull'],
  messageTooLong: [1009002, 400, 'never', 'vendor', 'IMContentTooLong'],
  messageOtherRoom: [1009005, 409, 'never', 'vendor', 'IMInconsistentRoomId'],
  messageSendFailed: [1009010, 503, 'now', 'vendor', 'IMSendFailed'],
  broadcastTooFrequent: [1009015, 429, 'after', 'vendor', 'IMBroadcastMessageQpsOverload'],

  // Bounds and the shape of requests (WS2, WS3, WS15, AD10)
  notLoggedIn: [1000002, 409, 'never', 'vendor', 'CommonNotLoginRoom'],
  illegalParam: [1000017, 400, 'never', 'vendor', 'CommonIllegalParam'],
  unknownMessage: [1000017, 400, 'never', 'vendorNumber', 'CommonIllegalParam'],
  badFrame: [1000017, 400, 'never', 'vendorNumber', 'CommonIllegalParam', 4400],
  appCallsTooFrequent: [1002071, 429, 'after', 'vendor', 'AppCallApiTooFrequent'],
  roomCallsTooFrequent: [1002072, 429, 'after', 'vendor', 'RoomCallApiTooFrequent'],
  signallingTooFrequent: [1002073, 429, 'after', 'vendor', 'AppCallTooFrequent', 4429],
  tooManyFailures: [1002073, 429, 'after', 'vendorNumber', 'AppCallTooFrequent', 4429],
  tooManyRefusedLogins: [1002073, 429, 'never', 'vendorNumber', 'AppCallTooFrequent', 4403],
  internal: [1002099, 500, 'after', 'vendor', 'RoomInnerError', 4500],
  clientTooOld: [900001, 426, 'never', 'roomkey', undefined, 4400],
  originRefused: [900003, 403, 'never', 'roomkey'],
  protocolUnsupported: [900002, 400, 'never', 'roomkey', undefined, 4400],

  // The owner's HTTP API (API1, API2)
  unauthorized: [901001, 401, 'never', 'roomkey'],
  forbidden: [901002, 403, 'never', 'roomkey'],
  notFound: [901003, 404, 'never', 'roomkey'],
  versionConflict: [901004, 412, 'never', 'roomkey'],
  preconditionRequired: [901005, 428, 'never', 'roomkey'],
  idempotencyConflict: [901006, 409, 'never', 'roomkey'],
  validation: [901007, 400, 'never', 'roomkey'],
  unsupportedMedia: [901008, 415, 'never', 'roomkey'],
  tooLarge: [901009, 413, 'never', 'roomkey'],
  storageFull: [901010, 507, 'after', 'roomkey'],
  readOnly: [901011, 503, 'after', 'roomkey'],
  schemaNewer: [901012, 503, 'never', 'roomkey'],
  confirmMismatch: [901013, 409, 'never', 'roomkey'],
  alreadyExists: [901014, 409, 'never', 'roomkey'],
  wrongState: [901015, 409, 'never', 'roomkey'],
  reasonRequired: [901016, 400, 'never', 'roomkey'],
  apiTooFrequent: [901017, 429, 'after', 'roomkey'],
} as const satisfies Record<string, ErrorFacts>;

/** The unique name of a coded failure: what the wire carries beside the number. */
export type RoomkeyErrorName = keyof typeof errorFacts;

/** A number of the error table, as the wire carries it and the vendor's SDKs would show it. */
export type RoomkeyErrorCode = (typeof errorFacts)[RoomkeyErrorName][0];

/** Whether a name that came over the wire is one of ours: a newer server may send names this build does not know. */
export function isErrorName(name: string): name is RoomkeyErrorName {
  return Object.hasOwn(errorFacts, name);
}
