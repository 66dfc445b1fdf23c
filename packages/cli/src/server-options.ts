import type { OptionSpec } from './command-spec.ts';

/** How every command that talks to a running server finds it (CLI2a). */
export const serverOptions: readonly OptionSpec[] = [
  { flags: '--data <dir>', text: 'dataOption' },
  { flags: '--server <url>', text: 'serverOption' },
  { flags: '--api-key-file <file>', text: 'apiKeyFileOption' },
];

/** Largest AppID: uint32. */
export const maxAppId = 4_294_967_295;

/** The app a command is about. */
export const appOption: OptionSpec = { flags: '--app <id>', text: 'appIdOption', required: true };
