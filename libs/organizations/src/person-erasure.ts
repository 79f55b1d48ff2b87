// PORT: everything that an erasure does beyond the log. The installation, which owns keys and files, signs it.

export type ErasureTold = {
  /** Documents of views that held something of the person. */
  readonly documents: number;
  /** Records about the person: mails, sessions, passwords. */
  readonly records: number;
};

export abstract class PersonErasure {
  /**
   * Destroys the key of a person whose `PersonErased` stands in the log, and everything readable that was made with it:
   * documents, mails, sessions, kept answers. Nothing of it is left in any file when it answers. Again is the same as
   * once; a crash on the way is made good at the next start.
   */
  abstract carryOut(tenant: string, contactId: string): Promise<ErasureTold>;
}
