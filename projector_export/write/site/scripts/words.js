/*
 * Words on the map: the names of categories and of regions, each on its densest part, and of points
 * as one zooms in.
 */

const REGION_COLUMN = "map_region";
const NAME_FONTS = { category: "600 15px", region: "italic 500 12px", point: "400 11px" };
const NAME_SIZES = { category: 15, region: 12, point: 11 }; // pixels
const MIN_CATEGORY_POINTS = 8;
const GRID_CELLS = 24; // along an axis, to find where a category is dense
const MAX_POINTS_IN_VIEW = 250; // with more, their names would say little
const MAX_POINT_NAMES = 30;
const MAX_NAME_LENGTH = 40;

/** Draw names on a canvas over the map, which follows every move. */
function nameRegions(viewer, filter) {
  const adapter = viewer.projectorScatterPlotAdapter;
  const canvas = document.createElement("canvas");
  canvas.id = "names";
  canvas.setAttribute("aria-hidden", "true");
  viewer.shadowRoot.getElementById("scatter").append(canvas);
  const state = { key: [], names: [], drawn: [] };
  replaceMethod(adapter.scatterPlot, "render", (render) => {
    render();
    const { worldSpacePointPositions: positions, dimensionality } = adapter.scatterPlot;
    const option = viewer.selectedColorOption;
    const key = [positions, viewer.dataSet, option, filter.labels, viewer.selectedLabelOption];
    if (key.some((part, place) => part !== state.key[place])) {
      state.key = key;
      const isFlat = dimensionality === 2 && positions && viewer.dataSet;
      const categories = isFlat && option?.codes ? categoryNames(viewer, filter) : [];
      state.names = isFlat ? [...categories, ...regionNames(viewer, filter)] : [];
    }
    const isBusy = adapter.selectedPointIndices?.length > 0;
    const isFlat = dimensionality === 2 && positions && viewer.dataSet;
    const names = isFlat ? [...state.names, ...pointNames(viewer, filter)] : [];
    state.drawn = drawNames(viewer, canvas, isBusy ? [] : names);
    canvas.names = state.drawn; // for tests, and for whoever looks what is drawn
  });
}

/** Return the names of the categories that are shown, each where most of its points are close. */
function categoryNames(viewer, filter) {
  const { dataSet, selectedColorOption: option } = viewer;
  const { worldSpacePointPositions: positions } = viewer.projectorScatterPlotAdapter.scatterPlot;
  const hidden = filter.hiddenCodes(option);
  const rowsOf = option.items.map(() => []);
  dataSet.points.forEach(({ index }, row) => rowsOf[option.codes[index]]?.push(row));
  const names = [];
  rowsOf.forEach((rows, code) => {
    const isNamed = !hidden[code] && !GRAYS.includes(option.colors[code]);
    if (!isNamed || rows.length < MIN_CATEGORY_POINTS) return;
    const [x, y] = densestPlace(positions, rows);
    names.push({ text: option.items[code].label, x, y, kind: "category" });
  });
  return names;
}

/** Return the names of regions, the largest first, unless points are colored by them. */
function regionNames(viewer, filter) {
  const { dataSet, selectedColorOption: option } = viewer;
  const { worldSpacePointPositions: positions } = viewer.projectorScatterPlotAdapter.scatterPlot;
  if (option?.name === REGION_COLUMN) return [];
  const hidden = option?.codes ? filter.hiddenCodes(option) : [];
  const rowsOf = new Map();
  dataSet.points.forEach(({ index, metadata }, row) => {
    // If the map is colored by regions, small ones are grouped there, as in any other column.
    const name = metadata[`${REGION_COLUMN}_raw`] ?? metadata[REGION_COLUMN];
    if (!name || name === "Unknown" || hidden[option?.codes?.[index]]) return;
    if (!rowsOf.has(name)) rowsOf.set(name, []);
    rowsOf.get(name).push(row);
  });
  return [...rowsOf]
    .filter(([, rows]) => rows.length >= MIN_CATEGORY_POINTS)
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([text, rows]) => {
      const [x, y] = densestPlace(positions, rows);
      return { text, x, y, kind: "region" };
    });
}

