/** An answer as it is kept for repeated requests. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON text that was sent. */
  readonly body: string;
}

/** A keyed command that runs now. */
export interface Claim {
  /** Keeps its outcome; without an answer only that the key was used, and for what. */
  keep(answer?: KeptAnswer): Promise<void>;
  /** Lets a repeated request go on; after `keep`, or where nothing is to be kept. */
  release(): void;
}

/** Thrown to answer with a kept answer instead of running the handler; the filter sends it as it is. */
export class Replayed extends Error {
  constructor(readonly kept: KeptAnswer) {
    super('answered before');
  }
}
