import { BlockList, isIP } from 'node:net';

/** Address ranges whose forwarding headers are believed (CF4). */
export interface TrustedProxies {
  has(address: string): boolean;
}

/** What of a request tells where it came from. */
export interface ForwardedRequest {
  /** `X-Forwarded-For` as Node gives it; several lines are joined by commas. */
  readonly forwardedFor: string | readonly string[] | undefined;
  /** The other end of the socket. */
  readonly remoteAddress: string | undefined;
}

/** Parses ranges such as `10.0.0.0/8` or `2001:db8::/32`, or single addresses; those that are none are in `wrong`. */
export function parseTrustedProxies(ranges: readonly string[]): {
  readonly proxies: TrustedProxies;
  readonly wrong: readonly number[];
} {
  const list = new BlockList();
  const wrong: number[] = [];
  for (const [index, range] of ranges.entries()) if (!addRange(list, range)) wrong.push(index);
  return { proxies: { has: (address) => isListed(list, address) }, wrong };
}

/** Most hops that are walked through; whoever sends more is read as coming from the last one believed. */
const mostHops = 32;

/**
 * The client's address (CF4): the right-most forwarded hop that is no trusted proxy; when the socket's other end is not
 * one, or nothing is forwarded, that end itself. A hop that is no address ends the walk.
 */
export function clientAddress(
  { forwardedFor, remoteAddress }: ForwardedRequest,
  trusted: TrustedProxies,
): string {
  let address = plainAddress(remoteAddress ?? '');
  if (forwardedFor === undefined) return address;
  const header = typeof forwardedFor === 'string' ? forwardedFor : forwardedFor.join(',');
  let end = header.length;
  for (let hops = 0; hops < mostHops && end >= 0 && trusted.has(address); hops += 1) {
    const comma = header.lastIndexOf(',', end - 1);
    const hop = hopAddress(header.slice(comma + 1, end).trim());
    if (hop === undefined) break;
    address = hop;
    end = end === 0 ? -1 : comma;
  }
  return address;
}

/**
 * What buckets count an address by (WS2, AD10): IPv4 as it is, IPv6 as its /64, which one household may roam; `unknown`
 * for what is no address.
 */
export function addressKeyOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) === 4) return plain;
  if (isIP(plain) !== 6) return 'unknown';
  const groups = expandGroups(plain);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** Whether an address is this machine's own. */
export function isLoopback(host: string): boolean {
  const plain = plainAddress(host.replace(/^\[|\]$/g, ''));
  return plain === 'localhost' || plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function addRange(list: BlockList, range: string): boolean {
  const [network = '', bits, more] = range.split('/');
  const version = isIP(network);
  if (version === 0 || more !== undefined || network.includes('%')) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const longest = version === 4 ? 32 : 128;
  if (bits === undefined) list.addAddress(network, family);
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= longest) list.addSubnet(network, Number(bits), family);
  else return false;
  return true;
}

function isListed(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

const longestHop = 64;

/** A hop of the header: an address, perhaps with a port, IPv6 then in brackets. */
function hopAddress(hop: string): string | undefined {
  if (hop === '' || hop.length > longestHop) return undefined;
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop)?.[1];
  const withPort = /^([\d.]+):\d{1,5}$/.exec(hop)?.[1];
  const address = plainAddress(bracketed ?? withPort ?? hop);
  return isIP(address) === 0 ? undefined : address;
}

/** Without a zone, and IPv4 that came as `::ffff:1.2.3.4` as IPv4, so that one client has one address. */
function plainAddress(address: string): string {
  const bare = address.split('%', 1)[0]?.toLowerCase() ?? '';
  if (isIP(bare) !== 6) return bare;
  const groups = expandGroups(bare);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return bare;
  const [high = 0, low = 0] = groups.slice(6);
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/** The eight groups of a valid IPv6 address. */
function expandGroups(address: string): readonly number[] {
  const [before = '', after] = address.split('::');
  const head = toGroups(before);
  if (after === undefined) return head;
  const tail = toGroups(after);
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function toGroups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
