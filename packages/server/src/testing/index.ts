/**
 * testing: what tests of the server and of programs built on it need.
 *
 * Owns a clock that is moved by hand, sample sessions, rooms with guests and a plane without media. Never used by the
 * server itself; the contract suites beside it are for tests of this package only, they bring a test runner along.
 */

export { createDecisionProbe, type DecisionProbe } from './decision-probe.ts';
export { FakeClock } from './fake-clock.ts';
export { type GuestChanges, type RoomGuest, type RoomNode, RoomWorld } from './room-world.ts';
export {
  RecordingSink,
  sampleConnection,
  sampleCredential,
  sampleLease,
  sampleSession,
} from './session-samples.ts';
export {
  startTestServer,
  type TestApp,
  type TestServer,
  type TestServerOptions,
} from './start-test-server.ts';
export {
  appSignProof,
  TestClient,
  type TestClientOptions,
  type TestClose,
  type TestFrame,
  type TestLogin,
} from './test-client.ts';
export { type PlaneCall, type PlaneConnection, type PlaneTemper, TestPlane } from './test-plane.ts';
