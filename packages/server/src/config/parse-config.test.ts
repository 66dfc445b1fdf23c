import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from './config.ts';
import { configFields, configJsonSchema } from './config-fields.ts';
import { type ConfigSources, describeConfig, describeConfigProblem, parseConfig } from './parse-config.ts';
import { publicHostsOf } from './public-hosts.ts';
import { findStartProblems } from './start-problems.ts';
import { takeMasterKeyText } from './take-master-key.ts';

function parsed(sources: ConfigSources) {
  const result = parseConfig(sources);
  if (!result.ok) throw new Error(result.problems.map(describeConfigProblem).join('\n'));
  return result;
}

function problems(sources: ConfigSources) {
  const result = parseConfig(sources);
  return result.ok ? [] : result.problems;
}

describe('a configuration', () => {
  it('[CF1] works with nothing said', () => {
    const { config, origins } = parsed({});
    expect(config).toEqual(defaultConfig);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 7080, production: false, trustedProxies: [] });
    expect(new Set(origins.values())).toEqual(new Set(['default']));
    expect([...origins.keys()]).toEqual(configFields.map(({ path }) => path));
  });

  it('[CF1] goes by default, then file, then environment, then flag, and says which', () => {
    const fileText = `{
      // a comment, and a comma too many
      "port": 1, "host": "0.0.0.0", "logLevel": "debug", "limits": { "listedMembers": 5 },
    }`;
    const environment = {
      ROOMKEY_PORT: '2',
      ROOMKEY_HOST: '::1',
      ROOMKEY_LIMITS_BAD_FRAMES_IN_A_ROW: '2',
      PATH: 'x',
    };
    const { config, origins } = parsed({ fileText, environment, flags: { port: 3, production: true } });
    expect(config).toMatchObject({ port: 3, host: '::1', logLevel: 'debug', production: true });
    expect(config.limits).toEqual({ ...defaultConfig.limits, listedMembers: 5, badFramesInARow: 2 });
    const from = ['port', 'host', 'logLevel', 'production', 'limits.listedMembers', 'dataDir'];
    expect(from.map((path) => origins.get(path))).toEqual([
      'flag',
      'environment',
      'file',
      'flag',
      'file',
      'default',
    ]);
  });

  it('[CF1] is shown with where each value came from, the master key masked', () => {
    const shown = describeConfig(parsed({ flags: { port: 3 } }), true);
    expect(shown).toContainEqual({ path: 'port', value: '3', origin: 'flag' });
    expect(shown).toContainEqual({ path: 'host', value: '"127.0.0.1"', origin: 'default' });
    expect(shown.at(-1)).toEqual({ path: 'ROOMKEY_MASTER_KEY', value: '(hidden)', origin: 'environment' });
    expect(describeConfig(parsed({}), false).at(-1)?.origin).toBe('not set');
  });

  it('[CF2] tells all problems at once, with place, what is allowed and the nearest name', () => {
    const fileText = '{"prot": 1, "host": 7, "limits": {"listedMember": 1, "sendBudgetBytes": 99999999}}';
    const environment = {
      ROOMKEY_PORT: 'canary',
      ROOMKEY_LOGLEVEL: 'info',
      ROOMKEY_TRUSTED_PROXIES: '10.0.0.0/8,canary',
    };
    const flags = { 'log-level': 'canary', 'public-url': 'https://canary/path', wholly: 'other' };
    const found = problems({ fileText, environment, flags });
    expect(found.map(({ path, nearest }) => [path, nearest])).toEqual([
      ['prot in the file', 'port'],
      ['host in the file', undefined],
      ['limits.listedMember in the file', 'limits.listedMembers'],
      ['limits.sendBudgetBytes in the file', undefined],
      ['ROOMKEY_PORT', undefined],
      ['ROOMKEY_LOGLEVEL', 'ROOMKEY_LOG_LEVEL'],
      ['ROOMKEY_TRUSTED_PROXIES', undefined],
      ['--log-level', undefined],
      ['--public-url', undefined],
      ['--wholly', undefined],
    ]);
    expect(found[4]?.allowed).toBe('a whole number from 0 to 65535 (0 = any free port)');
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it.each([
    ['{"port": }', 'line 1 of the file'],
    ['{\n"port": 1\n', 'line 3 of the file'],
    ['[]', 'the whole in the file'],
    ['{"limits": 5}', 'limits in the file'],
  ])('[CF2] a file that reads %j is refused at %s', (fileText, path) => {
    expect(problems({ fileText })).toMatchObject([{ path }]);
  });

  it('[CF2] names of the command line and the master key are no unknown settings, and other variables no matter', () => {
    const environment = {
      ROOMKEY_URL: 'x',
      ROOMKEY_API_KEY: 'x',
      ROOMKEY_MASTER_KEY: 'x',
      HOME: 'x',
      ROOMKEY_HOST: undefined,
    };
    expect(problems({ environment })).toEqual([]);
    expect(problems({ environment: { ROOMKEY_HOTS: 'x' } })).toMatchObject([{ nearest: 'ROOMKEY_HOST' }]);
  });

  it('[CF1] the published schema takes what the server takes', () => {
    const schema = Compile(configJsonSchema);
    expect(schema.Check({ $schema: 'x', ...defaultConfig })).toBe(true);
    expect(schema.Check({ prot: 1 })).toBe(false);
    expect(schema.Check({ limits: { listedMembers: 501 } })).toBe(false);
    expect(configFields.every(({ isValid, defaultValue }) => isValid(defaultValue))).toBe(true);
  });
});

