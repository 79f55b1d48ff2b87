// What every way to a provider promises, whichever provider it is.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IdentityAssertion } from '../providers/identity-assertion.js';
import { roundFor, type Said, type Stand } from './stand.js';

interface Contract {
  readonly open: () => Promise<Stand>;
  /** How the provider says that somebody is this person. */
  readonly as: (person: string) => Said;
}

export function describeLoginWay(name: string, { open, as }: Contract): void {
  describe(`${name}, as a way to log in`, () => {
    let stand: Stand;
    beforeAll(async () => {
      stand = await open();
    });
    afterAll(() => stand.dispose());

    async function begun(number = 1) {
      const round = roundFor(stand, number);
      const { location, verifier } = await stand.way.begin(round);
      return { round: { ...round, verifier }, location };
    }

    async function loggedIn(said: Said = {}): Promise<IdentityAssertion> {
      const { round, location } = await begun();
      return stand.way.finish(round, await stand.visit(location, said));
    }

    it('sends the browser to the provider, with everything that binds the answer and no secret', async () => {
      const { round, location } = await begun();
      const asked = new URL(location).searchParams;
      expect(Object.fromEntries(asked)).toMatchObject({
        response_type: 'code',
        client_id: stand.settings.clientId,
        redirect_uri: round.redirectUri,
        state: round.state,
        code_challenge_method: 'S256',
      });
      expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
      expect(location).not.toContain(stand.settings.clientSecret!);
      expect(location).not.toContain(round.verifier);
    });

    it('tells the same person by the same key, and others by others', async () => {
      const [ada, again, bob] = [await loggedIn(as('ada')), await loggedIn(as('ada')), await loggedIn(as('bob'))];
      expect(ada).toMatchObject({ provider: roundFor(stand).provider, kind: stand.settings.kind });
      expect(ada.issuer).toMatch(/^https?:\/\//);
      expect([again.issuer, again.subject]).toEqual([ada.issuer, ada.subject]);
      expect(bob.subject).not.toBe(ada.subject);
    });

    it('draws another verifier for each login', async () => {
      expect((await begun(1)).round.verifier).not.toBe((await begun(2)).round.verifier);
    });

    it('takes no address where the provider tells none, or none that is one', async () => {
      for (const email of [undefined, '', 'nonsense', 7])
        expect(await loggedIn({ email })).toMatchObject({ email: null, emailProven: false });
    });

    it('refuses the answer to another round', async () => {
      const [one, other] = [await begun(1), await begun(2)];
      const answer = await stand.visit(other.location);
      await expect(stand.way.finish(one.round, answer)).rejects.toMatchObject({ code: 'login.identity-refused' });
    });

    it('refuses a code that somebody else’s round was given, though the state is put right', async () => {
      const [one, other] = [await begun(1), await begun(2)];
      const answer = await stand.visit(other.location);
      answer.set('state', one.round.state);
      await expect(stand.way.finish(one.round, answer)).rejects.toMatchObject({ code: 'login.identity-refused' });
    });

    it('refuses an answer without state, and one without code', async () => {
      for (const missing of ['state', 'code']) {
        const { round, location } = await begun();
        const answer = await stand.visit(location);
        answer.delete(missing);
        await expect(stand.way.finish(round, answer)).rejects.toMatchObject({ code: 'login.identity-refused' });
      }
    });

    it.each([
      ['access_denied', 'login.denied'],
      ['server_error', 'provider.unavailable'],
      ['temporarily_unavailable', 'provider.unavailable'],
      ['unauthorized_client', 'provider.misconfigured'],
      ['invalid_scope', 'login.identity-refused'],
    ])('understands the provider’s own %s', async (error, code) => {
      const { round } = await begun();
      const answer = new URLSearchParams({ error, state: round.state, error_description: '<script>' });
      const issuer = stand.settings.issuer;
      if (issuer !== null && stand.settings.kind === 'oidc') answer.set('iss', issuer);
      await expect(stand.way.finish(round, answer)).rejects.toMatchObject({ code });
    });

    it('says so where the provider never answers', async () => {
      const { round, location } = await begun();
      const answer = await stand.visit(location);
      stand.breakDown('silence');
      try {
        await expect(stand.way.finish(round, answer)).rejects.toMatchObject({ code: 'provider.unavailable' });
      } finally {
        stand.breakDown(null);
      }
    });

    it('says so where the provider is out of order, and goes on once it is in order again', async () => {
      const { round, location } = await begun();
      const answer = await stand.visit(location);
      for (const status of [500, 503]) {
        stand.breakDown(status);
        await expect(stand.way.finish(round, answer)).rejects.toMatchObject({ code: 'provider.unavailable' });
      }
      stand.breakDown(null);
      expect(await loggedIn(as('ada'))).toMatchObject({ kind: stand.settings.kind });
    });
  });
}
