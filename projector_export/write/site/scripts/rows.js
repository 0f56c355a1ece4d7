/* Rows in the address: "3-7.12" are those from 3 to 7 and 12, numbered from 0 as in the table. */

const MAX_ROWS_TEXT = 4000; // characters; programs that shorten or refuse links have longer limits

/** Write rows as ranges. */
function writeRows(rows) {
  const ranges = [];
  for (const row of [...rows].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last?.[1] === row - 1) last[1] = row;
    else ranges.push([row, row]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(".");
}

/** Read ranges of rows below `numRows`; what is no range is left out. */
function readRows(text, numRows) {
  const rows = new Set();
  for (const range of text.split(".")) {
    const [, from, to] = range.match(/^(\d{1,15})(?:-(\d{1,15}))?$/) ?? [];
    if (from === undefined) continue;
    const end = Math.min(Number(to ?? from), numRows - 1);
    for (let row = Number(from); row <= end; row++) rows.add(row);
  }
  return [...rows].sort((one, other) => one - other);
}
