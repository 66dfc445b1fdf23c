/** Texts of rooms and of the ends of sessions, in English and in Chinese (LK5). */
export const roomTexts = {
  roomCountExceeded: [
    'The login was refused because this connection is already in that room, or in as many rooms as it may be. Log out of a room first.',
    '登录被拒绝，因为当前连接已在该房间中，或已达到可同时登录的房间数。请先退出一个房间。',
  ],
  notInRoom: [
    'The request was refused because this session is not in the room it names. Log in to that room first, or correct the room id.',
    '请求被拒绝，因为当前会话不在所指定的房间中。请先登录该房间，或更正房间 ID。',
  ],
  userIdEmpty: [
    'The user id is empty. Pass a user id of 1 to 63 bytes.',
    '用户 ID 为空。请传入 1 到 63 字节的用户 ID。',
  ],
  userIdInvalidCharacter: [
    'The user id holds a character that is not allowed. Use digits, letters and the listed punctuation only.',
    '用户 ID 含有不允许的字符。请只使用数字、英文字母和文档列出的符号。',
  ],
  userIdTooLong: [
    'The user id is too long. It must be under 64 bytes; shorten it.',
    '用户 ID 过长，必须小于 64 字节。请缩短用户 ID。',
  ],
  userNameEmpty: [
    'The user name is empty. Pass a name of 1 to 255 bytes, or leave it out so that the user id is used.',
    '用户名为空。请传入 1 到 255 字节的用户名，或不传而使用用户 ID 作为用户名。',
  ],
  userNameInvalidCharacter: [
    'The user name holds a control character or is not valid Unicode. Remove that character.',
    '用户名含有控制字符或不是有效的 Unicode 文本。请去掉这些字符。',
  ],
  userNameTooLong: [
    'The user name is too long. It must be under 256 bytes; shorten it.',
    '用户名过长，必须小于 256 字节。请缩短用户名。',
  ],
  roomIdEmpty: [
    'The room id is empty. Pass a room id of 1 to 127 bytes.',
    '房间 ID 为空。请传入 1 到 127 字节的房间 ID。',
  ],
  roomIdInvalidCharacter: [
    'The room id holds a character that is not allowed. Use digits, letters and the listed punctuation only.',
    '房间 ID 含有不允许的字符。请只使用数字、英文字母和文档列出的符号。',
  ],
  roomIdTooLong: [
    'The room id is too long. It must be under 128 bytes; shorten it.',
    '房间 ID 过长，必须小于 128 字节。请缩短房间 ID。',
  ],
  roomExtraInfoKeyEmpty: [
    'The key of the room extra info is empty. Pass a key of 1 to 127 bytes.',
    '房间附加消息的 key 为空。请传入 1 到 127 字节的 key。',
  ],
  roomExtraInfoKeyTooLong: [
    'The key of the room extra info is too long. It must be under 128 bytes; shorten it.',
    '房间附加消息的 key 过长，必须小于 128 字节。请缩短 key。',
  ],
  roomExtraInfoValueTooLong: [
    'The value of the room extra info is too long. It must be under 128 bytes; shorten it.',
    '房间附加消息的 value 过长，必须小于 128 字节。请缩短 value。',
  ],
  roomExtraInfoKeysExceeded: [
    'The room extra info was refused because the room already has another key, and one is the limit. Set the existing key.',
    '房间附加消息设置失败，因为房间中已有另一个 key，而上限是 1 个。请修改已有的 key。',
  ],
  multiRoomOtherUser: [
    'The login was refused because this connection is in a room as another user. Use the same user in all its rooms.',
    '登录被拒绝，因为当前连接已以其他用户身份登录房间。请在所有房间使用同一个用户。',
  ],
  switchRoomInMultiRoom: [
    'The switch was refused because the session is in several rooms. Log out of the others first, or log in to the new room and log out of the old one.',
    '切换房间被拒绝，因为当前登录了多个房间。请先退出其他房间，或直接登录新房间再退出旧房间。',
  ],
  connectFailed: [
    'The room could not be entered because the server could not be reached. Check the network and the server address; the client tries again by itself.',
    '登录房间失败，因为无法连接到服务器。请检查网络和服务器地址，客户端会自动重试。',
  ],
  rulesUnsettled: [
    'The login could not be decided because the server is not sure of its rules or its clock at this moment. Nothing is wrong with the credential. Wait and try again.',
    '暂时无法完成准入判定，因为服务器此刻无法确认鉴权策略或时钟，与凭证无关。请稍后重试。',
  ],
  draining: [
    'The server is shutting down and admits nobody new. The client connects again to another server after a short wait.',
    '服务器正在停机，不再接受新的登录。客户端会在短暂等待后连接其他服务器。',
  ],
  loginTimeout: [
    'The connection was closed because no login followed in time. Check that the client logs in right after it connects, then try again.',
    '连接已关闭，因为没有在规定时间内登录。请确认客户端连接后立即登录，然后重试。',
  ],
  roomFull: [
    'The login was refused because the room has as many members as it may. Wait until somebody leaves, or raise the limit set by the first member.',
    '登录被拒绝，因为房间人数已达上限。请等待有人退出，或提高由第一个登录者设置的上限。',
  ],
  multiRoomNotOpen: [
    'The login was refused because several rooms at once are not enabled for this app. Log out of the first room, or let the owner enable it.',
    '登录被拒绝，因为该应用未开启多房间。请先退出当前房间，或由应用负责人开启多房间。',
  ],
  multiRoomCountExceeded: [
    'The login was refused because this connection is in as many rooms as it may be. Log out of one first.',
    '登录被拒绝，因为当前连接登录的房间数已达上限。请先退出一个房间。',
  ],
  resumeUnknown: [
    'The session could not be resumed because the server no longer knows it: it was away too long, or the server was restarted. The client logs in afresh.',
    '会话无法恢复，因为服务器已没有该会话：离线时间过长，或服务器已重启。客户端会重新登录。',
  ],
  wrongSequence: [
    'The request was refused because it came out of order: hello first, then login or resume. Correct the order of the calls.',
    '请求被拒绝，因为调用顺序不正确：应先发送 hello，再登录或恢复会话。请更正调用顺序。',
  ],
  userForbidden: [
    'The login was refused because the owner has forbidden this user, room or address. Ask the owner of the app to lift the rule.',
    '登录被拒绝，因为应用负责人已禁止该用户、房间或地址。请联系应用负责人解除限制。',
  ],
  userElsewhere: [
    'The login was refused because this user id is already in use on another connection, which may not be displaced. Leave there first, or use another user id.',
    '登录被拒绝，因为该用户 ID 已在另一个连接上使用，且不能被顶替。请先在那里退出，或使用其他用户 ID。',
  ],
  kickedElsewhere: [
    'This session was ended because the same user id logged in elsewhere. Use one user id for each person and device.',
    '会话已结束，因为同一用户 ID 在其他地方登录。请为每个人和每台设备使用不同的用户 ID。',
  ],
  kickedByServer: [
    'This session was ended because the owner of the app removed this user from the room. Ask the owner before entering again.',
    '会话已结束，因为应用负责人把该用户踢出房间。再次进入前请联系应用负责人。',
  ],
  kickedTokenExpired: [
    'This session was ended because its Token expired and was not renewed. Get a new Token and log in again; renew when the warning comes, 30 seconds before the end.',
    '会话已结束，因为 Token 已过期且未更新。请获取新的 Token 后重新登录，今后请在到期前 30 秒收到提醒时更新 Token。',
  ],
  kickedAppSignEnded: [
    'This session was ended because a session admitted by AppSign may last only so long. Log in again, best with a Token, which can be renewed.',
    '会话已结束，因为通过 AppSign 登录的会话有最长时限。请重新登录，建议使用可以更新的 Token。',
  ],
  sessionException: [
    'This session was ended by the server because it was no longer consistent. Log in again with a new Token.',
    '会话已被服务器结束，因为会话状态异常。请使用新的 Token 重新登录。',
  ],
  sessionRevoked: [
    'This session was ended because its right to be here was revoked. Ask the owner of the app before entering again.',
    '会话已结束，因为其准入资格已被吊销。再次进入前请联系应用负责人。',
  ],
  resumeTicketReused: [
    'This session was ended because an old resume ticket was used again, which means that somebody may have copied it. Log in again.',
    '会话已结束，因为旧的恢复凭证被再次使用，可能已被他人复制。请重新登录。',
  ],
  endedByRules: [
    'This session was ended because the rules of the app changed and no longer admit it. Get a new Token and log in again.',
    '会话已结束，因为应用的鉴权策略已变更，该会话不再符合要求。请获取新的 Token 后重新登录。',
  ],
} as const satisfies Record<string, readonly [en: string, zh: string]>;
