/** A bucket: at most `count` in `perMs` milliseconds. */
export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}

/**
 * The bounds of the wire, of ids, of messages and of waiting. Sizes end in `Bytes` and count UTF-8 bytes,
 * durations end in `Ms`. `…MaxBytes` is the longest that is accepted.
 */
export const limits = {
  // Frames (WS1, WS2, WS3)
  frameBytes: 16 * 1024,
  jsonDepth: 8,
  helloWithinMs: 5_000,
  loginWithinMs: 10_000,
  refusedLoginsPerConnection: 3,
  unadmittedPerAddress: 200,
  unadmittedQueueBytes: 16 * 1024,
  badFramesInARow: 5,
  challengeValidMs: 60_000,

  // What a detached session finds again (WS7)
  roomRingEvents: 256,
  roomRingBytes: 64 * 1024,
  keptCommands: 64,
  keptCommandBytes: 16 * 1024,

  // Back-pressure and presence (WS11, WS15, RM2, RM6)
  sendBudgetBytes: 1024 * 1024,
  presenceFrameIntervalMs: 250,
  listedMembers: 500,
  onlineCountIntervalMs: 30_000,
  streamChangesPerSecond: 2,

  // Sessions (SE1, SE3, SE4, SE7, RM3, RM5)
  pingIntervalMs: 30_000,
  deadAfterMs: 100_000,
  resumeWindowNativeMs: 20 * 60_000,
  resumeWindowWebMs: 5 * 60_000,
  resumeTicketOverlapMs: 60_000,
  warnBeforeEndMs: 30_000,
  lastWarnBeforeEndMs: 10_000,
  lapsedRedialMs: 60_000,
  claimDialWithinMs: 10_000,
  roomsPerConnection: 5,

  // Ids and texts (RM1, RM4); the vendor refuses at 128, 64, 256 and 256 bytes
  roomIdMaxBytes: 127,
  userIdMaxBytes: 63,
  userNameMaxBytes: 255,
  streamIdMaxBytes: 255,
  tokenMaxCharacters: 8192,
  messageMaxBytes: 1024,
  commandMaxBytes: 1024,
  messagesPerFrame: 50,
  roomExtraInfoKeyMaxBytes: 127,
  roomExtraInfoValueMaxBytes: 127,
  roomExtraInfoKeys: 1,
  streamExtraInfoMaxBytes: 1024,
} as const;

/** The buckets of one session, one per verb; publish and unpublish share theirs (WS15). Sent in `welcome`. */
export const sessionRates = {
  renew: { count: 6, perMs: 60_000 },
  publish: { count: 10, perMs: 10_000 },
  play: { count: 30, perMs: 10_000 },
  planeTicket: { count: 10, perMs: 60_000 },
  snapshot: { count: 6, perMs: 60_000 },
  switchRoom: { count: 10, perMs: 60_000 },
  ping: { count: 1, perMs: 1_000 },
} as const satisfies Record<string, RateLimit>;

/** The buckets of messages; over one, the request is refused by its code and the socket stays open (RM4). */
export const messageRates = {
  broadcastPerRoom: { count: 10, perMs: 1_000 },
  broadcastPerUser: { count: 2, perMs: 1_000 },
  barragePerRoom: { count: 20, perMs: 1_000 },
  commandToOne: { count: 200, perMs: 1_000 },
  commandToMany: { count: 10, perMs: 1_000 },
  roomExtraInfo: { count: 10, perMs: 1_000 },
} as const satisfies Record<string, RateLimit>;

/** Refused renewals, resumes, switches and tickets a session may have before it must wait (AD10). */
export const refusalRate: RateLimit = { count: 5, perMs: 60_000 };
