/**
 * testing: what tests of the server and of programs built on it need: a clock that is moved by hand and a plane
 * without media. Never used by the server itself.
 */
export { FakeClock } from './fake-clock.ts';
export { type PlaneCall, type PlaneConnection, type PlaneTemper, TestPlane } from './test-plane.ts';
