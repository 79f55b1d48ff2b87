// Whose a thing is, by its document, for who may read no more of its history than what he did himself.
import type { Owned } from '#http/reach.js';
import { z } from 'zod';
import type { Subject } from './history.js';

const licenseDoc = z.object({
  facts: z.object({ organizationId: z.string().nullable(), contactId: z.string().nullable(), archivedAt: z.string().nullable() }),
  groups: z.array(z.string()),
});

/** The owners; null where the thing is the vendor's alone. @throws Error for a document that does not say them */
export function ownersOf(subject: Subject, id: string, doc: unknown): Owned | null {
  switch (subject) {
    case 'license': {
      const { facts, groups } = licenseDoc.parse(doc);
      const { organizationId, contactId, archivedAt } = facts;
      return archivedAt === null ? { organizationId, contactId, groups } : null;
    }
    case 'organization':
      return { organizationId: id };
    case 'contact':
      return { contactId: id };
    case 'policy':
      return null;
  }
}
