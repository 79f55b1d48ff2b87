import { describe, expect, it } from '@jest/globals';
import { problemOf, refusalOf } from './problem.js';

const refused = (code: string) => Object.assign(new Error(code), { code });

describe('what the transport throws', () => {
  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'request.timeout'],
    ['HPE_HEADER_OVERFLOW', 431, 'request.headers-too-large'],
    ['FST_ERR_MAX_PARAM_LENGTH', 414, 'request.url-too-long'],
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'request.body-too-large'],
    ['ENOMEM', 500, 'internal.error'],
  ])('%s is answered with %i %s', (thrown, status, code) => {
    expect(problemOf(refusalOf(refused(thrown)), 'r1')).toMatchObject({ status, code, body: { status, code, requestId: 'r1' } });
  });

  it('and nobody expected, tells nothing of itself', () => {
    expect(JSON.stringify(problemOf(refusalOf(new Error('password is hunter2')), 'r1'))).not.toContain('hunter2');
  });
});
