#!/usr/bin/env node
import { runRoomkey } from './run-roomkey.ts';
import { createTerminal } from './terminal.ts';

// A reader that has seen enough (`| head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await runRoomkey(process.argv.slice(2), createTerminal(process));
