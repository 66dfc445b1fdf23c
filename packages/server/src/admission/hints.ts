import type { Check } from './decision.ts';

/** A hint in the languages of the console. */
export interface HintText {
  readonly en: string;
  readonly zh: string;
}

/** The stable id of a hint. */
export type HintId =
  | 'app-other'
  | 'appsign-ignored'
  | 'appsign-revoked'
  | 'cbc-denied'
  | 'issued-before-clock'
  | 'issuer-clock-ahead'
  | 'lifetime-capped'
  | 'room-blank'
  | 'room-case'
  | 'room-empty'
  | 'user-blank'
  | 'user-case';

/**
 * What to look at after a refusal, by a stable id: the nearest miss, in two languages (AD13).
 *
 * Only what needs no key, or tokens that opened, have hints: a hint about a token that did not open would say
 * something about its seal (TK13).
 */
export const hintTexts: Readonly<Record<HintId, HintText>> = {
  'app-other': {
    en: 'The token was made for another app. Compare the app id on your app server with the one the client uses.',
    zh: 'Token 属于另一个应用。请核对开发者服务端与客户端使用的 AppID 是否一致。',
  },
  'appsign-ignored': {
    en: 'Token is forced: AppSign is not looked at. The client must send a token.',
    zh: '已开启强制 Token 鉴权，AppSign 不再生效，客户端必须携带 Token。',
  },
  'appsign-revoked': {
    en: 'This user id was revoked, so AppSign does not admit it for a while. A fresh token does.',
    zh: '该用户 ID 已被吊销，一段时间内不能用 AppSign 登录；使用新的 Token 可以登录。',
  },
  'cbc-denied': {
    en: 'The policy refuses CBC tokens. Let the issuer seal with GCM, or set cbc to allow.',
    zh: '当前鉴权策略拒绝 CBC 格式的 Token。请让 Token 生成器改用 GCM，或把 cbc 设为 allow。',
  },
  'issued-before-clock': {
    en: 'Everything issued before an instant was revoked, and by its ctime this fresh token lies before it. The clock of the issuer, or the allowance for fast ones, is why: a token made a little later passes.',
    zh: '某一时刻之前签发的 Token 已全部吊销，而这个新 Token 的 ctime 早于该时刻。原因是签发服务器的时钟，或为偏快时钟预留的余量：稍后签发的 Token 即可通过。',
  },
  'issuer-clock-ahead': {
    en: 'The ctime of the token lies in the future: the clock of your app server runs ahead.',
    zh: 'Token 的 ctime 在未来：开发者服务端的时钟偏快。',
  },
  'lifetime-capped': {
    en: 'The token lives longer than the policy allows and counts as ending earlier, counted from its ctime.',
    zh: 'Token 的有效期超过鉴权策略上限，按 ctime 加上限提前到期。',
  },
  'room-blank': {
    en: 'The room ids differ only by blanks.',
    zh: '房间 ID 仅空白字符不同。',
  },
  'room-case': {
    en: 'The room ids differ only by upper and lower case.',
    zh: '房间 ID 仅大小写不同。',
  },
  'room-empty': {
    en: 'The payload names no room, and the policy takes that for a refusal.',
    zh: 'payload 未指定房间，而鉴权策略不接受空的 room_id。',
  },
  'user-blank': {
    en: 'The user ids differ only by blanks, such as a trailing space.',
    zh: '用户 ID 仅空白字符不同（例如末尾多了空格）。',
  },
  'user-case': {
    en: 'The user ids differ only by upper and lower case.',
    zh: '用户 ID 仅大小写不同。',
  },
};

/** The hint of the first check that failed, if it has one: what "why" shows first (AD13). */
export function findHint(trace: readonly Check[]): HintId | undefined {
  const hint = trace.find((row) => row.verdict === 'fail')?.hint;
  return hint !== undefined && isHintId(hint) ? hint : undefined;
}

/** How two ids that should be equal differ, when they nearly are. */
export function hintForIds(kind: 'user' | 'room', expected: string, got: string): HintId | undefined {
  if (expected === got) return undefined;
  if (withoutBlanks(expected) === withoutBlanks(got)) return `${kind}-blank`;
  return expected.toLowerCase() === got.toLowerCase() ? `${kind}-case` : undefined;
}

function withoutBlanks(id: string): string {
  return id.replaceAll(/\s/g, '');
}

function isHintId(hint: string): hint is HintId {
  return Object.hasOwn(hintTexts, hint);
}
