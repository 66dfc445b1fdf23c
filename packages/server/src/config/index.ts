/**
 * config: what an operator may set, where it may be set, and what must not be so in production. Owns the settings with
 * their defaults, the schema of `roomkey.config.json`, and how a client's address is read behind proxies.
 *
 * It reads no file and no environment by itself: whoever starts the server hands in texts. The master key never becomes
 * a value of the configuration.
 * Rules: CF1, CF2, CF3, CF4.
 */
export {
  addressKeyOf,
  clientAddress,
  type ForwardedRequest,
  isLoopback,
  parseTrustedProxies,
  type TrustedProxies,
} from './address.ts';
export { type Config, defaultConfig, type TightenedLimit } from './config.ts';
export { type ConfigField, configFields, configJsonSchema } from './config-fields.ts';
export {
  type ConfigLine,
  type ConfigOrigin,
  type ConfigProblem,
  type ConfigSources,
  describeConfig,
  describeConfigProblem,
  masterKeyVariable,
  type ParsedConfig,
  parseConfig,
} from './parse-config.ts';
export { publicHostsOf } from './public-hosts.ts';
export { findStartProblems, type StartFacts, type StartProblem } from './start-problems.ts';
export { takeMasterKeyText } from './take-master-key.ts';
