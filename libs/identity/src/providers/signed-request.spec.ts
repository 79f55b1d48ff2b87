import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { signedUser } from './signed-request.js';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (payload: string, secret = 'hush') =>
  `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
const ada = encoded({ algorithm: 'HMAC-SHA256', user_id: 'ada', issued_at: 1_790_000_000 });

describe('a signed request', () => {
  it('names the person of whom Facebook speaks', () => {
    expect(signedUser(signed(ada), 'hush')).toBe('ada');
  });

  it.each<[string, string]>([
    ['signed with another secret', signed(ada, 'guessed')],
    ['about another person than was signed', signed(ada).replace(ada, encoded({ algorithm: 'HMAC-SHA256', user_id: 'bob' }))],
    ['of another algorithm', signed(encoded({ algorithm: 'none', user_id: 'ada' }))],
    ['of no algorithm', signed(encoded({ user_id: 'ada' }))],
    ['about nobody', signed(encoded({ algorithm: 'HMAC-SHA256' }))],
    ['without signature', `.${ada}`],
    ['without payload', signed('')],
    ['that is no JSON', signed('bm9uc2Vuc2U')],
    ['in one part', ada],
    ['in three parts', `${signed(ada)}.x`],
  ])('%s is not Facebook’s', (_what, request) => {
    expect(signedUser(request, 'hush')).toBeNull();
  });
});
