import { masterKeyVariable } from './parse-config.ts';

/**
 * Takes the master key's text out of an environment, so that no child and no dump of the process finds it there (SC3).
 * The one function of config that changes what it is given.
 */
export function takeMasterKeyText(environment: Record<string, string | undefined>): string | undefined {
  const text = environment[masterKeyVariable];
  delete environment[masterKeyVariable];
  return text === '' ? undefined : text;
}