/** Return the mean of the rows in the densest cell of a grid and the cells around it. */
function densestPlace(positions, rows) {
  const cellOf = (value) => Math.min(GRID_CELLS - 1, Math.floor(((value + 1) / 2) * GRID_CELLS));
  const cells = new Map();
  for (const row of rows) {
    const cell = cellOf(positions[3 * row]) * GRID_CELLS + cellOf(positions[3 * row + 1]);
    if (!cells.has(cell)) cells.set(cell, []);
    cells.get(cell).push(row);
  }
  const around = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => x * GRID_CELLS + y));
  const near = (cell) => around.flatMap((step) => cells.get(cell + step) ?? []);
  let best = [];
  for (const cell of cells.keys()) {
    const found = near(cell);
    if (found.length > best.length) best = found;
  }
  const mean = (axis) =>
    best.reduce((sum, row) => sum + positions[3 * row + axis], 0) / best.length;
  return [mean(0), mean(1)];
}

/** Return the names of points in view, in the order of rows, once they are few enough to read. */
function pointNames(viewer, filter) {
  const { dataSet, selectedColorOption: option, projectorScatterPlotAdapter: adapter } = viewer;
  const { camera, worldSpacePointPositions: positions } = adapter.scatterPlot;
  const reachX = (camera.right - camera.left) / 2 / camera.zoom;
  const reachY = (camera.top - camera.bottom) / 2 / camera.zoom;
  const hidden = option?.codes ? filter.hiddenCodes(option) : [];
  const inView = [];
  for (let row = 0; row < dataSet.points.length; row++) {
    const [x, y] = [positions[3 * row], positions[3 * row + 1]];
    const isNear = Math.abs(x - camera.position.x) < reachX &&
      Math.abs(y - camera.position.y) < reachY;
    if (!isNear || hidden[option?.codes?.[dataSet.points[row].index]]) continue;
    if (inView.push({ row, x, y }) > MAX_POINTS_IN_VIEW) return [];
  }
  return inView.map(({ row, x, y }) => ({
    text: labelOf(viewer, dataSet.points[row]),
    x,
    y,
    kind: "point",
  }));
}

/** Draw the names that fit without overlaps, big groups first; return their boxes. */
function drawNames(viewer, canvas, names) {
  const { scatterPlot } = viewer.projectorScatterPlotAdapter;
  const context = fittedContext(canvas, scatterPlot);
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = pageColor("ground");
  context.fillStyle = pageColor("label");
  const boxes = [];
  for (const name of names) {
    if (boxes.filter(({ kind }) => kind === "point").length >= MAX_POINT_NAMES) break;
    context.font = `${NAME_FONTS[name.kind]} ${LABEL_FONT}`;
    const box = boxOf(context, scatterPlot, name);
    const isInside = box.left >= 0 && box.right <= scatterPlot.width &&
      box.top >= 0 && box.bottom <= scatterPlot.height;
    if (!isInside || boxes.some((other) => overlap(box, other))) continue;
    boxes.push(box);
    context.strokeText(box.text, box.left, box.bottom - 4);
    context.fillText(box.text, box.left, box.bottom - 4);
  }
  return boxes;
}

/** Clear the canvas and make it as large as the map, in the pixels of this screen. */
function fittedContext(canvas, { width, height }) {
  const scale = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
  }
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

/** Return where a name goes: that of a point to the right of its place, any other around it. */
function boxOf(context, { camera, width, height }, { text, kind, ...place }) {
  const size = NAME_SIZES[kind];
  const shown = text.length > MAX_NAME_LENGTH ? text.slice(0, MAX_NAME_LENGTH - 1) + "…" : text;
  const [x, y] = onScreen(camera, width, height, place);
  const length = context.measureText(shown).width;
  const left = kind === "point" ? x + 6 : x - length / 2;
  const bottom = y + size / 2 + 2;
  return { text: shown, kind, left, right: left + length, top: bottom - size - 4, bottom };
}

/** Return where a place of a flat map is on the screen, in pixels from the upper left. */
function onScreen(camera, width, height, { x, y }) {
  const spanX = (camera.right - camera.left) / camera.zoom;
  const spanY = (camera.top - camera.bottom) / camera.zoom;
  return [
    width * (0.5 + (x - camera.position.x) / spanX),
    height * (0.5 - (y - camera.position.y) / spanY),
  ];
}

function overlap(one, other) {
  const margin = 2;
  return one.left < other.right + margin && other.left < one.right + margin &&
    one.top < other.bottom + margin && other.top < one.bottom + margin;
}
