// This machine as a device: what a vendor's application would send of the computer that it runs on.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, networkInterfaces, platform, totalmem } from 'node:os';

export interface Device {
  readonly fingerprint: string;
  readonly name: string;
  readonly platform: string;
  readonly components: Readonly<Record<string, string>>;
}

/** Hashed here already: no serial number leaves the machine. */
function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

function machineId(): string {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      // Not every system has one; the rest of the fingerprint then has to do.
    }
  }
  return '';
}

function addresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [...new Set(all.filter(({ internal }) => !internal).map(({ mac }) => mac))].sort();
}

/** The same on every call on the same machine. */
export function thisDevice(): Device {
  const processor = cpus()[0]?.model ?? 'unknown';
  const parts = [machineId(), ...addresses(), processor, String(totalmem())];
  return {
    fingerprint: digest(...parts),
    name: hostname(),
    platform: `${platform()}-${arch()}`,
    components: { processor: digest(processor), memory: digest(String(totalmem())), network: digest(...addresses()) },
  };
}

/** A device that does not exist. */
export function inventedDevice(name: string): Device {
  return { fingerprint: digest('invented', name), name, platform: 'demo', components: {} };
}
