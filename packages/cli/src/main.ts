#!/usr/bin/env node
import { runRoomkey } from './run-roomkey.ts';
import { createTerminal } from './terminal.ts';

// A reader that has seen enough (`| head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// Loaded only when asked for, so that `token …` starts without the server.
const terminal = createTerminal(process, async () => (await import('./run-server.ts')).serverDoor);
process.exitCode = await runRoomkey(process.argv.slice(2), terminal);
