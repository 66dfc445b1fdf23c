import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { parseTrustedProxies } from './address.ts';
import { defaultConfig, tightenedLimits } from './config.ts';

/** One setting: where it stands, what may stand there, and how its text in the environment or a flag is read. */
export interface ConfigField {
  /** `port`, `limits.listedMembers`. */
  readonly path: string;
  /** `ROOMKEY_PORT`. */
  readonly variable: string;
  /** `port` for `--port`. */
  readonly flag: string;
  /** What may stand there, for people. */
  readonly allowed: string;
  readonly schema: TSchema;
  readonly defaultValue: unknown;
  isValid(value: unknown): boolean;
  /** What a text means; undefined when it means nothing. */
  fromText(text: string): unknown;
}

type Kind = 'text' | 'number' | 'switch' | 'list';

interface FieldFacts {
  readonly kind: Kind;
  readonly allowed: string;
  readonly schema: TSchema;
  readonly check?: (value: unknown) => boolean;
}

const text = (allowed: string, check?: (value: unknown) => boolean): FieldFacts => ({
  kind: 'text',
  allowed,
  schema: Type.String({ minLength: 1, maxLength: 1_024, description: allowed }),
  ...(check === undefined ? {} : { check }),
});

const wholeNumber = (minimum: number, maximum: number, what: string): FieldFacts => ({
  kind: 'number',
  allowed: `a whole number from ${minimum} to ${maximum}${what === '' ? '' : ` (${what})`}`,
  schema: Type.Integer({ minimum, maximum, description: what }),
});

const list = (allowed: string, check: (item: string) => boolean): FieldFacts => ({
  kind: 'list',
  allowed,
  schema: Type.Array(Type.String({ maxLength: 255 }), { maxItems: 256, description: allowed }),
  check: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && check(item)),
});

const orNull = (facts: FieldFacts): FieldFacts => ({
  ...facts,
  allowed: `${facts.allowed}, or null`,
  schema: Type.Union([facts.schema, Type.Null()]),
  ...(facts.check === undefined ? {} : { check: (value) => value === null || facts.check?.(value) === true }),
});

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'];
const dayMs = 86_400_000;

const facts: Readonly<Record<string, FieldFacts>> = {
  dataDir: text('a folder'),
  host: text('an address or host name to listen on', isHostName),
  port: wholeNumber(0, 65_535, '0 = any free port'),
  publicHosts: list('a list of host:port as in the Host header, such as rtc.example.com:443', isHostHeader),
  publicUrl: orNull(text('an http or https address without a path', isBareUrl)),
  trustedProxies: list('a list of address ranges such as 10.0.0.0/8', (range) => {
    return parseTrustedProxies([range]).wrong.length === 0;
  }),
  masterKeyFile: orNull(text('a file of 32 bytes in hexadecimal or base64, readable by its owner only')),
  production: { kind: 'switch', allowed: 'true | false', schema: Type.Boolean() },
  logLevel: {
    kind: 'text',
    allowed: logLevels.join(' | '),
    schema: Type.Unsafe({ type: 'string', enum: logLevels }),
  },
  maxConnections: wholeNumber(1, 1_000_000, 'sockets open at once'),
  drainGraceMs: wholeNumber(0, dayMs, 'milliseconds a drain may take'),
  diagnosesPerApp: wholeNumber(10, 1_000_000, 'refusals kept for their owner'),
  ...Object.fromEntries(
    Object.entries(tightenedLimits).map(([name, most]) => {
      return [`limits.${name}`, wholeNumber(1, most, 'a bound of the wire may only be tightened')];
    }),
  ),
};

const defaults = new Map<string, unknown>([
  ...Object.entries(defaultConfig),
  ...Object.entries(tightenedLimits).map(([name, most]) => [`limits.${name}`, most] as const),
]);

/** Every setting, in the order in which people read them. */
export const configFields: readonly ConfigField[] = Object.entries(facts).map(toField);

/** The JSON Schema (draft 2020-12) of `roomkey.config.json`, to publish; comments are allowed in the file. */
export const configJsonSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'roomkey.config.json',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    ...propertiesOf((path) => !path.includes('.')),
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: propertiesOf((path) => path.startsWith('limits.')),
    },
  },
};

function propertiesOf(isMeant: (path: string) => boolean): Readonly<Record<string, unknown>> {
  const meant = configFields.filter(({ path }) => isMeant(path));
  return Object.fromEntries(
    meant.map(({ path, schema, defaultValue }) => [
      path.split('.').at(-1) ?? path,
      { ...schema, default: defaultValue },
    ]),
  );
}

function toField([path, { kind, allowed, schema, check }]: readonly [string, FieldFacts]): ConfigField {
  const validator = Compile(schema);
  const words = path.replace('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    path,
    variable: `ROOMKEY_${words.replaceAll('-', '_').toUpperCase()}`,
    flag: words,
    allowed,
    schema,
    defaultValue: defaults.get(path),
    isValid: (value) => validator.Check(value) && (check === undefined || check(value)),
    fromText: (said) => readers[kind](said.trim()),
  };
}

const readers: Readonly<Record<Kind, (said: string) => unknown>> = {
  text: (said) => (said === 'null' ? null : said),
  number: (said) => (/^\d{1,15}$/.test(said) ? Number(said) : undefined),
  switch: (said) =>
    new Map([
      ['true', true],
      ['1', true],
      ['false', false],
      ['0', false],
    ]).get(said),
  list: (said) => (said === '' ? [] : said.split(',').map((item) => item.trim())),
};

function isHostName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 255 && /^[A-Za-z0-9.:_-]+$/.test(value);
}

function isHostHeader(item: string): boolean {
  return /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(item);
}

function isBareUrl(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'string' || !/^https?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { origin, pathname, search, hash, username } = new URL(value);
  return origin !== 'null' && pathname === '/' && search === '' && hash === '' && username === '';
}
