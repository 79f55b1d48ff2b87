// Comma-separated values (RFC 4180) that a spreadsheet does not take for formulas. Pure.

/** How a spreadsheet recognises a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** Quoted; what a spreadsheet would run has an apostrophe before it. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** A line with its end. */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}
