// Which partition of a build a document belongs to.

/**
 * FNV-1a (32 bit) of tenant and key, modulo the number of partitions. It is part of what is stored:
 * another hash would hand documents to projectors with other checkpoints.
 */
export function partitionOf(tenant: string, key: string, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${tenant}\u0000${key}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash % partitions;
}
