/* What a visitor takes away: the points they chose as CSV, and the map as a picture. */

const AXES = ["map_x", "map_y", "map_z"]; // from -1 to 1, as the map is drawn
const SIMILARITY = "similarity"; // the cosine to the selected point

/** Return the points that are meant: one with its neighbors, several, or all that are shown. */
function chosenPoints(viewer, filter) {
  const { dataSet, selectedPointIndices: selected, selectedColorOption: option } = viewer;
  const points = dataSet?.points ?? [];
  if (selected.length === 1) {
    const neighbors = viewer.projectorScatterPlotAdapter.neighborsOfFirstSelectedPoint ?? [];
    return { rows: [...selected, ...neighbors.map(({ index }) => index)], center: selected[0] };
  }
  if (selected.length) return { rows: [...selected].sort((one, other) => one - other) };
  const hidden = option?.codes ? filter.hiddenCodes(option) : [];
  const rows = [...points.keys()].filter((row) => !hidden[option?.codes?.[points[row].index]]);
  return { rows: rows.sort((one, other) => points[one].index - points[other].index) };
}

/** Return a header, and a row of cells for each point: what is known, where it is, how similar. */
function pointsAsRows(viewer, { rows, center }) {
  const { points } = viewer.dataSet;
  const { scatterPlot } = viewer.projectorScatterPlotAdapter;
  const columns = shownColumns(Object.keys(points[0]?.metadata ?? {}));
  const axes = AXES.slice(0, scatterPlot.dimensionality);
  const added = center === undefined ? axes : [...axes, SIMILARITY];
  const table = rows.map((row) => {
    const point = points[row];
    const place = pointPosition(viewer, row).slice(0, axes.length).map((value) => value.toFixed(5));
    const known = columns.map((column) => shownValue(viewer, point, column) ?? point.metadata[column]);
    const cells = [...known, ...place];
    if (center === undefined) return cells;
    return [...cells, cosine(point.vector, points[center].vector).toFixed(6)];
  });
  return [[...columns, ...added.map((name) => unusedName(name, columns))], ...table];
}

function unusedName(name, columns) {
  return columns.includes(name) ? unusedName(`${name}_`, columns) : name;
}

function cosine(one, other) {
  let [product, length, otherLength] = [0, 0, 0];
  for (let axis = 0; axis < one.length; axis++) {
    product += one[axis] * other[axis];
    length += one[axis] ** 2;
    otherLength += other[axis] ** 2;
  }
  return length && otherLength ? product / Math.sqrt(length * otherLength) : 0;
}

/** Name a file after the page, with nothing that a file system or a shell could mind. */
function fileName(ending) {
  const words = comparable(document.title).match(/[\p{L}\p{N}]+/gu) ?? ["map"];
  return `${words.join("-").slice(0, 60)}.${ending}`;
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Offer what can be taken away in a menu, which says how many points there are. */
function addTakeAway(viewer, filter) {
  const menu = document.getElementById("take-away-menu");
  const [csv, picture] = menu.querySelectorAll("button");
  menu.addEventListener("beforetoggle", () => {
    const { rows, center } = chosenPoints(viewer, filter);
    const which = center === undefined ? "points" : "points, with their similarity";
    csv.querySelector("span").textContent = `${rows.length.toLocaleString("en")} ${which}`;
    csv.disabled = !rows.length;
  });
  csv.addEventListener("click", () => {
    menu.hidePopover();
    const text = writeCsv(pointsAsRows(viewer, chosenPoints(viewer, filter)));
    download(new Blob([text], { type: "text/csv;charset=utf-8" }), fileName("csv"));
  });
  picture.addEventListener("click", () => {
    menu.hidePopover();
    mapPicture(viewer, filter).toBlob((blob) => download(blob, fileName("png")));
  });
  document.getElementById("take-away").hidden = false;
}
