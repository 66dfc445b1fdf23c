/**
 * Starts a script of this repo on the pinned Node, installing the dependencies first if need be.
 *
 * Runs on whatever Node ≥ 20 the machine has and therefore uses nothing but Node's own modules.
 * `node tools/bootstrap.mjs SCRIPT [ARGS…]` runs SCRIPT; `--only-install` stops before that.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const neededMajor = 24;

const major = (version) => Number(version.replace(/^v/, '').split('.')[0]);

function stop(lines) {
  for (const line of lines) console.error(line);
  process.exit(1);
}

/** What the installed tree depends on: the lock file and the machine's kind. */
function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(process.platform).update(process.arch).digest('hex');
}

const stampFile = join(root, 'node_modules', '.roomkey-stamp');

/** Where the pinned Node of this platform lies; on others (macOS) no package is served. */
function pinnedNode() {
  const suffix = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(root, 'node_modules', `node-${suffix}-${process.arch}`, 'bin', binary);
}

const servedPlatforms = ['linux-x64', 'linux-arm64', 'win32-x64'];

/** An installation that was cut off leaves no stamp, or no Node: then it is made again. */
function isInstalled() {
  const isStamped = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp();
  const hasNode =
    existsSync(pinnedNode()) || !servedPlatforms.includes(`${process.platform}-${process.arch}`);
  return isStamped && hasNode;
}

function runNpm(args) {
  const script = process.env.npm_execpath;
  const viaNode = script !== undefined && /\.c?js$/.test(script);
  const [command, all] = viaNode ? [process.execPath, [script, ...args]] : ['npm', args];
  return new Promise((resolve) => {
    const child = spawn(command, all, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: !viaNode && process.platform === 'win32',
    });
    let said = '';
    child.stderr.on('data', (piece) => {
      said = (said + piece).slice(-8000);
    });
    child.on('error', (error) => resolve({ code: 127, said: String(error.message) }));
    child.on('close', (code) => resolve({ code: code ?? 1, said }));
  });
}

/** Says every few seconds that the installation goes on: a line on a pipe, one moving line on a terminal. */
function startProgress(what) {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  const onTerminal = process.stderr.isTTY === true;
  process.stderr.write(onTerminal ? `${what} …` : `${what} …\n`);
  const timer = setInterval(
    () => process.stderr.write(onTerminal ? `\r${what} … ${seconds()} s` : `${what} … ${seconds()} s\n`),
    onTerminal ? 1000 : 10_000,
  );
  return () => {
    clearInterval(timer);
    process.stderr.write(
      onTerminal ? `\r${what}: done in ${seconds()} s\n` : `${what}: done in ${seconds()} s\n`,
    );
  };
}

const lockFolder = join(root, '.roomkey');
const lockFile = join(lockFolder, 'installing');

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return failure.code === 'EPERM';
  }
}

/** A lock whose owner is gone, or that nobody has written to within a minute of its making, holds nobody up. */
function isLeftBehind() {
  try {
    const owner = Number(readFileSync(lockFile, 'utf8'));
    if (owner === process.pid) return true;
    if (owner > 0) return !isAlive(owner);
    return Date.now() - statSync(lockFile).mtimeMs > 60_000;
  } catch {
    // Gone meanwhile: the next try takes it.
    return false;
  }
}

/** Two commands may be started at once in a fresh clone: one installs, the other waits for it. */
async function installOnce() {
  mkdirSync(lockFolder, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      break;
    } catch (failure) {
      if (failure.code !== 'EEXIST') throw failure;
    }
    if (isLeftBehind()) rmSync(lockFile, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    if (!isInstalled()) await install();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

async function install() {
  const stopProgress = startProgress('Installing the dependencies (about 250 MB with Node 24, once)');
  const { code, said } = await runNpm([
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  stopProgress();
  if (code !== 0) {
    rmSync(lockFile, { force: true });
    stop([
      said.trim(),
      '',
      `npm ci ended with ${code}. What helps:`,
      "  - no network or a proxy: set npm's registry (npm config set registry URL) and run the command again",
      '  - npm is missing: it comes with Node; install Node 20 or newer',
      '  - a full disk: the dependencies need about 600 MB',
    ]);
  }
  writeFileSync(stampFile, wantedStamp());
}

/** The pinned Node of this platform; on others (macOS) the machine's own if it is new enough. */
function findNode() {
  const pinned = pinnedNode();
  if (existsSync(pinned)) return pinned;
  if (major(process.version) >= neededMajor) return process.execPath;
  return stop([
    `Roomkey runs on Node ${neededMajor} or newer. No Node package is served for ${process.platform}-${process.arch},`,
    `and this machine has ${process.version}. Install Node ${neededMajor} (macOS: brew install node@${neededMajor}) and run the command again.`,
  ]);
}

/**
 * Runs the script and ends as it ends. A terminal's INT reaches the child by itself, so it is only
 * swallowed here. npm forwards no TERM to us: our parent's death is seen by polling, and the child
 * also sees the channel close when this process is killed outright.
 */
function runOn(node, args) {
  const child = spawn(node, ['--conditions=source', ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    },
  });
  const pass = (signal) => process.on(signal, () => child.kill(signal));
  pass('SIGTERM');
  if (process.platform !== 'win32') pass('SIGHUP');
  process.on('SIGINT', () => {});
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    // Once: a second TERM means "stop at once" to a server that drains.
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 250);
  child.on('error', (error) => stop([`Cannot start Node: ${error.message}`]));
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
  });
}

if (major(process.version) < 20) {
  stop([
    `Roomkey needs Node 20 or newer to start (it brings its own Node ${neededMajor}); this is ${process.version}.`,
  ]);
}
const args = process.argv.slice(2);
const onlyInstall = args[0] === '--only-install';
if (args.length === 0) stop(['usage: node tools/bootstrap.mjs SCRIPT [ARGS…] | --only-install']);
if (!isInstalled()) await installOnce();
const node = findNode();
if (onlyInstall) console.log(`Ready: dependencies installed, Node at ${node}`);
else runOn(node, [join(root, args[0]), ...args.slice(1)]);
