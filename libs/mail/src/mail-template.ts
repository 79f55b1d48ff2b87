// What a mail says, typed: a context declares a template beside what it is about, and queues values for it.
import type { z } from 'zod';

/** A mail as it is written; the text always, HTML where it looks better. */
export interface Letter {
  /** One line. It stands in lists and logs of servers: never a secret. */
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

export interface MailTemplate<Values extends z.ZodObject = z.ZodObject> {
  /** Lower-case letters, digits and hyphens: `contact-changed`. */
  readonly name: string;
  readonly values: Values;
  /** Values that open something: codes, links with tokens. They leave the outbox once the mail is sent. */
  readonly secrets: readonly (keyof z.output<Values> & string)[];
  readonly write: (values: z.output<Values>) => Letter;
}

/** Types one template. @throws Error where its name is none. */
export function mailTemplate<Values extends z.ZodObject>(template: MailTemplate<Values>): MailTemplate<Values> {
  if (!/^[a-z][a-z0-9-]*$/.test(template.name)) throw new Error(`"${template.name}" is not a name for a template`);
  return template;
}

/** What stands in the place of a secret where a mail is shown to others than its addressee. */
export const HIDDEN = '[hidden]';

/** The letter, and the text of the same with its secrets hidden. @throws ZodError for values that are not the template's. */
export function writeLetter<Values extends z.ZodObject>(
  template: MailTemplate<Values>,
  values: z.input<Values>,
): { readonly letter: Letter; readonly hidden: string } {
  const known = template.values.parse(values);
  const hidden = { ...known, ...Object.fromEntries(template.secrets.map((name) => [name, HIDDEN])) };
  return { letter: template.write(known), hidden: template.write(hidden).text };
}

interface Parts {
  readonly subject: string;
  /** Each a paragraph; line breaks within one are kept. */
  readonly paragraphs: readonly string[];
  /** What the reader is asked to open, after the paragraphs. */
  readonly link?: { readonly label: string; readonly url: string };
  /** Smaller, at the end. */
  readonly footer?: string;
}

/** A letter of paragraphs, as text and as plain HTML in which nothing of the values can be markup. */
export function paragraphs({ subject, paragraphs: said, link, footer }: Parts): Letter {
  const text = [...said, ...(link ? [`${link.label}:\n${link.url}`] : []), ...(footer ? [`--\n${footer}`] : [])];
  const linked = link && `<p><a href="${escape(link.url)}">${escape(link.label)}</a><br><small>${escape(link.url)}</small></p>`;
  const html = [
    ...said.map((each) => `<p>${lined(each)}</p>`),
    ...(linked ? [linked] : []),
    ...(footer ? [`<hr><p><small>${lined(footer)}</small></p>`] : []),
  ];
  return { subject, text: `${text.join('\n\n')}\n`, html: `<!doctype html>\n<html><body>\n${html.join('\n')}\n</body></html>\n` };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function lined(text: string): string {
  return escape(text).replaceAll('\n', '<br>');
}
