import type { CommandSpec } from './command-spec.ts';
import { tokenMint } from './commands/token-mint.ts';
import { tokenOpen } from './commands/token-open.ts';
import { tokenPeek } from './commands/token-peek.ts';

/** Every command, in the order of the help. */
export const commandSpecs: readonly CommandSpec[] = [tokenOpen, tokenPeek, tokenMint];
