/** Texts of the credential's failures: what happened, why, what to do, in English and in Chinese (LK5). */
export const credentialTexts = {
  noToken: [
    'The login was refused because it carried no Token that counts: it had neither an AppSign nor a Token, or this app accepts Tokens only. Get a Token from your app server and log in with it.',
    '登录被拒绝，因为没有携带可用的 Token：既没有 AppSign 也没有 Token，或该应用只接受 Token。请从开发者服务端获取 Token 后重新登录。',
  ],
  appIdZero: [
    'The AppID is 0, which names no app. Pass the AppID of your app when the engine is created.',
    'AppID 为 0，不对应任何应用。请在创建引擎时传入正确的 AppID。',
  ],
  appSignInvalidLength: [
    'The AppSign has the wrong length: it must be exactly 64 characters. Copy it again from the console, without spaces or quotes.',
    'AppSign 长度不正确，必须正好是 64 个字符。请从控制台重新复制，不要带空格或引号。',
  ],
  appSignInvalidCharacter: [
    'The AppSign holds a character that cannot be there: only 0-9 and a-f are allowed. Copy it again from the console.',
    'AppSign 含有非法字符，只允许 0-9 和 a-f。请从控制台重新复制。',
  ],
  appSignMissing: [
    'The login was refused because the AppSign is missing and this app asks for an AppSign and a Token together. Pass the AppSign when the engine is created, or change the policy of the app.',
    '登录被拒绝，因为缺少 AppSign，而该应用要求同时提供 AppSign 和 Token。请在创建引擎时传入 AppSign，或修改该应用的鉴权策略。',
  ],
  appUnknown: [
    'No app with this AppID exists on this server. Check the AppID and the server address.',
    '该服务器上不存在此 AppID 对应的应用。请检查 AppID 和服务器地址。',
  ],
  appSignIncorrect: [
    'The AppSign was refused because its proof does not match this app: the AppSign belongs to another app, is no longer active, or the proof was made for another server. Check AppID, AppSign and server address, or log in with a Token.',
    'AppSign 校验未通过：它属于其他应用、已停用，或校验数据是为其他服务器生成的。请检查 AppID、AppSign 和服务器地址，或改用 Token 登录。',
  ],
  tokenUnopened: [
    'The Token was refused because no active key of this app opens it: it was sealed with another server secret, or it was damaged on the way. Check the AppID and the server secret used by your app server, then get a new Token.',
    'Token 被拒绝，因为该应用的有效密钥都无法解开它：它由其他 ServerSecret 生成，或在传输中损坏。请检查开发者服务端使用的 AppID 和 ServerSecret，然后重新获取 Token。',
  ],
  tokenOther: [
    'The Token was opened but refused by a rule of this app. Give the diagnosis id to the owner of the app, who can see the rule, and get a new Token.',
    'Token 已解开，但不符合该应用的某项规则。请把诊断码交给应用负责人查看具体规则，并重新获取 Token。',
  ],
  revoked: [
    'The Token was refused because it has been revoked. Get a new Token from your app server, if this user may still enter.',
    'Token 被拒绝，因为它已被吊销。如果该用户仍可进入，请从开发者服务端重新获取 Token。',
  ],
  notYetValid: [
    'The Token was refused because its creation time lies ahead of the server clock: the clock of your app server is fast. Correct that clock, or wait and try again.',
    'Token 尚未生效，因为其创建时间晚于服务器时间，通常是开发者服务端的时钟偏快。请校准时钟，或稍后重试。',
  ],
  otherRoom: [
    'The Token was refused because it was made for another room. Get a Token for the room you enter.',
    'Token 被拒绝，因为它是为其他房间生成的。请获取与所登录房间一致的 Token。',
  ],
  loginBitMissing: [
    'The Token was refused because it does not grant the privilege to log in to a room. Get a Token whose payload sets privilege 1 to 1.',
    'Token 被拒绝，因为其中没有登录房间的权限。请获取权限位 1 为 1 的 Token。',
  ],
  basicTokenRefused: [
    'The Token was refused because it is a basic token and this app accepts privilege tokens only. Let your app server add the payload with room and privileges.',
    'Token 被拒绝，因为它是基础鉴权 Token，而该应用只接受权限认证 Token。请在开发者服务端生成 Token 时加入包含房间和权限的 payload。',
  ],
  wrongAudience: [
    'The Token was refused because it was not made for this plane. Get a Token whose audience names it.',
    'Token 被拒绝，因为它不适用于该业务面。请获取 aud 中包含该业务面的 Token。',
  ],
  staleToken: [
    'The renewal was refused because this Token is older than the one already in use. The session keeps the newer one. Get a new Token from your app server.',
    'Token 更新被拒绝，因为新传入的 Token 比正在使用的更旧，会话继续使用原来的 Token。请从开发者服务端重新获取 Token。',
  ],
  tokenFormat: [
    'The Token was refused because it is not well formed: it was cut, re-encoded, is too long, or its payload is not JSON. Pass the Token exactly as your app server made it.',
    'Token 格式不正确：可能被截断、被重新编码、过长，或 payload 不是 JSON。请原样传入开发者服务端生成的 Token。',
  ],
  tokenApp: [
    'The Token was refused because it names another app. Use the AppID and the server secret of the same app when the Token is made.',
    'Token 被拒绝，因为其中的 AppID 与登录的应用不一致。请使用同一应用的 AppID 和 ServerSecret 生成 Token。',
  ],
  tokenUser: [
    'The Token was refused because it names another user. Get a Token for the user id that logs in.',
    'Token 被拒绝，因为其中的用户 ID 与登录的用户 ID 不一致。请为当前登录的用户 ID 获取 Token。',
  ],
  tokenExpired: [
    'The Token was refused because it has expired. Get a new Token from your app server and try again.',
    'Token 已过期。请从开发者服务端重新获取 Token 后再试。',
  ],
  leaseLapsed: [
    'The request was refused because the Token of this session has expired and was not renewed. Renew it with a new Token, then try again.',
    '请求被拒绝，因为该会话的 Token 已过期且未更新。请先用新的 Token 更新，然后重试。',
  ],
  tokenVersion: [
    'The Token was refused because it does not begin with 03 or 04. Pass a Token of one of these versions, unchanged and without spaces in front.',
    'Token 版本不正确，必须以 03 或 04 开头。请原样传入 Token，前面不要有空格。',
  ],
  tokenNonceType: [
    'The Token was refused because its nonce is not a whole number of the right size. Update the Token generator of your app server.',
    'Token 中的 nonce 不是符合范围的整数。请更新开发者服务端的 Token 生成器。',
  ],
  renewLosesPublish: [
    'The renewal was refused because the session is publishing and the new Token does not grant publishing. The old Token stays in use. Stop publishing first, or get a Token with the publish privilege.',
    'Token 更新被拒绝，因为会话正在推流，而新 Token 没有推流权限，会话继续使用原来的 Token。请先停止推流，或获取带推流权限的 Token。',
  ],
} as const satisfies Record<string, readonly [en: string, zh: string]>;
