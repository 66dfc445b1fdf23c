import { type ParseError, parse as parseJsonc, printParseErrorCode } from 'jsonc-parser';
import { nearestName } from '#kernel';
import type { Config } from './config.ts';
import { type ConfigField, configFields } from './config-fields.ts';

/** Where a value came from; later ones win (CF1). */
export type ConfigOrigin = 'default' | 'file' | 'environment' | 'flag';

/** What a configuration is put together from. */
export interface ConfigSources {
  /** The text of `roomkey.config.json`, if there is one: JSON with comments and trailing commas. */
  readonly fileText?: string;
  /** Only names that begin with `ROOMKEY_`, and `NODE_ENV`, are looked at. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Flags by name without the dashes: `port`, `data-dir`. A flag without a value is `true`. */
  readonly flags?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** One thing that is wrong with a configuration (CF2). Holds no value. */
export interface ConfigProblem {
  /** `port in the file`, `ROOMKEY_PORT`, `--port`. */
  readonly path: string;
  readonly allowed: string;
  readonly nearest?: string;
}

/** A configuration with where each value came from, or everything that is wrong. */
export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      /** By path: `port`, `limits.listedMembers`. */
      readonly origins: ReadonlyMap<string, ConfigOrigin>;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** One line of `roomkey config`. */
export interface ConfigLine {
  readonly path: string;
  readonly value: string;
  readonly origin: ConfigOrigin | 'not set';
}

/** The master key is read apart and never becomes a value of the configuration (SC3). */
export const masterKeyVariable = 'ROOMKEY_MASTER_KEY';

// Read by the command line and by the test run, whose children inherit them; no settings of the server.
const otherVariables = [
  'ROOMKEY_API_KEY',
  'ROOMKEY_CONFIG',
  'ROOMKEY_COUNT_FILE',
  'ROOMKEY_LANG',
  'ROOMKEY_SECRET',
  'ROOMKEY_URL',
];

/**
 * Puts a configuration together: defaults, then the file, then `ROOMKEY_*`, then flags (CF1). `NODE_ENV=production`
 * sets `production` as an environment variable would, unless `ROOMKEY_PRODUCTION` says otherwise.
 *
 * Pure. Unknown names are refused, and all problems are told at once (CF2).
 */
export function parseConfig(sources: ConfigSources): ParsedConfig {
  const values = new Map<string, unknown>(configFields.map((field) => [field.path, field.defaultValue]));
  const origins = new Map<string, ConfigOrigin>(configFields.map((field) => [field.path, 'default']));
  const layers = [readFile(sources.fileText), readEnvironment(sources.environment), readFlags(sources.flags)];
  for (const { origin, given } of layers) {
    for (const [path, value] of given) {
      values.set(path, value);
      origins.set(path, origin);
    }
  }
  const problems = layers.flatMap((layer) => layer.problems);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, config: toConfig(values), origins };
}

/** Every value as people may see it, with where it came from; secrets are masked (CF1). */
export function describeConfig(
  parsed: Extract<ParsedConfig, { ok: true }>,
  hasMasterKey: boolean,
): readonly ConfigLine[] {
  const { limits, ...others } = parsed.config;
  const values = new Map<string, unknown>([
    ...Object.entries(others),
    ...Object.entries(limits).map(([name, value]) => [`limits.${name}`, value] as const),
  ]);
  const lines = configFields.map(({ path }): ConfigLine => {
    return { path, value: JSON.stringify(values.get(path)), origin: parsed.origins.get(path) ?? 'default' };
  });
  const masked = {
    value: hasMasterKey ? '(hidden)' : '',
    origin: hasMasterKey ? 'environment' : 'not set',
  } as const;
  return [...lines, { path: masterKeyVariable, ...masked }];
}

