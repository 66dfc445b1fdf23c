import type { CommandCall } from './command-call.ts';
import type { Terminal } from './terminal.ts';

const firstAfterMs = 1_000;
const nextAfterMs = 10_000;

/** Says what is awaited and for how long, on standard error, once it takes more than a second (CLI3). */
export async function withProgress<Result>(
  call: CommandCall,
  what: () => string,
  work: () => Promise<Result>,
): Promise<Result> {
  const stop = startProgress(call.terminal, what);
  try {
    return await work();
  } finally {
    stop();
  }
}

// On a terminal one line moves every second; elsewhere a line after one second, then every ten.
function startProgress(terminal: Terminal, what: () => string): () => void {
  const begunMs = terminal.nowMs();
  let shown = false;
  const show = (): void => {
    const seconds = Math.round((terminal.nowMs() - begunMs) / 1_000);
    const text = `${what()} … ${seconds} s`;
    terminal.stderr.write(terminal.progressLine ? `\r\u001b[K${text}` : `${text}\n`);
    shown = true;
  };
  let timer = setTimeout(() => {
    show();
    timer = setInterval(show, terminal.progressLine ? firstAfterMs : nextAfterMs);
    timer.unref();
  }, firstAfterMs);
  timer.unref();
  return () => {
    clearTimeout(timer);
    if (shown && terminal.progressLine) terminal.stderr.write('\r\u001b[K');
  };
}
