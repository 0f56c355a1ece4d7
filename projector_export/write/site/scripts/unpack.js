/* Unpack what the page was sent: vectors in steps, and bookmarks with a column per coordinate. */

/** Join 16-bit integers, whose high bytes come before all low ones. */
function integersOf(planes) {
  const count = planes.length / 2;
  const integers = new Int16Array(count);
  for (let at = 0; at < count; at++) integers[at] = (planes[at] << 8) | planes[count + at];
  return integers;
}

function floatsOf(planes, step) {
  const integers = integersOf(planes);
  const floats = new Float32Array(integers.length);
  for (let at = 0; at < integers.length; at++) floats[at] = step * integers[at];
  return floats;
}

/** Return a bookmark as the viewer reads it: with an object of coordinates for each point. */
function stateText({ projections, ...state }) {
  if (Array.isArray(projections)) return JSON.stringify({ ...state, projections });
  const columns = Object.entries(projections).map(([name, text]) =>
    [JSON.stringify(name), integersOf(bytesOf(text))]);
  const numPoints = columns[0]?.[1].length ?? 0;
  const pointText = (_, row) => `{${columns.map(([name, values]) => `${name}:${values[row]}`)}}`;
  const points = Array.from({ length: numPoints }, pointText);
  return `${JSON.stringify(state).slice(0, -1)},"projections":[${points}]}`;
}
