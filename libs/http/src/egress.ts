// Calls from the server to addresses that a vendor has named: https to public addresses only, checked where the
// socket is opened, so that neither a name that resolves inwards nor a second resolution gets around it.
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, fetch as undiciFetch, type RequestInit as UndiciRequest } from 'undici';

/** Ranges that are nobody's public address: IANA's special-purpose registries, and what wraps an IPv4 address. */
const INWARD = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', 'fc00::/7'],
  ...['fe80::/10', 'fec0::/10', 'ff00::/8'],
];
const TIMEOUT_MS = 8_000;
const MOST_BYTES = 1_000_000;

/** An address that this server does not call. Its message is for the operator's log, not for the vendor. */
class EgressError extends Error {
  override readonly name = 'EgressError';
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return list;
}

const inward = listOf(INWARD);
const isIn = (list: BlockList, address: string) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

export class Egress {
  private readonly allowed: BlockList;
  private readonly agent: Agent;

  /** @param networks addresses and CIDR ranges that may be called although they are not public, also by plain http */
  constructor(networks: readonly string[] = []) {
    this.allowed = listOf(networks);
    this.agent = new Agent({
      connect: { lookup: this.lookUp, timeout: TIMEOUT_MS },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      maxResponseSize: MOST_BYTES,
    });
  }

  /** As the `fetch` of the platform, but never to an address inside, never after a redirect, and never for long. */
  readonly fetch = async (address: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(address);
    this.mustBeCallable(url);
    const limits = { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS), dispatcher: this.agent } as const;
    return await undiciFetch(url, { ...(init as UndiciRequest), ...limits });
  };

  close(): Promise<void> {
    return this.agent.close();
  }

  /** A literal address is never looked up, so it is checked here; that http stays inside is checked here, too. */
  private mustBeCallable({ protocol, hostname }: URL): void {
    const literal = hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0) this.mustBeAllowed(literal);
    const inside = literal === 'localhost' ? '127.0.0.1' : literal;
    const plainly = protocol === 'http:' && isIP(inside) !== 0 && isIn(this.allowed, inside);
    if (protocol !== 'https:' && !plainly) throw new EgressError(`${protocol}//${hostname} is not https`);
  }

  private mustBeAllowed(address: string): void {
    if (isIn(inward, address) && !isIn(this.allowed, address)) throw new EgressError(`${address} is not a public address`);
  }

  private readonly lookUp: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      try {
        if (error) throw error;
        for (const { address } of addresses) this.mustBeAllowed(address);
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first!.address, first!.family);
      } catch (refused) {
        callback(refused as Error, '');
      }
    });
  };
}
