// What the main thread and the projection thread say to each other.
import type { Progress, ViewStatus } from '#read-models/projection.js';
import type { DocumentKey } from '#read-models/read-store.js';
import type { Verification } from '#read-models/verify-run.js';

export interface ProjectionThreadData {
  readonly folder: string;
  readonly masterKey: Uint8Array;
}

/** What can be asked of the projection while it runs; each with its answer. */
export interface ProjectionWork {
  status(): readonly ViewStatus[];
  rebuild(view: string): number;
  rollback(view: string): number;
  switch(view: string, build: number): number;
  verify(view: string): Verification;
  retry(view: string, document: DocumentKey): { readonly restored: boolean; readonly error: string | null };
  /** The key of a subject was destroyed: answers how many documents were folded again without what it had sealed. */
  forget(tenant: string, subject: string): number;
  stop(): null;
}

export type WorkName = keyof ProjectionWork;

export type ToProjection = { readonly ask: number; readonly name: WorkName; readonly args: readonly unknown[] };

export type FromProjection =
  | { readonly kind: 'started' }
  | { readonly kind: 'progress'; readonly progress: readonly Progress[] }
  | { readonly kind: 'trouble'; readonly view: string; readonly error: string }
  | { readonly kind: 'answer'; readonly ask: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly ask: number; readonly code: string | null; readonly message: string };
