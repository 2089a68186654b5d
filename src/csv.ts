/** A table as CSV (RFC 4180), with no cell that a spreadsheet would run as a formula. */
export const csv = (rows: readonly (readonly string[])[]): string =>
  rows.map(row => `${row.map(cell).join(',')}\r\n`).join('')

// owasp.org/www-community/attacks/CSV_Injection
function cell(words: string): string {
  const safe = /^[=+\-@\t\r]/.test(words) ? `'${words}` : words
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