/** A problem as one line. */
export function describeConfigProblem({ path, allowed, nearest }: ConfigProblem): string {
  return `${path}: ${allowed}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

interface Layer {
  readonly origin: ConfigOrigin;
  readonly given: ReadonlyMap<string, unknown>;
  readonly problems: readonly ConfigProblem[];
}

interface Given {
  /** How the problem names the place. */
  readonly place: string;
  readonly field: ConfigField | undefined;
  readonly value: unknown;
  /** The name as it was said, and those that are known there. */
  readonly name: string;
  readonly known: readonly string[];
}

function readFile(fileText: string | undefined): Layer {
  if (fileText === undefined) return toLayer('file', []);
  const faults: ParseError[] = [];
  const root: unknown = parseJsonc(fileText, faults, { allowTrailingComma: true });
  const [fault] = faults;
  if (fault !== undefined) {
    const line = fileText.slice(0, fault.offset).split('\n').length;
    const why = printParseErrorCode(fault.error);
    return {
      ...toLayer('file', []),
      problems: [{ path: `line ${line} of the file`, allowed: `JSON (${why})` }],
    };
  }
  const paths = configFields.map(({ path }) => path);
  const given = flatten(root).map(({ path, value }): Given => {
    const field = configFields.find((each) => each.path === path);
    return { place: `${path} in the file`, field, value, name: path, known: [...paths, 'limits'] };
  });
  return toLayer('file', given);
}

/** The values of the file by path; one level deep, under `limits` two. */
function flatten(root: unknown): readonly { readonly path: string; readonly value: unknown }[] {
  if (!isPlainObject(root)) return [{ path: 'the whole', value: root }];
  return Object.entries(root).flatMap(([name, value]) => {
    if (name === '$schema') return [];
    if (name !== 'limits' || !isPlainObject(value)) return [{ path: name, value }];
    return Object.entries(value).map(([inner, bound]) => ({ path: `limits.${inner}`, value: bound }));
  });
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readEnvironment(environment: ConfigSources['environment'] = {}): Layer {
  const known = [...configFields.map(({ variable }) => variable), masterKeyVariable, ...otherVariables];
  const said = Object.entries(environment).flatMap(([name, text]): Given[] => {
    if (!name.startsWith('ROOMKEY_') || text === undefined) return [];
    if (name === masterKeyVariable || otherVariables.includes(name)) return [];
    const field = configFields.find(({ variable }) => variable === name);
    return [{ place: name, field, value: field?.fromText(text), name, known }];
  });
  const production = configFields.find(({ path }) => path === 'production');
  const isSaid = said.some(({ field }) => field === production);
  if (environment['NODE_ENV'] !== 'production' || isSaid) return toLayer('environment', said);
  const byNode = { place: 'NODE_ENV', field: production, value: true, name: 'NODE_ENV', known };
  return toLayer('environment', [...said, byNode]);
}

function readFlags(flags: ConfigSources['flags'] = {}): Layer {
  const known = configFields.map(({ flag }) => flag);
  const given = Object.entries(flags).flatMap(([name, value]): Given[] => {
    if (value === undefined) return [];
    const field = configFields.find(({ flag }) => flag === name);
    return [{ place: `--${name}`, field, value: field?.fromText(String(value)), name, known }];
  });
  return toLayer('flag', given);
}

function toLayer(origin: ConfigOrigin, all: readonly Given[]): Layer {
  const problems = all.flatMap((given) => problemOf(given) ?? []);
  const values = all.flatMap(({ field, value }) =>
    field === undefined ? [] : [[field.path, value] as const],
  );
  return { origin, given: new Map(values), problems };
}

const longestShown = 64;

function problemOf({ place, field, value, name, known }: Given): ConfigProblem | undefined {
  if (field !== undefined) {
    return field.isValid(value) ? undefined : { path: place, allowed: field.allowed };
  }
  const nearest = nearestName(name, known);
  const shown = place.slice(0, longestShown);
  return { path: shown, allowed: 'no such setting', ...(nearest === undefined ? {} : { nearest }) };
}

function toConfig(values: ReadonlyMap<string, unknown>): Config {
  const entries = [...values].filter(([path]) => !path.startsWith('limits.'));
  const bounds = [...values].flatMap(([path, value]) =>
    path.startsWith('limits.') ? [[path.slice('limits.'.length), value] as const] : [],
  );
  // Each value was checked against the schema of its field.
  return { ...Object.fromEntries(entries), limits: Object.fromEntries(bounds) } as unknown as Config;
}
