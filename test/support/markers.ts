// Words that stand nowhere but where a test has put them, and a search for them in every byte of a folder, in every form
// in which a program may have written them.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A marker: lower-case letters and digits, so that no normal form of a text changes it. */
export function newMarker(): string {
  return `zq${randomBytes(8).toString('hex')}`;
}

/** Base64 of a text that begins so many bytes after a group of three; without the characters that others have a part in. */
function base64At(shift: number, text: string): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
  return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** What is looked for, by the name of the form. */
export function formsOf(marker: string): Readonly<Record<string, Buffer>> {
  const utf16 = Buffer.from(marker, 'utf16le');
  const escaped = [...marker].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  return {
    raw: Buffer.from(marker),
    'UTF-16LE': utf16,
    'UTF-16BE': Buffer.from(utf16).swap16(),
    ...Object.fromEntries([0, 1, 2].map((shift) => [`base64+${shift}`, Buffer.from(base64At(shift, marker))])),
    hex: Buffer.from(Buffer.from(marker).toString('hex')),
    HEX: Buffer.from(Buffer.from(marker).toString('hex').toUpperCase()),
    'JSON-escaped': Buffer.from(escaped),
  };
}

/** All files below a folder, sockets left out. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Where markers stand: `<marker> in <file> as <form>`, with what each marker is called. */
export function findMarkers(folder: string, markers: ReadonlyMap<string, string>): string[] {
  const wanted = [...markers].map(([what, marker]) => ({ what, forms: Object.entries(formsOf(marker)) }));
  return filesBelow(folder).flatMap((file) => {
    const bytes = readFileSync(file);
    return wanted.flatMap(({ what, forms }) =>
      forms.filter(([, form]) => bytes.includes(form)).map(([form]) => `${what} in ${file.slice(folder.length + 1)} as ${form}`),
    );
  });
}
