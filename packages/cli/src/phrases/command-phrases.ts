/** What each command and group is for, and the words of the help, in English and Chinese (LK4). */
export const commandPhrases = {
  roomkey: ['Roomkey: access control for real-time audio and video.', 'Roomkey：实时音视频鉴权与迁移平台。'],
  appGroup: ['Apps, their AppSign and their server secrets.', '应用及其 AppSign、ServerSecret。'],
  appSecretGroup: [
    'Server secrets of an app: add, promote, retire.',
    '应用的 ServerSecret：添加、启用、停用。',
  ],
  appSignGroup: ['The AppSign of an app: suspend, resume, destroy.', '应用的 AppSign：暂停、恢复、销毁。'],
  tokenGroup: [
    'Tokens: open, look at, mint. Works offline, without a server.',
    'Token：解开、查看、生成。可离线使用，不需要服务器。',
  ],
  policyGroup: ["An app's rules for admission.", '应用的鉴权策略（policy）。'],
  sessionsGroup: ['Sessions that run now.', '当前在线的会话（session）。'],
  tryGroup: ['Try the door as a client.', '以客户端身份试用。'],

  up: [
    'Start a server with a database file and one demo app, for one machine.',
    '在本机启动一个服务器，带数据库文件和一个演示应用。',
  ],
  serve: ['Start the server.', '启动服务器。'],
  config: [
    'Show the resulting configuration and where each value came from.',
    '显示最终配置以及每个值的来源。',
  ],
  appCreate: ['Create a new app. It accepts Tokens only.', '新建应用。新应用只接受 Token。'],
  appImport: [
    'Bring an app along with its AppID, AppSign and server secrets. Either credential enters, as before.',
    '导入已有应用的 AppID、AppSign 和 ServerSecret。与之前一样，两种凭证均可登录。',
  ],
  appList: ['List the apps.', '列出应用。'],
  appShow: [
    'Show one app and its server secrets, never their bytes.',
    '显示一个应用及其 ServerSecret 的状态，不显示内容。',
  ],
  appSecretAdd: [
    'Add a server secret. It opens tokens from now on and seals none yet.',
    '添加 ServerSecret。即刻可用于解开 Token，暂不用于生成。',
  ],
  appSecretPromote: [
    'Take a server secret one step further: staged, verifying, primary.',
    '将 ServerSecret 推进一步：staged、verifying、primary。',
  ],
  appSecretRetire: [
    'Take a server secret out: from then on it opens nothing. Not the primary: promote another one first.',
    '停用 ServerSecret，此后不能解开任何 Token。primary 除外：请先启用另一个。',
  ],
  appSignSuspend: ['Suspend the AppSign. It can be resumed.', '暂停 AppSign，之后可以恢复。'],
  appSignResume: ['Resume a suspended AppSign.', '恢复已暂停的 AppSign。'],
  appSignDestroy: ['Destroy the AppSign. There is no way back.', '销毁 AppSign，无法恢复。'],
  tokenOpen: [
    'Open tokens with a server secret and check what they say.',
    '用 ServerSecret 解开 Token 并检查其内容。',
  ],
  tokenPeek: ['Read what can be read of a token without a secret.', '不使用密钥，读取 Token 的公开部分。'],
  tokenMint: [
    "Mint one token. For the vendor's cloud use --format 04-cbc: whether it accepts GCM is not verified by us.",
    '生成一个 Token。用于厂商云服务时请使用 --format 04-cbc：我们没有验证其是否接受 GCM。',
  ],
  policyShow: ["Show an app's policy.", '显示应用的鉴权策略。'],
  policySet: [
    'Change fields of the policy: forced=true, or a whole file. Shows beforehand which sessions it hits.',
    '修改策略字段，例如 forced=true，或使用整个文件。修改前会显示受影响的会话。',
  ],
  policyHistory: [
    'Show the versions of the policy: who, when, what.',
    '显示策略的历史版本：何人、何时、改了什么。',
  ],
  policyRestore: [
    'Bring an earlier version of the policy back, as a new version.',
    '将策略恢复到某个历史版本（生成新版本）。',
  ],
  sessionsList: ['List running sessions.', '列出当前会话。'],
  sessionsKick: ['End running sessions. They may log in again.', '踢出会话。对方可以重新登录。'],
  revoke: [
    'Revoke what was issued: a token, a user, a room, a session, a server secret, or all before an instant. Shows beforehand whom it hits.',
    '吊销已发放的凭证：Token、用户、房间、会话、ServerSecret，或某一时刻之前的全部。执行前会显示受影响者。',
  ],
  why: ['Say why somebody was refused, check by check.', '逐项说明某次登录被拒绝的原因。'],
  tryLogin: [
    'Log in to a room over a real connection and print what happens until it ends.',
    '通过真实连接登录房间，并持续输出事件直到结束。',
  ],

  usageTitle: ['Usage:', '用法：'],
  argumentsTitle: ['Arguments:', '参数：'],
  optionsTitle: ['Options:', '选项：'],
  commandsTitle: ['Commands:', '命令：'],
  usageOfGroup: ['<command> [options]', '<命令> [选项]'],
  usageOptions: ['[options]', '[选项]'],
} as const;
