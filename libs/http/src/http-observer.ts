/** Which limit a request can reach. */
export type LimitName = 'token' | 'license' | 'address';

/** Is told how requests end. The app brings one where somebody measures; this one listens to nothing. */
export class HttpObserver {
  /** @param route the pattern; null where the address has none */
  answered(_method: string, _route: string | null, _status: number, _seconds: number): void {}

  limited(_name: LimitName): void {}
}
