// How classes that know nothing of Nest are told to its modules.

type Token<T> = abstract new (...args: never[]) => T;

/** A class that knows nothing of Nest, made of what it takes. */
export function provided<Parts extends unknown[]>(
  made: new (...parts: Parts) => object,
  ...parts: { [K in keyof Parts]: Token<Parts[K]> }
) {
  return { provide: made, useFactory: (...given: Parts) => new made(...given), inject: parts as never[] };
}
