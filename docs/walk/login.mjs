/**
 * A client in its smallest form, for the walk in the README: dials the signal connection, says
 * hello, logs in, and prints every frame until it is stopped or the server closes.
 *
 * `login.mjs --server HOST:PORT --app N --room R --user U` with `--token-file F`, `--app-sign-file F`
 * or both. AppSign itself is never sent: a proof over this connection's challenge is (AD2).
 * With `--once` it leaves after the answer; the exit code is then 0 if it was let in.
 */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { appSignProofInput, limits, protocolVersion, signalPath, subprotocol } from '@roomkey/protocol';

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    server: text,
    app: text,
    room: { type: 'string', default: 'room1' },
    user: { type: 'string', default: 'demo' },
    'token-file': text,
    'app-sign-file': text,
    once: { type: 'boolean', default: false },
  },
});
if (values.server === undefined || values.app === undefined) {
  console.error('usage: login.mjs --server HOST:PORT --app N [--token-file F] [--app-sign-file F] [--once]');
  process.exit(2);
}

const appId = Number(values.app);
const fromFile = (file) => (file === undefined ? undefined : readFileSync(file, 'utf8').trim());
const token = fromFile(values['token-file']);
const appSign = fromFile(values['app-sign-file']);

function proofFor({ connectionId, challenge }) {
  const key = Buffer.from(appSign.toLowerCase(), 'hex');
  const binding = { host: values.server.toLowerCase(), connectionId, verb: 'login', appId };
  const bytes = appSignProofInput({ ...binding, roomId: values.room, userId: values.user, challenge });
  return createHmac('sha256', key).update(bytes).digest('base64');
}

const socket = new WebSocket(`ws://${values.server}${signalPath}`, subprotocol);
let lastId = 0;
const send = (message) => socket.send(JSON.stringify({ ...message, id: ++lastId }));
// Not let in until the server says so.
process.exitCode = 1;

function answerTo(frame) {
  if (frame.t === 'welcome') {
    send({
      t: 'login',
      appId,
      roomId: values.room,
      user: { userId: values.user },
      ...(token === undefined ? {} : { token }),
      ...(appSign === undefined ? {} : { appSignProof: proofFor(frame) }),
    });
    setInterval(() => send({ t: 'ping' }), limits.pingIntervalMs);
  } else if (frame.id <= 2) {
    if (frame.t === 'ok') process.exitCode = 0;
    if (values.once || frame.t === 'error') socket.close();
  }
}

const said = { product: 'video', platform: 'linux', sdkVersion: '3.22.0', sdk: 'walk', features: [] };
socket.onopen = () => send({ t: 'hello', protocol: protocolVersion, ...said });
socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  // Secrets of a session stay off the screen: the resume ticket and the next challenge.
  const hidden = { resumeTicket: undefined, nextChallenge: undefined, challenge: undefined };
  console.log(JSON.stringify({ ...frame, ...hidden }, null, 2));
  answerTo(frame);
};
socket.onerror = () => console.error(`cannot reach ${values.server}`);
socket.onclose = ({ code, reason }) => {
  console.log(`closed ${code} ${reason}`.trim());
  process.exit();
};
