/** An answer as it is kept for repeated requests. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON text that was sent. */
  readonly body: string;
}

/** Thrown to answer with a kept answer instead of running the handler; the filter sends it as it is. */
export class Replayed extends Error {
  constructor(readonly kept: KeptAnswer) {
    super('answered before');
  }
}
