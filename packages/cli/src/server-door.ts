/**
 * What `up`, `serve` and `config` need of the server package. One file implements it, so that no other command loads
 * the server.
 */
export interface ServerDoor {
  /** The resulting configuration with where each value came from, or all its problems at once (CF1, CF2). */
  readConfiguration(typed: TypedConfiguration): Promise<ConfigurationReport>;
  /**
   * Starts a server and resolves once logins are served.
   *
   * @throws {CliFailure} when the configuration is refused or the start fails.
   */
  start(typed: TypedConfiguration): Promise<RunningServer>;
}

/** Where the configuration comes from: a file, then the environment, then what was typed (CF1). */
export interface TypedConfiguration {
  /** Absolute; undefined = `roomkey.config.json` in `workFolder`, if there is one. */
  readonly file: string | undefined;
  readonly workFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: TypedFlags;
}

/** What was typed as flags. Absent: not typed. */
export interface TypedFlags {
  /** Absolute. */
  readonly dataDir?: string;
  readonly host?: string;
  readonly port?: number;
  readonly production?: true;
  /** `up`: the demo app will be there, which the production guard refuses (CF3). */
  readonly demo?: true;
}

/** One value of the configuration; secrets are masked before they come here. */
export interface ConfigurationRow {
  readonly path: string;
  readonly value: unknown;
  /** `default`, `file`, `env NAME`, `flag --name`. */
  readonly source: string;
}

/** What a configuration came to. */
export type ConfigurationReport =
  | { readonly ok: true; readonly rows: readonly ConfigurationRow[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A server that serves logins. */
export interface RunningServer {
  /** `http://127.0.0.1:7080`: how this machine reaches it. */
  readonly url: string;
  /** Absolute. */
  readonly dataFolder: string;
  hasApp(appId: number): boolean;
  importApp(app: ImportedApp): Promise<void>;
  /** A new API key with every scope, for every app; its text is in no other place afterwards. */
  createApiKey(name: string): Promise<string>;
  /** Takes no more logins, tells the clients to resume elsewhere, then stops (OP1). */
  drain(): Promise<void>;
  /** Stops at once. */
  stop(): Promise<void>;
}

/** An app that is brought along. */
export interface ImportedApp {
  readonly appId: number;
  readonly name: string;
  readonly appSign: string;
  readonly secrets: readonly string[];
}
