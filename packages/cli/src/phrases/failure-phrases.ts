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
  fileExists: ['The file {file} is there already and is not overwritten.', '文件 {file} 已存在，不会覆盖。'],
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
} as const;