describe('production', () => {
  it('[CF3] NODE_ENV sets it, and may be overruled', () => {
    const environment = { NODE_ENV: 'production' };
    expect(parsed({ environment }).config.production).toBe(true);
    expect(parsed({ environment: { ...environment, ROOMKEY_PRODUCTION: 'false' } }).config.production).toBe(
      false,
    );
    expect(parsed({ environment, flags: { production: false } }).config.production).toBe(false);
    expect(parsed({ environment: { NODE_ENV: 'test' } }).config.production).toBe(false);
  });

  const open = parsed({ flags: { production: true, host: '0.0.0.0' } }).config;
  const behindTls = { publicUrl: 'https://rtc.example.com', trustedProxies: ['10.0.0.1'] };
  const safe = { masterKey: 'namedFile', hasDemoApp: false } as const;

  it('[CF3] refuses a generated key, plain HTTP to others and the demo app, each with what to do', () => {
    const found = findStartProblems(open, { masterKey: 'generated', hasDemoApp: true });
    expect(found).toHaveLength(3);
    for (const { problem, fix } of found)
      expect([problem, fix].every((text) => text.endsWith('.'))).toBe(true);
    expect(
      findStartProblems({ ...open, production: false }, { masterKey: 'generated', hasDemoApp: true }),
    ).toEqual([]);
  });

  it.each([
    [{ ...open, host: '127.0.0.1' }, 0],
    [{ ...open, host: '::1' }, 0],
    [{ ...open, host: 'localhost' }, 0],
    [{ ...open, host: '10.0.0.1' }, 1],
    [{ ...open, ...behindTls }, 0],
    [{ ...open, ...behindTls, publicUrl: 'http://rtc.example.com' }, 1],
    [{ ...open, ...behindTls, trustedProxies: [] }, 1],
  ])('[CF3] plain HTTP to a non-loopback address needs https before it (%#)', (config, count) => {
    expect(findStartProblems(config, safe)).toHaveLength(count);
  });
});

describe('the hosts of proofs', () => {
  it('[AD2] are those named, else the address, localhost and the public host', () => {
    const { config } = parsed({});
    expect(publicHostsOf(config, 9)).toEqual(['127.0.0.1:9', 'localhost:9', '[::1]:9']);
    expect(publicHostsOf({ ...config, host: '::1' }, 9)).toEqual(['[::1]:9', 'localhost:9']);
    expect(publicHostsOf({ ...config, publicHosts: ['a:1'] }, 9)).toEqual(['a:1']);
    const publicUrl = 'https://RTC.example.com';
    expect(publicHostsOf({ ...config, publicUrl }, 9).slice(3)).toEqual([
      'rtc.example.com',
      'rtc.example.com:443',
    ]);
    const withPort = 'https://rtc.example.com:8443';
    expect(publicHostsOf({ ...config, publicUrl: withPort }, 9).slice(3)).toEqual(['rtc.example.com:8443']);
  });
});

it('[SC3] the master key leaves the environment once read', () => {
  const environment = { ROOMKEY_MASTER_KEY: 'text', PATH: 'x' };
  expect(takeMasterKeyText(environment)).toBe('text');
  expect(environment).toEqual({ PATH: 'x' });
  expect(takeMasterKeyText(environment)).toBeUndefined();
});
