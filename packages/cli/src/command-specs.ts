import type { CommandSpec } from './command-spec.ts';
import { appSignDestroy, appSignResume, appSignSuspend } from './commands/app-appsign.ts';
import { appCreate } from './commands/app-create.ts';
import { appImport } from './commands/app-import.ts';
import { appList } from './commands/app-list.ts';
import { appSecretAdd } from './commands/app-secret-add.ts';
import { appSecretPromote, appSecretRetire } from './commands/app-secret-state.ts';
import { appShow } from './commands/app-show.ts';
import { config } from './commands/config.ts';
import { policyHistory } from './commands/policy-history.ts';
import { policyRestore } from './commands/policy-restore.ts';
import { policySet } from './commands/policy-set.ts';
import { policyShow } from './commands/policy-show.ts';
import { revoke } from './commands/revoke.ts';
import { serve, up } from './commands/serve.ts';
import { sessionsKick } from './commands/sessions-kick.ts';
import { sessionsList } from './commands/sessions-list.ts';
import { tokenMint } from './commands/token-mint.ts';
import { tokenOpen } from './commands/token-open.ts';
import { tokenPeek } from './commands/token-peek.ts';
import { tryLogin } from './commands/try-login.ts';
import { why } from './commands/why.ts';

/** Every command, in the order of the help. */
export const commandSpecs: readonly CommandSpec[] = [
  up,
  serve,
  config,
  appCreate,
  appImport,
  appList,
  appShow,
  appSecretAdd,
  appSecretPromote,
  appSecretRetire,
  appSignSuspend,
  appSignResume,
  appSignDestroy,
  tokenOpen,
  tokenPeek,
  tokenMint,
  policyShow,
  policySet,
  policyHistory,
  policyRestore,
  sessionsList,
  sessionsKick,
  revoke,
  why,
  tryLogin,
];
