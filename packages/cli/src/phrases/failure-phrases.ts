/** What can go wrong at the terminal: what happened, why, what to do (LK5). No text quotes a secret or a token. */
export const failurePhrases = {
  optionNeeded: ['{option} is needed.', '缺少 {option}。'],
  optionNumber: [
    '{option} must be a whole number from {min} to {max}.',
    '{option} 必须是 {min} 到 {max} 之间的整数。',
  ],
  optionChoice: ['{option} must be one of: {allowed}.', '{option} 必须是以下之一：{allowed}。'],
  unknownOption: ['There is no option {what}.', '没有选项 {what}。'],
  unknownCommand: ['There is no command {what}.', '没有命令 {what}。'],
  missingArgument: ['The argument {what} is missing.', '缺少参数 {what}。'],
  optionWithoutValue: ['{what} needs a value.', '{what} 需要一个值。'],
  excessArguments: ['There are more arguments than this command takes.', '参数过多。'],
  noCommand: ['No command was given.', '没有给出命令。'],
  usageNext: ['Add --help to see what can be typed.', '加上 --help 查看用法。'],
  unexpected: [
    'A fault of this program stopped the command. Please report it with the line below.',
    '程序出现缺陷，命令已中止。请附上下面一行进行反馈。',
  ],
  diagnosisLine: ['Diagnosis {id}', '诊断码 {id}'],

  fileUnreadable: ['The file {file} cannot be read ({reason}).', '无法读取文件 {file}（{reason}）。'],
  fileTooLarge: [
    'The file {file} is larger than {bytes} bytes: it is not what is expected here.',
    '文件 {file} 超过 {bytes} 字节，不是所需的文件。',
  ],
  secretLength: [
    'The server secret in {file} is {bytes} bytes long; it must be exactly 32.',
    '{file} 中的 ServerSecret 为 {bytes} 字节，必须正好是 32 字节。',
  ],
  secretLengthNext: [
    'Copy it again from the console of your app. An AppSign has 64 characters and is no server secret.',
    '请从应用控制台重新复制。AppSign 有 64 个字符，不是 ServerSecret。',
  ],
  secretNewline: [
    'The newline at the end of {file} was not taken as part of the secret.',
    '{file} 末尾的换行不计入密钥。',
  ],
  secretEndsInNewline: [
    'The last of the 32 bytes in {file} is a newline and counts as part of the secret.',
    '{file} 的 32 个字节以换行结尾，该换行计入密钥。',
  ],
  noSecret: ['No server secret was given.', '没有提供 ServerSecret。'],
  noSecretNext: [
    'Give --secret-file with a file, --secret-file - for standard input, or set ROOMKEY_SECRET.',
    '请使用 --secret-file 指定文件，--secret-file - 从标准输入读取，或设置 ROOMKEY_SECRET。',
  ],
  tooManyKeys: [
    '{count} server secrets were given; at most 4 can be tried.',
    '提供了 {count} 个 ServerSecret，最多 4 个。',
  ],
  sameKeyId: ['Two server secrets have the same id.', '两个 ServerSecret 的 ID 相同。'],
  sameKeyIdNext: ['Name each: --secret-file id=file.', '请分别命名：--secret-file id=文件。'],
  stdinTwice: ['Standard input can be read for one thing only.', '标准输入只能用于读取一项内容。'],
  noTokens: ['No token was given.', '没有提供 Token。'],
  noTokensNext: [
    'Give tokens as arguments, or one a line on standard input.',
    '请将 Token 作为参数，或从标准输入逐行提供。',
  ],
  temporaryAlone: [
    '--temporary makes a basic token04 for 24 hours; it takes no lifetime, room, privileges or token03.',
    '--temporary 生成有效期 24 小时的基础鉴权 Token04，不能同时指定有效期、房间、权限或 token03。',
  ],
  noPrivilegeBit: [
    'A token with a room, streams or planes needs a privilege: --login, --publish or both.',
    '限定房间、流或业务面的 Token 需要权限位：--login、--publish 或两者。',
  ],
  token03NeedsRoom: [
    'A token03 names a room and privileges: give --room, and --login, --publish or both.',
    'token03 必须包含房间和权限：请指定 --room，以及 --login、--publish 或两者。',
  ],
  token03NoStreams: ['A token03 cannot name streams or planes.', 'token03 不能限定流或业务面。'],
  mintRefused: ['The token was not made, because of its arguments:', '参数有误，未生成 Token：'],

  wsInTheClear: [
    'A token or an AppSign proof would cross the network unencrypted: use https, or a server on this machine.',
    'Token 或 AppSign 校验数据将以明文通过网络传输：请使用 https，或连接本机服务器。',
  ],
  configurationRefused: ['The configuration cannot be used:', '配置有误：'],
  startRefused: ['The server must not start like this in production:', '生产环境下不能这样启动服务器：'],
  dataFolderInUse: [
    'Another server is using the data directory {folder}.',
    '另一个服务器正在使用数据目录 {folder}。',
  ],
  alreadyRunning: [
    'A server is running on the data directory {folder} already: {url}, process {pid}.',
    '数据目录 {folder} 上已有服务器在运行：{url}，进程 {pid}。',
  ],
  alreadyRunningNext: [
    'Use it, stop it first, or start this one with another --data.',
    '请直接使用它，或先停止它，或用 --data 另选目录启动。',
  ],
  cannotListen: [
    'Nothing can listen on {host} port {port} ({reason}).',
    '无法监听 {host} 的端口 {port}（{reason}）。',
  ],
  cannotListenNext: [
    'Another program may hold the port: stop it, or choose one with --port. Port 0 takes any free one.',
    '端口可能已被其他程序占用：请停止该程序，或用 --port 另选端口。端口 0 表示任意空闲端口。',
  ],
  dataFolderUnusable: [
    'The data directory {folder} cannot be used ({reason}).',
    '数据目录 {folder} 无法使用（{reason}）。',
  ],
  startFailed: ['The server could not be started:', '服务器无法启动：'],
  apiKeyForm: ['The API key file holds no API key.', 'API 密钥文件中没有有效的 API 密钥。'],
  serverAddressForm: [
    'The server address must look like http://127.0.0.1:7080 or 127.0.0.1:7080.',
    '服务器地址应形如 http://127.0.0.1:7080 或 127.0.0.1:7080。',
  ],
  notRunning: [
    'No server is running on the data directory {folder}.',
    '数据目录 {folder} 上没有正在运行的服务器。',
  ],
  notRunningNext: [
    'Start one with: roomkey up. Or name one with --server and --api-key-file, or its directory with --data.',
    '请用 roomkey up 启动，或用 --server 和 --api-key-file 指定服务器，或用 --data 指定其数据目录。',
  ],
  noAnswer: ['No server answers at {url} ({reason}).', '{url} 没有响应（{reason}）。'],
  notAServer: [
    'What answers there is no Roomkey server (HTTP {status}).',
    '该地址上不是 Roomkey 服务器（HTTP {status}）。',
  ],
  confirmMismatch: [
    'Nothing was changed: {hits} sessions would be hit, which is not the number that was confirmed.',
    '未做任何修改：将影响 {hits} 个会话，与确认的数字不一致。',
  ],
  confirmationNeeded: [
    'Nothing was changed: this hits {hits} running sessions or cannot be taken back, and was not confirmed.',
    '未做任何修改：该操作影响 {hits} 个在线会话或无法撤销，且未经确认。',
  ],
  confirmationNext: [
    'Add --yes, or --confirm {hits} to do it only while the number stays so.',
    '请加上 --yes，或加上 --confirm {hits} 以便仅在该数字不变时执行。',
  ],
  appSignForm: [
    'The AppSign in {file} must be 64 hexadecimal characters.',
    '{file} 中的 AppSign 必须是 64 个十六进制字符。',
  ],
  policyPairForm: [
    'Fields are given as name=value, for example forced=true.',
    '字段写作 名称=值，例如 forced=true。',
  ],
  policyNothing: ['No field of the policy was given.', '没有给出要修改的策略字段。'],
  policyFileForm: ['The file {file} must hold one JSON object.', '文件 {file} 必须是一个 JSON 对象。'],
  policyUnknown: ['The policy has no such field:', '策略中没有这样的字段：'],
  selectionNeeded: [
    'Say which sessions: --user, --room, --session, or several of them.',
    '请指定会话：--user、--room、--session，可同时使用。',
  ],
  oneTargetNeeded: [
    'Say what to revoke, one of: --user, --room, --session, --token-file, --digest, --secret, --issued-before.',
    '请指定要吊销的对象，以下之一：--user、--room、--session、--token-file、--digest、--secret、--issued-before。',
  ],
  instantForm: [
    '{option} must be Unix seconds, an ISO 8601 instant such as 2026-01-31T08:00:00Z, or now.',
    '{option} 必须是 Unix 秒、ISO 8601 时刻（例如 2026-01-31T08:00:00Z）或 now。',
  ],
  tokenNotOpened: [
    'The token was not opened by the server secret given, so it cannot be named. Revoke the user instead, or everything issued before an instant.',
    '所给 ServerSecret 无法解开该 Token，因此无法指明。可改为吊销用户，或吊销某一时刻之前发放的全部凭证。',
  ],
  digestForm: ['--digest must be 64 hexadecimal characters.', '--digest 必须是 64 个十六进制字符。'],
  diagnosisUnknown: [
    'No app of this key knows the diagnosis {id}. It is kept for 7 days.',
    '该密钥可访问的应用中没有诊断码 {id}。诊断记录保留 7 天。',
  ],
} as const;
