/* CSV for spreadsheets: RFC 4180, and no cell that a spreadsheet would run as a formula. */

const BEGINS_A_FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]/;
const IS_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BYTE_ORDER_MARK = "\ufeff"; // Excel takes a file without it for an older encoding

/** Write a header and rows of cells. */
function writeCsv(rows) {
  const lines = rows.map((cells) => cells.map(csvCell).join(","));
  return BYTE_ORDER_MARK + lines.map((line) => line + "\r\n").join("");
}

function csvCell(cell) {
  const text = plainText(cell);
  const isFormula = BEGINS_A_FORMULA.test(text) && !IS_NUMBER.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
