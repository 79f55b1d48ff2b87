// Against a real SMTP server (smtp-server), which answers, hangs up, goes and comes back.
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { NotTaken, OutgoingMail } from './mailer.js';
import { SmtpMailer } from './smtp.mailer.js';
import { TemporaryOutbox } from './testing/temporary-outbox.js';

const FROM = { name: 'Acme licenses', address: 'licenses@acme.example' };

let received: string[];
let recipients: string[];
let server: SMTPServer | undefined;
let mailers: SmtpMailer[];
beforeEach(() => {
  [received, recipients, mailers] = [[], [], []];
});
afterEach(async () => {
  for (const each of mailers) each.close();
  await stop();
});

async function stop(): Promise<void> {
  const running = server;
  server = undefined;
  await new Promise<void>((done) => (running ? running.close(done) : done()));
}

/** Answers its port. `port` 0 takes a free one. */
async function serve(options: SMTPServerOptions = {}, port = 0): Promise<number> {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 50,
    onRcptTo: ({ address }, _, done) => {
      recipients.push(address);
      done();
    },
    onData: (stream, _, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => {
        received.push(text);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server!.listen(port, '127.0.0.1', done));
  return (server.server.address() as AddressInfo).port;
}

function mailerTo(port: number, login = ''): SmtpMailer {
  const mailer = new SmtpMailer(new URL(`smtp://${login}127.0.0.1:${port}`), FROM, { connect: 2_000, answer: 2_000 });
  mailers.push(mailer);
  return mailer;
}

const MAIL: OutgoingMail = {
  tenant: 'acme',
  id: '01jd2n3v8w6x9y0z1a2b3c4d5e',
  template: 'code',
  messageId: '<01jd.acme@acme.example>',
  to: { address: 'ada@globex.example', name: 'Ada "the" Löwe, Bcc: eve@evil.example' },
  letter: { subject: 'Grüße an Ada', text: 'Your code is 4711.\n.\nBcc: eve@evil.example\n', html: '<p>4711</p>' },
};

const refusal = (code: number, message: string) => Object.assign(new Error(message), { responseCode: code });
const failure = (mailer: SmtpMailer): Promise<NotTaken> =>
  mailer.send(MAIL).then(
    () => {
      throw new Error('the mail was taken');
    },
    (error: NotTaken) => error,
  );

describe('a mail by SMTP', () => {
  it('arrives at its addressee alone, as text and as HTML, with what it says in its headers', async () => {
    await mailerTo(await serve()).send(MAIL);
    const [text] = received;
    expect(text).toMatch(/^From: (?:"?Acme licenses"?) <licenses@acme\.example>\r$/m);
    expect(text).toMatch(/^Message-ID: <01jd\.acme@acme\.example>\r$/m);
    expect(text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(text).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(text).toContain('Content-Type: text/plain');
    expect(text).toContain('Content-Type: text/html');
    const head = text!.slice(0, text!.indexOf('\r\n\r\n'));
    expect(head).not.toMatch(/^bcc:/im);
    expect(recipients).toEqual(['ada@globex.example']);
  });

  it.each([
    ['450 at the addressee', 450, false],
    ['550 at the addressee', 550, true],
  ])('%s is told as what it is, without the address', async (_, code, final) => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, __, done) => done(refusal(code, `no ${address} today`));
    const error = await failure(mailerTo(await serve({ onRcptTo })));
    expect(error).toMatchObject({ final, message: expect.stringContaining(String(code)) });
    expect(error.message).not.toContain('ada@globex');
  });

  it.each([
    ['451 at the text', 451, false],
    ['554 at the text', 554, true],
  ])('%s is told as what it is', async (_, code, final) => {
    const onData: SMTPServerOptions['onData'] = (stream, __, done) => {
      stream.resume().on('end', () => done(refusal(code, 'the text')));
    };
    expect(await failure(mailerTo(await serve({ onData })))).toMatchObject({ final });
  });

  it('a password that is refused is no fault of the mail', async () => {
    const onAuth: SMTPServerOptions['onAuth'] = (_, __, done) => done(refusal(535, 'who are you'));
    const port = await serve({ onAuth, authOptional: false, allowInsecureAuth: true });
    expect(await failure(mailerTo(port, 'acme:hunter2@'))).toMatchObject({ final: false });
  });

  it('a password goes along where the server asks for one', async () => {
    const said: unknown[] = [];
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _, done) => {
      said.push([username, password]);
      done(null, { user: username });
    };
    const port = await serve({ onAuth, authOptional: false, allowInsecureAuth: true });
    await mailerTo(port, 'acme%40mail:p%40ss@').send(MAIL);
    expect(said).toEqual([['acme@mail', 'p@ss']]);
  });

  it.each(['at the greeting', 'at the text'])('a connection that is cut %s is tried again', async (when) => {
    const options: SMTPServerOptions =
      when === 'at the text' ? { onData: (_, session) => cut(session.id) } : { onConnect: (session) => cut(session.id) };
    const cut = (id: string) => {
      for (const connection of (server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> })
        .connections) {
        if (connection.id === id) connection._socket.destroy();
      }
    };
    expect(await failure(mailerTo(await serve(options)))).toMatchObject({ final: false });
  });

  it('a server that says nothing is not waited for for ever', async () => {
    const mailer = new SmtpMailer(new URL(`smtp://127.0.0.1:${await serve({ onConnect: () => undefined })}`), FROM, {
      connect: 200,
      answer: 200,
    });
    mailers.push(mailer);
    expect(await failure(mailer)).toMatchObject({ final: false });
  });
});

it('what was queued while the server was away is sent when it is back, once, under one message id', async () => {
  const at = new TemporaryOutbox();
  try {
    const port = await serve();
    await stop();
    at.deliver(mailerTo(port));
    const id = await at.queue();
    await at.passing(async () => ((await at.outbox.get('acme', id, at.pace.now()))?.mail.attempts ?? 0) >= 2);
    await serve({}, port);
    await at.passing(async () => (await at.state(id)) === 'sent');
    expect(received).toHaveLength(1);
    expect(received[0]).toContain(`Message-ID: <${id}.acme@acme.example>`);
  } finally {
    await at.dispose();
  }
});
