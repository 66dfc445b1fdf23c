import type { Config } from './config.ts';

/**
 * The hosts that an AppSign proof may be bound to (AD2), lower case as in a Host header: those of `publicHosts`, else
 * the listening address, `localhost` and `[::1]` with the port, and the host of `publicUrl`.
 */
export function publicHostsOf(config: Config, listeningPort: number): readonly string[] {
  if (config.publicHosts.length > 0) return config.publicHosts;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const local = [host, 'localhost', '[::1]'].map((name) => `${name.toLowerCase()}:${listeningPort}`);
  if (config.publicUrl === null) return [...new Set(local)];
  const { host: named, hostname, protocol } = new URL(config.publicUrl);
  // A client that writes the usual port out sends it in some stacks and leaves it out in others.
  const usual = protocol === 'https:' ? '443' : '80';
  const dialled = named === hostname ? [named, `${hostname}:${usual}`] : [named];
  return [...new Set([...local, ...dialled])];
}
