/** Texts of streams, messages, bounds and the owner's API, in English and in Chinese (LK5). */
export const requestTexts = {
  streamIdTooLong: [
    'The stream id is too long. It must be under 256 bytes; shorten it.',
    '流 ID 过长，必须小于 256 字节。请缩短流 ID。',
  ],
  streamIdEmpty: [
    'The stream id is empty. Pass a stream id of 1 to 255 bytes.',
    '流 ID 为空。请传入 1 到 255 字节的流 ID。',
  ],
  streamIdInvalidCharacter: [
    'The stream id holds a character that is not allowed. Use letters, digits, hyphen and underscore only.',
    '流 ID 含有不允许的字符。请只使用英文字母、数字、连字符和下划线。',
  ],
  alreadyPublishing: [
    'Publishing was refused because this session already publishes that stream. Stop it first, or use another stream id.',
    '推流被拒绝，因为当前会话已在推该流。请先停止推流，或使用其他流 ID。',
  ],
  streamDuplicate: [
    'Publishing was refused because somebody in this app already publishes a stream with that id. Use another stream id.',
    '推流被拒绝，因为该应用中已有人使用同一流 ID 推流。请使用其他流 ID。',
  ],
  streamExtraInfoEmpty: [
    'The extra info of the stream is empty. Pass a text of 1 to 1024 bytes.',
    '流附加信息为空。请传入 1 到 1024 字节的文本。',
  ],
  streamExtraInfoTooLong: [
    'The extra info of the stream is too long. It may have 1024 bytes; shorten it.',
    '流附加信息过长，最多 1024 字节。请缩短内容。',
  ],
  streamExtraInfoFailed: [
    'The extra info was not changed because the stream is not published by this session at this moment. Publish it, then try again.',
    '流附加信息更新失败，因为当前会话此刻没有推该流。请先推流，然后重试。',
  ],
  publishRefused: [
    'Publishing was refused because the Token has expired, does not grant publishing, or does not list this stream. Get a Token with that privilege, renew, then publish again.',
    '推流被拒绝，因为 Token 已过期、没有推流权限，或不包含该流 ID。请获取带相应权限的 Token 并更新，然后重新推流。',
  ],
  streamNotExist: [
    'The stream cannot be played because nobody in the room publishes it. Wait until the room lists it, or check the stream id.',
    '无法拉流，因为房间中没有人推该流。请等待房间列出该流，或检查流 ID。',
  ],
  playRefused: [
    'Playing was refused because the Token has expired or does not grant it. Get a new Token, renew, then play again.',
    '拉流被拒绝，因为 Token 已过期或没有相应权限。请获取新的 Token 并更新，然后重新拉流。',
  ],
  planeUnavailable: [
    'The request was refused because this server does not offer that plane at this moment. Try again later, or ask the operator whether it is switched on.',
    '请求被拒绝，因为该服务器此刻不提供该业务面。请稍后重试，或联系运维人员确认是否已开启。',
  ],
  messageEmpty: [
    'The message was not sent because it is empty. Pass a text of 1 to 1024 bytes.',
    '消息未发送，因为内容为空。请传入 1 到 1024 字节的文本。',
  ],
  messageTooLong: [
    'The message was not sent because it is too long. It may have 1024 bytes; shorten or split it.',
    '消息未发送，因为内容过长，最多 1024 字节。请缩短或拆分消息。',
  ],
  messageOtherRoom: [
    'The message was not sent because it names a room this session is not in. Pass the id of the room you are in.',
    '消息未发送，因为指定的房间不是当前会话所在的房间。请传入当前所在房间的 ID。',
  ],
  messageSendFailed: [
    'The message was not sent because the server could not pass it on. Nothing was delivered; send it again.',
    '消息未发送，因为服务器无法转发，没有任何人收到。请重新发送。',
  ],
  broadcastTooFrequent: [
    'The broadcast was not sent because this user or this room sends too many. Wait for the stated time, then send again; a user may send 2 a second.',
    '广播消息未发送，因为该用户或该房间发送过于频繁。请等待提示的时间后再发，每个用户每秒最多 2 条。',
  ],
  notLoggedIn: [
    'The request was refused because no room has been entered on this connection. Log in first.',
    '请求被拒绝，因为当前连接尚未登录房间。请先登录房间。',
  ],
  illegalParam: [
    'The request was refused because a field is missing, has the wrong type or is out of range. Correct the parameters.',
    '请求被拒绝，因为有字段缺失、类型不正确或超出范围。请更正参数。',
  ],
  unknownMessage: [
    'The request was refused because this server does not know its kind. The server is older than the client, or the name is misspelt; check both versions.',
    '请求被拒绝，因为服务器不认识该消息类型，可能是服务器版本低于客户端，或名称有误。请检查两端版本。',
  ],
  badFrame: [
    'The frame was refused because it is not one JSON object within the limits of size and depth. Correct the client.',
    '数据帧被拒绝，因为它不是符合大小和深度限制的单个 JSON 对象。请修正客户端。',
  ],
  appCallsTooFrequent: [
    'The request was refused because this app calls it too often. Wait for the stated time, then try again.',
    '请求被拒绝，因为该应用调用过于频繁。请等待提示的时间后重试。',
  ],
  roomCallsTooFrequent: [
    'The request was refused because it is called too often in this room. Wait for the stated time, then try again.',
    '请求被拒绝，因为在该房间中调用过于频繁。请等待提示的时间后重试。',
  ],
  signallingTooFrequent: [
    'The connection was closed because it kept sending requests far over the limit. Wait before connecting again, and look for a loop in the client.',
    '连接已关闭，因为请求频率持续远超限制。请等待后再连接，并检查客户端是否存在循环调用。',
  ],
  tooManyFailures: [
    'The request was refused because too many attempts from here have failed. Wait for the stated time, then try with a correct credential.',
    '请求被拒绝，因为来自这里的失败次数过多。请等待提示的时间后，使用正确的凭证重试。',
  ],
  tooManyRefusedLogins: [
    'The connection was closed because its logins were refused three times. Correct the credential before connecting again; trying the same one does not help.',
    '连接已关闭，因为登录已被拒绝三次。请更正凭证后再连接，用同一凭证重试没有作用。',
  ],
  internal: [
    'The request failed because of a fault in the server, which has recorded it. Try again after a short wait, and give the diagnosis id to the operator if it stays.',
    '请求失败，因为服务器内部出错，故障已记录。请稍后重试，如仍失败，请把诊断码交给运维人员。',
  ],
  clientTooOld: [
    'The connection was refused because this client is older than the server supports. Update the application.',
    '连接被拒绝，因为客户端版本过旧，服务器已不支持。请更新应用。',
  ],
  originRefused: [
    'The login was refused because this app does not take connections from the page it came from. Add the origin of the page to the app, or open the page from a listed one.',
    '登录被拒绝，因为该应用不接受来自此页面来源的连接。请将页面来源加入应用的来源列表，或改用已列出的来源。',
  ],
  protocolUnsupported: [
    'The connection was refused because this server does not speak the protocol version of the client. Update the server, or use an older client.',
    '连接被拒绝，因为服务器不支持客户端的协议版本。请升级服务器，或使用较旧的客户端。',
  ],
  unauthorized: [
    'The call was refused because it has no valid API key. Send a key of this server in the Authorization header.',
    '调用被拒绝，因为没有有效的 API 密钥。请在 Authorization 请求头中携带该服务器的密钥。',
  ],
  forbidden: [
    'The call was refused because the API key lacks the scope it needs. Use a key with that scope.',
    '调用被拒绝，因为该 API 密钥没有所需的权限范围。请使用具备该权限的密钥。',
  ],
  notFound: [
    'Nothing was found under this address, or the key is not bound to that app. Check the ids and the key.',
    '该地址下没有找到内容，或密钥未绑定该应用。请检查 ID 和密钥。',
  ],
  versionConflict: [
    'The change was refused because somebody changed the same thing in between. Read it again, then make your change on the new version.',
    '修改被拒绝，因为期间已有人修改了同一内容。请重新读取，然后在新版本上修改。',
  ],
  preconditionRequired: [
    'The change was refused because it does not say which version it changes. Send the ETag you have read as If-Match.',
    '修改被拒绝，因为没有说明所修改的版本。请把读取到的 ETag 放在 If-Match 请求头中。',
  ],
  idempotencyConflict: [
    'The call was refused because its Idempotency-Key was already used for another call. Use a new key for a new call.',
    '调用被拒绝，因为该 Idempotency-Key 已用于另一个调用。请为新的调用使用新的键。',
  ],
  validation: [
    'The call was refused because its parameters break the rules that are listed with it. Correct each of them.',
    '调用被拒绝，因为参数不符合所列规则。请逐项更正。',
  ],
  unsupportedMedia: [
    'The call was refused because its content type is not supported. Send JSON with the content type application/json.',
    '调用被拒绝，因为不支持该内容类型。请以 application/json 类型发送 JSON。',
  ],
  tooLarge: [
    'The call was refused because its body is larger than allowed. Send less at once.',
    '调用被拒绝，因为请求体超出允许的大小。请减少单次发送的内容。',
  ],
  storageFull: [
    'The change was not saved because the storage of the server is full. Free space on the server, then try again.',
    '修改未保存，因为服务器存储空间已满。请清理服务器空间后重试。',
  ],
  readOnly: [
    'The change was not saved because the server accepts no writes at this moment. Wait and try again, or ask the operator.',
    '修改未保存，因为服务器此刻不接受写入。请稍后重试，或联系运维人员。',
  ],
  schemaNewer: [
    'The server cannot work with its database because a newer version of Roomkey wrote it. Start that version, or restore a backup.',
    '服务器无法使用当前数据库，因为它由更新版本的 Roomkey 写入。请启动该版本，或恢复备份。',
  ],
  confirmMismatch: [
    'Nothing was changed because the confirmation does not match what would happen now. Look at the preview again, then confirm its number.',
    '未做任何修改，因为确认内容与当前将发生的结果不一致。请重新查看预览，然后确认其中的数字。',
  ],
  alreadyExists: [
    'Nothing was created because something with this id is already there. Use another id, or change the existing one.',
    '未创建任何内容，因为该 ID 已存在。请使用其他 ID，或修改已有内容。',
  ],
  wrongState: [
    'The step was refused because it is not possible from the present state. Read the state, then choose a step it allows.',
    '操作被拒绝，因为当前状态不允许该步骤。请先查看状态，再选择允许的步骤。',
  ],
  reasonRequired: [
    'The step was refused because it may lock users out and no reason was given. Give a reason, which is kept in the audit.',
    '操作被拒绝，因为它可能使用户无法进入，而没有填写原因。请填写原因，原因会写入审计记录。',
  ],
  apiTooFrequent: [
    'The call was refused because this key calls too often. Wait for the stated time, then try again.',
    '调用被拒绝，因为该密钥调用过于频繁。请等待提示的时间后重试。',
  ],
} as const satisfies Record<string, readonly [en: string, zh: string]>;
