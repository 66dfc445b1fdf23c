/**
 * The Roomkey access server: `createAccessServer` starts one from a configuration. Everything else here is what its
 * options and answers are made of.
 */
export { MasterKeyUnusable } from '#apps';
export {
  type Config,
  type ConfigLine,
  configJsonSchema,
  defaultConfig,
  describeConfig,
  describeConfigProblem,
  type ParsedConfig,
  parseConfig,
  takeMasterKeyText,
} from '#config';
export { RoomkeyError } from '#kernel';
export { type AccessServer, type AccessServerOptions, createAccessServer } from './create-access-server.ts';
export { DataDirInUse, demoAppName, StartRefused } from './open-stores.ts';
