import { isLoopback } from './address.ts';
import type { Config } from './config.ts';

/** What is known beside the configuration when a server is about to start. */
export interface StartFacts {
  /** `generated`: this start or an earlier one made it, in a file nobody named. */
  readonly masterKey: 'environment' | 'namedFile' | 'generated' | 'memory';
  readonly hasDemoApp: boolean;
}

/** Why a server must not start in production, and what to do about it (CF3). */
export interface StartProblem {
  readonly problem: string;
  readonly fix: string;
}

/** Everything that must not be so in production; nothing outside of it (CF3). */
export function findStartProblems(config: Config, facts: StartFacts): readonly StartProblem[] {
  if (!config.production) return [];
  const problems: StartProblem[] = [];
  if (facts.masterKey === 'generated') {
    problems.push({
      problem: 'The master key was generated into the data folder, where a copy of the data takes it along.',
      fix: 'Move it to a file of its own and set masterKeyFile, or give it in ROOMKEY_MASTER_KEY.',
    });
  }
  const isBehindTls = config.publicUrl?.startsWith('https:') === true && config.trustedProxies.length > 0;
  if (!isLoopback(config.host) && !isBehindTls) {
    problems.push({
      problem: `It would serve plain HTTP on ${config.host}, which is reachable from other machines.`,
      fix: 'Put a proxy with a certificate before it, set publicUrl to its https address and trustedProxies to its address; or listen on 127.0.0.1.',
    });
  }
  if (facts.hasDemoApp) {
    problems.push({
      problem: 'The demo app is in the database, and its secrets lie in files.',
      fix: 'Start with another dataDir, and make an app with app create or app import.',
    });
  }
  return problems;
}
