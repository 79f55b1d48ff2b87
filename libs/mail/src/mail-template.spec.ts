import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { HIDDEN, mailTemplate, paragraphs, writeLetter } from './mail-template.js';

const values = z.strictObject({ name: z.string(), url: z.string() });
const write = ({ name, url }: z.output<typeof values>) =>
  paragraphs({ subject: `For ${name}`, paragraphs: [`Hello ${name},\nhow are you?`], link: { label: 'Open', url } });
const template = mailTemplate({ name: 'greeting', values, secrets: ['url'], write });

describe('a template', () => {
  it('writes text and HTML in which no value is markup', () => {
    const { letter } = writeLetter(template, { name: '<b>Ada</b> & "co"', url: 'https://x.example/?a=1&b=">' });
    expect(letter.text).toBe('Hello <b>Ada</b> & "co",\nhow are you?\n\nOpen:\nhttps://x.example/?a=1&b=">\n');
    expect(letter.html).toContain('<p>Hello &#60;b&#62;Ada&#60;/b&#62; &#38; &#34;co&#34;,<br>how are you?</p>');
    expect(letter.html).toContain('href="https://x.example/?a=1&#38;b=&#34;&#62;"');
  });

  it('hides its secrets from everybody but the addressee', () => {
    const { hidden } = writeLetter(template, { name: 'Ada', url: 'https://x.example/secret' });
    expect(hidden).toBe(`Hello Ada,\nhow are you?\n\nOpen:\n${HIDDEN}\n`);
  });

  it('is refused a name that is none', () => {
    expect(() => mailTemplate({ name: 'No Name', values, secrets: [], write })).toThrow('not a name for a template');
  });
});
